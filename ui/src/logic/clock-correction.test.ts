import type { ClockPair, ClockState } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { clockCorrection } from './clock-correction.ts';

const clock = (name: string, services: string[], offsetNano: string, isSure = true) => ({ name, services, offsetNano, isSure });
const pair = (caller: string, called: string, state: ClockState, calls: number): ClockPair => ({
  caller,
  called,
  state,
  calls,
  traces: calls - 1,
  medianNano: '0',
  lowNano: '0',
  highNano: '0',
  spreadNano: String(calls * 10),
  driftNanoPerMinute: String(-calls),
});

describe('clockCorrection', () => {
  it('moves services back by what their clocks are ahead, the furthest off first, with what shows it', () => {
    const { clocks, shifts, mixed } = clockCorrection({
      clocks: [clock('n1', ['gateway'], '0'), clock('n2', ['payments', 'cards'], '3000'), clock('n3', ['mail'], '-9000')],
      pairs: [pair('n1', 'n2', 'differ', 40), pair('n2', 'n3', 'differ', 20), pair('n1', 'n3', 'unknown', 90)],
    });
    expect(clocks).toEqual([
      { service: 'mail', machine: 'n3', offset: -9000, calls: 20, traces: 19, spread: 200, drift: 20 },
      { service: 'payments', machine: 'n2', offset: 3000, calls: 40, traces: 39, spread: 400, drift: 40 },
      { service: 'cards', machine: 'n2', offset: 3000, calls: 40, traces: 39, spread: 400, drift: 40 },
    ]);
    expect([...shifts]).toEqual([
      ['mail', 9000],
      ['payments', -3000],
      ['cards', -3000],
    ]);
    expect(mixed).toEqual([]);
  });

  it('names no machine of a service that is known by its own name alone, or that is on several', () => {
    const clocks = [
      clock('n1', ['gateway'], '0'),
      clock('mail', ['mail'], '3000'),
      ...['n2', 'n3'].map((name) => clock(name, ['jobs'], '3000')),
    ];
    for (const found of clockCorrection({ clocks, pairs: [] }).clocks) expect(found).not.toHaveProperty('machine');
  });

  it('says where only the least of it is known', () => {
    const { lowNano: _, ...leastPair } = pair('n1', 'n2', 'differ', 40);
    const { clocks } = clockCorrection({ clocks: [clock('n1', ['gateway'], '0'), clock('n2', ['mail'], '-3000')], pairs: [leastPair] });
    expect(clocks).toEqual([
      { service: 'mail', machine: 'n2', offset: -3000, calls: 40, traces: 39, spread: 400, drift: 40, isLeast: true },
    ]);
  });

  it('leaves alone what is not sure, what agrees, and services whose machines differ from each other', () => {
    const answer = {
      clocks: [clock('n1', ['gateway', 'jobs'], '0'), clock('n2', ['jobs'], '3000'), clock('n3', ['mail'], '0', false)],
      pairs: [pair('n1', 'n2', 'differ', 40)],
    };
    expect(clockCorrection(answer)).toEqual({ clocks: [], mixed: ['jobs'], shifts: new Map() });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceClock } from './clock-correction.ts';
import { correctTimes, flowClocks, mergeClocks, timesOf } from './flow-clocks.ts';
import { logRecord, span } from './record-fixtures.ts';

const MILLI = 1_000_000;
const nanos = (millis: number): string => String(Math.round(millis * MILLI) + 1e15);

/** A call of 100 ms whose server works for all but the way there and back, by its own clock. */
function call(id: string, { from = 'web', to = 'cart', at = 0, ahead = 0, failed = false, kind = 3 }) {
  return [
    span({
      service: from,
      spanId: `${id}-client`,
      kind,
      startTimeUnixNano: nanos(at),
      endTimeUnixNano: nanos(at + 100),
      ...(failed && { status: { code: 2 } }),
    }),
    span({
      service: to,
      spanId: `${id}-server`,
      parentSpanId: `${id}-client`,
      kind: 2,
      startTimeUnixNano: nanos(at + 4 + ahead),
      endTimeUnixNano: nanos(at + 96 + ahead),
    }),
  ];
}

const clock = (service: string, millis: number): ServiceClock => ({
  service,
  offset: millis * MILLI,
  calls: 40,
  traces: 30,
  spread: 0,
  drift: 0,
});

describe('flowClocks', () => {
  it('says nothing of clocks that agree, nor of what lies within a call', () => {
    expect(flowClocks([])).toEqual([]);
    expect(flowClocks(call('a', {}))).toEqual([]);
    expect(flowClocks(call('a', { ahead: 50 }))).toEqual([]);
  });

  it('recovers an offset that no one clock could have made, whichever way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 150, max: 1e6 }), fc.boolean(), (millis, isBehind) => {
        const ahead = isBehind ? -millis : millis;
        expect(flowClocks(call('a', { ahead }))).toEqual([expect.objectContaining({ service: 'cart', offset: ahead * MILLI, calls: 1 })]);
      }),
    );
  });

  it('recovers that of a server right under a span that is no client, unless nobody may have waited for it', () => {
    for (const kind of [1, 2]) {
      for (const ahead of [-4_000, -150, 150, 4_000])
        expect(flowClocks(call('a', { ahead, kind })).map(({ offset }) => offset / MILLI)).toEqual([ahead]);
      // It began 10 ms after the other one ended: that is a way.
      expect(flowClocks(call('a', { ahead: 106, kind }))).toEqual([]);
    }
    expect(flowClocks(call('a', { ahead: 4_000, kind: 4 }))).toEqual([]);
  });

  it('goes from clock to clock: one that is right behind a wrong one is right', () => {
    const spans = [...call('a', { ahead: 4_000 }), ...call('b', { from: 'cart', to: 'prices', at: 4_010, ahead: -4_000 })];
    expect(flowClocks(spans).map(({ service, offset }) => [service, offset])).toEqual([['cart', 4_000 * MILLI]]);
  });

  it('takes what a way there that is longer than the way back explains for no difference', () => {
    const spans = [...call('a', { ahead: 4_000 }), ...call('b', { from: 'cart', to: 'prices', at: 4_010, ahead: -4_003 })];
    expect(flowClocks(spans).map(({ service }) => service)).toEqual(['cart']);
  });

  it('leaves a service alone of which one call is possible, and calls that failed out', () => {
    expect(flowClocks([...call('a', { ahead: 4_000 }), ...call('b', { at: 200 })])).toEqual([]);
    expect(flowClocks(call('a', { ahead: 150, failed: true }))).toEqual([]);
  });
});

describe('mergeClocks', () => {
  it('keeps what many traces show, unless the flow speaks against it', () => {
    const known = { clocks: [clock('cart', 3_900), clock('stock', 30), clock('mail', -500)], mixed: ['jobs'], shifts: new Map() };
    const merged = mergeClocks([clock('cart', 4_000), clock('mail', 700)], known);
    expect(merged.clocks.map(({ service, offset }) => [service, offset / MILLI])).toEqual([
      ['cart', 3_900],
      ['mail', 700],
      ['stock', 30],
    ]);
    expect(merged.mixed).toEqual(['jobs']);
    expect(merged.shifts.get('cart')).toBe(-3_900 * MILLI);
  });
});

describe('correctTimes', () => {
  it('moves what a service sent, and nothing where nothing is off', () => {
    const flow = {
      spans: call('a', { ahead: 4_000 }),
      logs: [logRecord({ service: 'cart', timeUnixNano: nanos(4_010) }), logRecord({ service: 'web', timeUnixNano: nanos(1) })],
    };
    const corrected = correctTimes(flow, new Map([['cart', -4_000 * MILLI]]));
    expect(corrected.spans[1]).toMatchObject({ startTimeUnixNano: nanos(4), endTimeUnixNano: nanos(96) });
    expect(corrected.logs.map(({ timeUnixNano }) => timeUnixNano)).toEqual([nanos(10), nanos(1)]);
    expect(timesOf(corrected)).toEqual({ startTimeUnixNano: nanos(0), durationNanos: 100 * MILLI });
    expect(correctTimes(flow, new Map()).spans).toBe(flow.spans);
  });
});

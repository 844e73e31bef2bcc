import { describe, expect, it } from 'vitest';
import { countAttempts } from './flow-attempts.ts';
import { span } from './record-fixtures.ts';

const charge = (id: string, start: number, end: number, failed = false, fields = {}) =>
  span({
    spanId: id,
    parentSpanId: 'order',
    name: 'POST /charge',
    kind: 3,
    startTimeUnixNano: `${start}`,
    endTimeUnixNano: `${end}`,
    ...(failed ? { status: { code: 2 } } : {}),
    ...fields,
  });

describe('countAttempts', () => {
  it('counts on where the same step had failed before', () => {
    expect(countAttempts([charge('a', 10, 20, true), charge('b', 30, 40, true), charge('c', 50, 60)])).toEqual([1, 2, 3]);
  });

  it('takes neither a repetition, nor what runs beside it, nor another step for an attempt', () => {
    expect(countAttempts([charge('a', 10, 20), charge('b', 30, 40)])).toEqual([1, 1]);
    expect(countAttempts([charge('a', 10, 20, true), charge('b', 15, 40)])).toEqual([1, 1]);
    expect(countAttempts([charge('a', 10, 20, true), charge('b', 30, 40, false, { name: 'GET /stock' })])).toEqual([1, 1]);
    expect(countAttempts([charge('a', 10, 20, true), charge('b', 30, 40, false, { parentSpanId: 'other' })])).toEqual([1, 1]);
  });

  it('counts a message that is handled again, whatever came of the first time', () => {
    const handled = (id: string, start: number) => charge(id, start, start + 5, false, { kind: 5, name: 'process order' });
    expect(countAttempts([handled('a', 10), handled('b', 30)])).toEqual([1, 2]);
  });

  it('goes by time, not by the order of the spans', () => {
    expect(countAttempts([charge('b', 30, 40), charge('a', 10, 20, true)])).toEqual([2, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { cutAtAnchor, parseAnchor, recordsBeforeAnchor, writeAnchor } from './list-anchor.ts';
import { logRecord } from './record-fixtures.ts';

const AT = 1_795_428_000_123_456_789n;
const RANGE = { fromMillis: 1_795_428_000_000, toMillis: 1_795_428_001_000 };

describe('the place where a list begins', () => {
  it('is a time to the nanosecond and an id, and the same again from the address', () => {
    expect(writeAnchor(String(AT), 'a1')).toBe('2026-11-23T10:00:00.123456789Z_a1');
    for (const nanos of [0n, 1n, 999_999_999n, AT, 253_402_300_799_999_999_999n]) {
      expect(parseAnchor(writeAnchor(String(nanos), 'x_y'))).toEqual({ nanos, id: 'x_y' });
    }
    expect(parseAnchor('2026-11-23T10:00:00.123456789Z')).toEqual({ nanos: AT });
  });

  it('is behind the records of the same time that stand before it, once those are here', () => {
    const at = (id: string, nanos = AT) => logRecord({ id, timeUnixNano: String(nanos) });
    const records = [at('a'), at('b'), at('c')];
    expect(recordsBeforeAnchor([...records, at('d', AT - 1n)], { nanos: AT, id: 'c' })).toEqual({ count: 2, mayCome: false });
    expect(recordsBeforeAnchor(records, { nanos: AT, id: 'd' })).toEqual({ count: 0, mayCome: true });
    expect(recordsBeforeAnchor([...records, at('d', AT - 1n)], { nanos: AT, id: 'gone' })).toEqual({ count: 0, mayCome: false });
    expect(recordsBeforeAnchor(records, { nanos: AT })).toEqual({ count: 0, mayCome: false });
    expect(recordsBeforeAnchor([], { nanos: AT, id: 'a' })).toEqual({ count: 0, mayCome: false });
  });

  it('is none where the text is no such time', () => {
    for (const text of [undefined, '', 'now', '2026-11-23T10:00:00Z', '2026-13-23T10:00:00.000000000Z', `x${writeAnchor('5', 'a')}`]) {
      expect(parseAnchor(text)).toBeUndefined();
    }
    expect(writeAnchor('-1', 'a')).toBeUndefined();
    expect(writeAnchor('9'.repeat(30), 'a')).toBeUndefined();
  });

  it('cuts a range so that records of that time go onward, in both orders', () => {
    const first = '2026-11-23T10:00:00.000000000Z';
    const last = '2026-11-23T10:00:01.000000000Z';
    const at = '2026-11-23T10:00:00.123456789Z';
    const behind = '2026-11-23T10:00:00.123456790Z';
    expect(cutAtAnchor(RANGE, AT, 'desc')).toEqual({ onward: { from: first, to: behind }, back: { from: behind, to: last } });
    expect(cutAtAnchor(RANGE, AT, 'asc')).toEqual({ onward: { from: at, to: last }, back: { from: first, to: at } });
  });

  it('cuts nothing outside the range', () => {
    expect(cutAtAnchor(RANGE, BigInt(RANGE.toMillis) * 1_000_000n, 'desc')).toBeUndefined();
    expect(cutAtAnchor(RANGE, BigInt(RANGE.fromMillis) * 1_000_000n - 1n, 'asc')).toBeUndefined();
    expect(cutAtAnchor(RANGE, BigInt(RANGE.fromMillis) * 1_000_000n, 'asc')).toBeDefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import { formatNanos, isEmptyRange, parseNanos, rangeClauses } from './nanosecond-time.ts';

describe('nanosecond times', () => {
  it('are written with nine digits and read back exactly', () => {
    expect(formatNanos(0n)).toBe('1970-01-01T00:00:00.000000000Z');
    expect(formatNanos(1_795_168_800_000_000_001n)).toBe('2026-11-20T10:00:00.000000001Z');
    expect(formatNanos(MAX_INDEX_TIME_NANOS)).toBe('2262-04-11T23:47:16.854775807Z');
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: MAX_INDEX_TIME_NANOS }), (nanos) => parseNanos(formatNanos(nanos)) === nanos));
  });

  it('are read without the zeros that Elasticsearch leaves out', () => {
    expect(parseNanos('2026-11-20T10:00:00.5Z')).toBe(1_795_168_800_500_000_000n);
    expect(parseNanos('2026-11-20T10:00:00Z')).toBe(1_795_168_800_000_000_000n);
    expect(() => parseNanos('yesterday')).toThrow('format of the index');
  });
});

describe('rangeClauses', () => {
  it('leaves an end out that leaves nothing out', () => {
    expect(rangeClauses({})).toEqual([]);
    expect(rangeClauses({ fromNanos: 0n, toNanos: MAX_INDEX_TIME_NANOS + 1n })).toEqual([]);
    expect(rangeClauses({ fromNanos: -5n, toNanos: 1n })).toEqual([
      { range: { '@timestamp': { lt: '1970-01-01T00:00:00.000000001Z', format: 'strict_date_optional_time_nanos' } } },
    ]);
  });

  it('searches times past the index at its bound', () => {
    expect(rangeClauses({ fromNanos: 2n ** 64n })).toEqual([
      { range: { '@timestamp': { gte: '2262-04-11T23:47:16.854775807Z', format: 'strict_date_optional_time_nanos' } } },
    ]);
  });
});

describe('isEmptyRange', () => {
  it('is so when the ends meet or nothing is before the end', () => {
    expect(isEmptyRange({ fromNanos: 5n, toNanos: 5n })).toBe(true);
    expect(isEmptyRange({ toNanos: 0n })).toBe(true);
    expect(isEmptyRange({ fromNanos: 5n, toNanos: 6n })).toBe(false);
    expect(isEmptyRange({})).toBe(false);
  });
});

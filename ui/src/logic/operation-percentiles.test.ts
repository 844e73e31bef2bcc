import type { ServiceOperation } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { isOverP99, percentilesByName } from './operation-percentiles.ts';

const operation = (name: string, kind: number, count: number, p99Millis?: number): ServiceOperation => ({
  name,
  kind,
  figures: { count, errors: 0, perSecond: 1, ...(p99Millis === undefined ? {} : { p50Millis: 1, p95Millis: 2, p99Millis }) },
});

describe('percentilesByName', () => {
  it('gives nanoseconds, of the most frequent kind of a name, and leaves out what has none', () => {
    const found = percentilesByName({ operations: [operation('GET /', 2, 90, 10), operation('GET /', 3, 5, 99), operation('idle', 1, 0)] });
    expect([...found]).toEqual([['GET /', { count: 90, p50: 1e6, p95: 2e6, p99: 10e6 }]]);
  });
});

describe('isOverP99', () => {
  it('is so only where it is clearly over', () => {
    const known = { count: 1, p50: 1, p95: 2, p99: 100 };
    expect([104, 106].map((duration) => isOverP99(duration, known))).toEqual([false, true]);
    expect(isOverP99(106, undefined)).toBe(false);
  });
});

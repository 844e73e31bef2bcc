import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { rootDurations, rootQuery } from './root-durations.ts';

const numbers = (percentiles: number[], max: number) => ({ count: 3, min: 1, max, sum: 9, avg: 3, percentiles });
const buckets = [
  { from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:00:10Z' },
  { from: '1970-01-01T00:00:10Z', to: '1970-01-01T00:00:20Z' },
];

const NOTHING = {
  query: '',
  service: '',
  operation: '',
  status: '',
  minDuration: '',
  maxDuration: '',
  minTraceDuration: '',
  maxTraceDuration: '',
  with: [],
};

describe('rootQuery', () => {
  it.each([
    [{}, 'root:true'],
    [{ service: 'gateway', operation: 'GET /items' }, 'root:true service:gateway name:"GET /items"'],
    [{ query: 'a:1 OR b:2', status: 'error' }, 'root:true status:error (a:1 OR b:2)'],
    [{ minDuration: '5ms', minTraceDuration: '1s', maxTraceDuration: '1m30s' }, 'root:true duration:>=5ms duration:>=1s duration:<=1m30s'],
  ])('of %o finds root spans that are what is asked for', (asked, expected) => {
    const query = rootQuery({ ...NOTHING, ...asked });
    expect(query).toBe(expected);
    expect(() => parseQuery(query ?? '', 'spans')).not.toThrow();
  });

  it('is none where several spans are asked for', () => {
    expect(rootQuery({ ...NOTHING, with: ['service:payments'] })).toBeUndefined();
  });
});

describe('rootDurations', () => {
  it('are of the stretches that have requests, with their times', () => {
    expect(
      rootDurations({ buckets, groups: [{ key: [], count: 3, points: [{ bucket: 1, count: 3, numbers: numbers([5, 9], 11) }] }] }),
    ).toEqual([{ fromMillis: 10_000, toMillis: 20_000, count: 3, p50: 5, p99: 9, longest: 11 }]);
  });

  it('are none where nothing was measured', () => {
    expect(rootDurations({ groups: [] })).toEqual([]);
    expect(rootDurations({ buckets, groups: [{ key: [], count: 1, points: [{ bucket: 0, count: 1 }] }] })).toEqual([]);
  });
});

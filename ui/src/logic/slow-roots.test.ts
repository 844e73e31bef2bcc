import type { TraceSummary } from '@threadline/collector/api';
import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { rangeOfTraces, slowRootQuery, withSlowRoot } from './slow-roots.ts';

const MILLI = 1e6;
const trace = (rootOperation: string, millis: number, rest: Partial<TraceSummary> = {}): TraceSummary => ({
  traceId: `${rootOperation} ${millis}`,
  rootService: 'desk',
  rootOperation,
  rootSpanId: '1',
  rootStartTimeUnixNano: '1',
  rootDurationNano: String(millis * MILLI),
  startTimeUnixNano: '1',
  durationNano: String(millis * MILLI),
  spanCount: 1,
  errorCount: 0,
  services: [],
  ...rest,
});
const usualOf = (_: string, operation: string) =>
  operation === 'unknown' ? undefined : { count: 100, p50: 10 * MILLI, p95: 20 * MILLI, p99: 40 * MILLI };

describe('roots that took longer than is usual', () => {
  it('are asked for where a trace as a whole took longer, once for each operation', () => {
    const query = slowRootQuery([trace('POST /b', 90), trace('GET "a"', 41.9), trace('POST /b', 80), trace('GET /c', 100)], usualOf);
    expect(query).toBe(
      'root:true ((service:desk name:"GET /c" duration:>42000000ns) OR (service:desk name:"POST /b" duration:>42000000ns))',
    );
    expect(() => parseQuery(query ?? '', 'spans')).not.toThrow();
  });

  it('are asked for by names of any characters', () => {
    const query = slowRootQuery([trace('GET "a" (b) \\ OR', 90)], usualOf);
    expect(() => parseQuery(query ?? '', 'spans')).not.toThrow();
  });

  it('are not asked for where no trace can have one', () => {
    expect(
      slowRootQuery([trace('POST /b', 30), trace('unknown', 900), trace('late', 900, { rootMissing: true })], usualOf),
    ).toBeUndefined();
    expect(slowRootQuery([], usualOf)).toBeUndefined();
  });

  it('are one more condition of the same search, as long as it has room', () => {
    const asked = { query: 'service:desk', with: ['service:pg'], order: 'slowest' };
    expect(withSlowRoot(asked, 'root:true')).toEqual({ ...asked, with: ['service:pg', 'root:true'] });
    expect(withSlowRoot({ query: '', with: Array.from({ length: 8 }, String) }, 'root:true')).toBeUndefined();
  });
});

it('are looked for where traces of the list have spans', () => {
  const startingAt = (millis: number) => trace('GET /', 1, { startTimeUnixNano: `${millis}999999` });
  const range = { fromMillis: 1_000, toMillis: 9_000 };
  expect(rangeOfTraces([startingAt(7_000), startingAt(5_000)], range)).toEqual({ fromMillis: 5_000, toMillis: 9_000 });
  expect(rangeOfTraces([startingAt(7_000), startingAt(500)], range)).toEqual(range);
  expect(rangeOfTraces([startingAt(9_500)], range)).toEqual({ fromMillis: 9_000, toMillis: 9_000 });
  expect(rangeOfTraces([], range)).toEqual({ fromMillis: 9_000, toMillis: 9_000 });
});

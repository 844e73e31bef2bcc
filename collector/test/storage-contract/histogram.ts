import type { Level, QueryNode } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HistogramRequest } from '../../src/storage/storage.ts';
import { BASE_NANOS, SECOND_NANOS } from './builders.ts';
import { LOGS } from './fixtures.ts';
import { randomLogs } from './random-records.ts';
import { ALL, readContext, writeAndAwait } from './reading.ts';
import { matchesRecord } from './reference-evaluator.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';

type Count = { readonly bucket: bigint; readonly level: Level; readonly count: number };

export function describeHistogram({ storage, newTenant }: ContractContext): void {
  describe('the histogram', () => {
    const tenant = newTenant('histogram');
    const logs = [...LOGS, ...randomLogs(new SeededRandom(7), 300)];
    beforeAll(() => writeAndAwait(storage(), tenant, { logs }));

    function referenceCounts({ query, range, widthNanos }: HistogramRequest): Count[] {
      const counts = new Map<string, Count>();
      for (const log of logs) {
        if (log.timeNanos < range.fromNanos || log.timeNanos >= range.toNanos || !matchesRecord(query, log)) continue;
        const bucket = log.timeNanos / widthNanos;
        const key = `${bucket}/${log.level}`;
        counts.set(key, { bucket, level: log.level, count: (counts.get(key)?.count ?? 0) + 1 });
      }
      return sorted([...counts.values()]);
    }

    const WORD: QueryNode = { type: 'phrase', words: ['timeout'] };
    const ERRORS: QueryNode = { type: 'levels', levels: ['ERROR', 'FATAL'] };
    const hour = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 3_600n * SECOND_NANOS };
    const cases: readonly (HistogramRequest & { readonly caption: string })[] = [
      { caption: 'minutes of everything', query: ALL, range: hour, widthNanos: 60n * SECOND_NANOS },
      {
        caption: 'milliseconds, the narrowest there are',
        query: ALL,
        range: { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + SECOND_NANOS },
        widthNanos: 1_000_000n,
      },
      { caption: 'a word', query: WORD, range: hour, widthNanos: 10n * SECOND_NANOS },
      { caption: 'levels', query: ERRORS, range: hour, widthNanos: 5n * SECOND_NANOS },
      {
        caption: 'a range that cuts its first and last bucket',
        query: ALL,
        range: { fromNanos: BASE_NANOS + 1n, toNanos: BASE_NANOS + 77n * SECOND_NANOS + 1n },
        widthNanos: 60n * SECOND_NANOS,
      },
      { caption: 'a width that no calendar has', query: ALL, range: hour, widthNanos: 7_123_456_789n },
      {
        caption: 'all times that an index holds, in years',
        query: ALL,
        range: { fromNanos: 0n, toNanos: 2n ** 63n },
        widthNanos: 31_536_000n * SECOND_NANOS,
      },
      { caption: 'an empty range', query: ALL, range: { fromNanos: BASE_NANOS, toNanos: BASE_NANOS }, widthNanos: SECOND_NANOS },
      { caption: 'nothing', query: { type: 'none' }, range: hour, widthNanos: SECOND_NANOS },
    ];

    it.each(cases)('counts exactly, by bucket and level: $caption', async ({ caption: _, ...request }) => {
      const { counts, partial } = await storage().logHistogram(request, readContext(tenant));
      expect(sorted([...counts])).toEqual(referenceCounts(request));
      expect(partial).toBeUndefined();
    });

    it('has all records of the range in its counts', async () => {
      const { counts } = await storage().logHistogram(
        { query: ALL, range: { fromNanos: 0n, toNanos: 2n ** 64n }, widthNanos: 86_400n * SECOND_NANOS },
        readContext(tenant),
      );
      expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(logs.length);
    });
  });
}

function sorted(counts: readonly Count[]): Count[] {
  return counts.toSorted((left, right) =>
    left.bucket === right.bucket ? left.level.localeCompare(right.level) : left.bucket < right.bucket ? -1 : 1,
  );
}

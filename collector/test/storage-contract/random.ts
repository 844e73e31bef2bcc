import type { QueryTarget } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomQuery } from './random-queries.ts';
import { randomLogs, randomSpans } from './random-records.ts';
import { search, writeAndAwait } from './reading.ts';
import { matchesRecord } from './reference-evaluator.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';

const SEED = 20_261_123;
const LOG_COUNT = 400;
const SPAN_COUNT = 300;
const QUERY_COUNT = 300;
/** Asked at once: what a server's latency would cost otherwise. */
const QUERIES_AT_ONCE = 6;

export function describeRandomQueries({ storage, newTenant }: ContractContext): void {
  describe('random queries on random records', () => {
    const tenant = newTenant('random');
    const random = new SeededRandom(SEED);
    const logs = randomLogs(random, LOG_COUNT);
    const spans = randomSpans(random, SPAN_COUNT);
    beforeAll(() => writeAndAwait(storage(), tenant, { logs, spans }));

    it.each(['logs', 'spans'] as const)(
      `of %s find what the reference evaluator finds, ${QUERY_COUNT} times`,
      async (target: QueryTarget) => {
        const records = target === 'logs' ? logs : spans;
        const { regex } = storage().capabilities;
        const queries = Array.from({ length: QUERY_COUNT }, () => randomQuery(random, { target, regex }));
        let matches = 0;
        for (let start = 0; start < queries.length; start += QUERIES_AT_ONCE) {
          await Promise.all(
            queries.slice(start, start + QUERIES_AT_ONCE).map(async (query) => {
              const found = (await search(storage(), target, { tenant, query })).rows.map((row) => row.key.id).sort();
              const expected = records.filter((record) => matchesRecord(query, record)).map((record) => record.id);
              expect(found, JSON.stringify(query)).toEqual(expected.sort());
              matches += expected.length;
            }),
          );
        }
        expect(matches, 'queries that find nothing would test nothing').toBeGreaterThan(QUERY_COUNT * 10);
      },
    );
  });
}

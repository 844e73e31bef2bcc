import { parseQuery } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import { CAPTIONED_QUERIES } from './captioned-queries.ts';
import { LOGS, SPANS } from './fixtures.ts';
import { search, writeAndAwait } from './reading.ts';
import { matchesRecord } from './reference-evaluator.ts';
import type { ContractContext } from './storage-contract.ts';

/** Every form of the query language on records that were made for it; the reference evaluator must agree with the caption too. */
export function describeQueries({ storage, newTenant }: ContractContext): void {
  describe('queries', () => {
    const tenant = newTenant('queries');
    beforeAll(() => writeAndAwait(storage(), tenant, { logs: LOGS, spans: SPANS }));

    for (const { caption, target, query: text, expected } of CAPTIONED_QUERIES) {
      it(`${target}: ${caption}: ${text}`, async () => {
        const query = parseQuery(text, target);
        const records = target === 'logs' ? LOGS : SPANS;
        expect(
          records
            .filter((record) => matchesRecord(query, record))
            .map((record) => record.id)
            .sort(),
          'reference',
        ).toEqual([...expected].sort());
        const page = await search(storage(), target, { tenant, query });
        expect(page.rows.map((row) => row.record.id).sort()).toEqual([...expected].sort());
      });
    }
  });
}

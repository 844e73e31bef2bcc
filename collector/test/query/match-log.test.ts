import { parseQuery, type QueryNode } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { compileLogMatch } from '../../src/storage/embedded/arrivals/match-log.ts';
import { ErrorNames } from '../../src/storage/errors/error-names.ts';
import { exceptionsOf } from '../../src/storage/errors/exceptions.ts';
import { buildLog } from '../storage-contract/builders.ts';
import { CAPTIONED_QUERIES } from '../storage-contract/captioned-queries.ts';
import { LOGS } from '../storage-contract/fixtures.ts';
import { randomQuery } from '../storage-contract/random-queries.ts';
import { randomLogs } from '../storage-contract/random-records.ts';
import { matchesRecord } from '../storage-contract/reference-evaluator.ts';
import { SeededRandom } from '../storage-contract/seeded-random.ts';

const unlimited = (): void => undefined;
const matchedBy = (query: QueryNode): string[] => {
  const match = compileLogMatch(query, unlimited);
  return LOGS.filter((log) => match(log)).map(({ id }) => id);
};

describe('compileLogMatch', () => {
  const captioned = CAPTIONED_QUERIES.filter(({ target }) => target === 'logs');

  it.each(captioned.map(({ caption, query, expected }) => [caption, query, expected] as const))(
    'finds what both storages find: %s',
    (_caption, query, expected) => {
      expect(matchedBy(parseQuery(query, 'logs')).toSorted()).toEqual([...expected].toSorted());
    },
  );

  it('matches as the language says, for random queries on random logs', () => {
    const random = new SeededRandom(17);
    const logs = [...LOGS, ...randomLogs(random, 150)];
    for (let number = 0; number < 400; number += 1) {
      const query = randomQuery(random, { target: 'logs', regex: true });
      const match = compileLogMatch(query, unlimited);
      for (const log of logs) {
        expect(match(log), `${JSON.stringify(query)} on ${log.id}`).toBe(matchesRecord(query, log));
      }
    }
  });

  it('finds logs by the fingerprint of their error', () => {
    const log = buildLog('error', { attributes: [{ key: 'exception.type', value: { stringValue: 'CardError' } }] });
    const [fingerprint = ''] = new ErrorNames().fingerprintsOf(exceptionsOf(log));
    const isMatched = (query: string): boolean => compileLogMatch(parseQuery(query, 'logs'), unlimited)(log);
    expect([`errorGroup:${fingerprint}`, 'errorGroup:*', `errorGroup:${'0'.repeat(16)}`].map(isMatched)).toEqual([true, true, false]);
  });

  it('gives a pattern up that takes long, where it is told to', () => {
    const match = compileLogMatch(parseQuery('k:/.*a.{200}b/', 'logs'), () => {
      throw new Error('stopped');
    });
    const random = new SeededRandom(3);
    const value = { stringValue: Array.from({ length: 2_000 }, () => random.pick(['a', 'b'])).join('') };
    const [log] = LOGS;
    if (!log) throw new Error('there are no logs');
    expect(() => match({ ...log, record: { ...log.record, attributes: [{ key: 'k', value }] } })).toThrow('stopped');
  });
});

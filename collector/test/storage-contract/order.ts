import { beforeAll, describe, expect, it } from 'vitest';
import type { IndexedLog, IndexedSpan, RowKey } from '../../src/model/record.ts';
import { at, BASE_NANOS, buildLog, buildSpan } from './builders.ts';
import { LOGS } from './fixtures.ts';
import { readAllPages, search, writeAndAwait } from './reading.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';
import { attributes, int, text } from './values.ts';

/** Ties of every depth: three times, in each three sequences (one beyond 2^53, its neighbour too), in each ids that differ at their end. */
const KEYS = [0n, 1n, 1_000_000n].flatMap((nanos) =>
  ['-5', '0', '9007199254740993', '9007199254740994'].flatMap((sequence) =>
    ['a-1', 'a-10', 'a-2'].map((name) => ({ nanos, sequence, name })),
  ),
);
const sequenced = ({ nanos, sequence, name }: (typeof KEYS)[number]) => ({
  id: `${nanos}/${sequence}/${name}`,
  time: at(0, nanos),
  attributes: sequence === '0' ? [] : attributes({ 'threadline.sequence': int(sequence) }),
});

export function compareKeys(left: RowKey, right: RowKey): number {
  if (left.timeNanos !== right.timeNanos) return left.timeNanos < right.timeNanos ? -1 : 1;
  if (left.sequence !== right.sequence) return left.sequence < right.sequence ? -1 : 1;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

export function describeOrder({ storage, newTenant }: ContractContext): void {
  describe('order', () => {
    const tenant = newTenant('order');
    const random = new SeededRandom(3);
    const logs: readonly IndexedLog[] = random.shuffle(KEYS).map((key) => {
      const { id, time, ...fields } = sequenced(key);
      return buildLog(id, { ...fields, timeUnixNano: time });
    });
    const spans: readonly IndexedSpan[] = random.shuffle(KEYS).map((key) => {
      const { id, time, ...fields } = sequenced(key);
      return buildSpan(id, { ...fields, startTimeUnixNano: time });
    });
    beforeAll(() => writeAndAwait(storage(), tenant, { logs, spans }));

    for (const target of ['logs', 'spans'] as const) {
      for (const order of ['asc', 'desc'] as const) {
        const sorted = (target === 'logs' ? logs : spans).toSorted((left, right) => (order === 'asc' ? 1 : -1) * compareKeys(left, right));
        const expected = sorted.map((record) => record.id);

        it(`of ${target} is time, then sequence, then id, ${order}`, async () => {
          const page = await search(storage(), target, { tenant, order });
          expect(page.rows.map((row) => row.key.id)).toEqual(expected);
          expect(page.hasMore).toBe(false);
        });

        it.each([1, 2, 7])(`of ${target}, ${order}, is the same in pages of %i: nothing twice, nothing missing`, async (limit) => {
          const rows = await readAllPages(storage(), target, { tenant, order, limit });
          expect(rows.map((row) => row.key.id)).toEqual(expected);
        });
      }
    }

    it('says that more follows only when it does', async () => {
      expect((await search(storage(), 'logs', { tenant, limit: KEYS.length })).hasMore).toBe(false);
      expect((await search(storage(), 'logs', { tenant, limit: KEYS.length - 1 })).hasMore).toBe(true);
    });

    it.each(['asc', 'desc'] as const)(
      'has pages that end early where records are large, %s, with nothing twice and nothing missing',
      async (order) => {
        const large = newTenant(`large${order}`);
        const lengths = [10, 4_000, 10, 10, 9_000, 3_000, 10];
        const records = lengths.map((length, index) =>
          buildLog(`large-${index}`, { timeUnixNano: at(index), attributes: attributes({ long: text('x'.repeat(length)) }) }),
        );
        await writeAndAwait(storage(), large, { logs: records });
        const expected = (order === 'asc' ? records : records.toReversed()).map(({ id }) => id);
        const pages: string[][] = [];
        let after: RowKey | undefined;
        for (let hasMore = true; hasMore; ) {
          const page = await search(storage(), 'logs', { tenant: large, order, limit: 5, maxCharacters: 3_500, ...(after && { after }) });
          pages.push(page.rows.map(({ key }) => key.id));
          after = page.rows.at(-1)?.key;
          hasMore = page.hasMore;
        }
        expect(pages.flat()).toEqual(expected);
        expect(pages.map(({ length }) => length)).toEqual(order === 'asc' ? [2, 3, 2] : [3, 3, 1]);
      },
    );

    it('goes on after a row that is not there any more, or never was', async () => {
      const after: RowKey = { timeNanos: BASE_NANOS, sequence: 9_007_199_254_740_993n, id: `0/9007199254740993/a-15` };
      const page = await search(storage(), 'logs', { tenant, after, limit: 1 });
      expect(page.rows.map((row) => row.key.id)).toEqual(['0/9007199254740993/a-2']);
    });

    it('has ranges whose start belongs to them and whose end does not, to the nanosecond', async () => {
      const range = (fromNanos: bigint, toNanos: bigint) => search(storage(), 'logs', { tenant, range: { fromNanos, toNanos } });
      const times = async (fromNanos: bigint, toNanos: bigint) => [
        ...new Set((await range(fromNanos, toNanos)).rows.map((row) => row.key.timeNanos - BASE_NANOS)),
      ];
      expect(await times(BASE_NANOS, BASE_NANOS + 1n)).toEqual([0n]);
      expect(await times(BASE_NANOS + 1n, BASE_NANOS + 1_000_000n)).toEqual([1n]);
      expect(await times(BASE_NANOS + 1n, BASE_NANOS + 1_000_001n)).toEqual([1n, 1_000_000n]);
      expect(await times(BASE_NANOS + 2n, BASE_NANOS + 1_000_000n)).toEqual([]);
      expect(await times(BASE_NANOS, BASE_NANOS)).toEqual([]);
    });
  });

  describe('times', () => {
    const tenant = newTenant('times');
    const logs = LOGS.filter((log) => log.service === 'times');
    beforeAll(() => writeAndAwait(storage(), tenant, { logs }));
    const ids = async (range: { readonly fromNanos?: bigint; readonly toNanos?: bigint }) =>
      (await search(storage(), 'logs', { tenant, range })).rows.map((row) => row.key.id);

    it('are searched from 1970 to 2262, open ends too', async () => {
      expect(await ids({})).toEqual(logs.toSorted(compareKeys).map((log) => log.id));
      expect(await ids({ toNanos: 1_600_000_000_000_000_000n })).toEqual(['firstNano', 'in2017']);
      expect(await ids({ fromNanos: 4_000_000_000_000_000_000n, toNanos: 5_000_000_000_000_000_000n })).toEqual(['in2100']);
    });

    it('beyond 2262 are at that bound in a range that reaches past it', async () => {
      const clamped = ['beyond2262', 'beyond2262Early', 'lastIndexed'];
      expect(await ids({ fromNanos: 2n ** 63n - 1n })).toEqual(clamped);
      expect(await ids({ fromNanos: 2n ** 63n, toNanos: 2n ** 64n })).toEqual(clamped);
      expect(await ids({ fromNanos: 2n ** 63n - 2n, toNanos: 2n ** 63n - 1n })).toEqual([]);
    });

    it('that are zero are the observed time, and that zero too the arrival', async () => {
      expect(await ids({ fromNanos: BigInt(at(501, 7n)), toNanos: BigInt(at(501, 8n)) })).toEqual(['onlyObserved']);
      expect(await ids({ fromNanos: BigInt(at(502)), toNanos: BigInt(at(502, 1n)) })).toEqual(['noTime']);
      expect(await ids({ fromNanos: 0n, toNanos: 1n })).toEqual([]);
    });
  });
}

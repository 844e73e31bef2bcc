import { parseQuery, type QueryNode } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import type { IndexedSpan } from '../../src/model/record.ts';
import { findSlowestTraces, slowestPosition } from '../../src/query/slowest-traces.ts';
import { compareSlowest } from '../../src/storage/slowest-traces.ts';
import type { TimeRange, TraceSearch } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, buildSpan, hexId, SECOND_NANOS } from './builders.ts';
import { SPANS } from './fixtures.ts';
import { randomQuery } from './random-queries.ts';
import { randomSpans } from './random-records.ts';
import { ALL, readContext, writeAndAwait } from './reading.ts';
import { matchingTraces, type ReferenceTrace, referenceTraces } from './reference-traces.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';
import { attributes, int } from './values.ts';

const idOf = (name: string) => hexId(`trace ${name}`, 32);
const span = (trace: string, name: string, fields: Parameters<typeof buildSpan>[1] = {}) =>
  buildSpan(`${trace}-${name}`, { name, traceId: idOf(trace), ...fields });
const CHILD = { parentSpanId: hexId('some parent', 16) };

/** Traces made for one rule each. */
const TRACES: readonly IndexedSpan[] = [
  // The root starts last of all: clocks disagree.
  span('skewed', 'root', { startTimeUnixNano: at(50), seconds: 1 }),
  span('skewed', 'child', { ...CHILD, startTimeUnixNano: at(49), seconds: 5, service: 'orders', status: { code: 2 } }),
  // No root has arrived.
  span('rootless', 'late', { ...CHILD, startTimeUnixNano: at(31), service: 'orders' }),
  span('rootless', 'early', { ...CHILD, startTimeUnixNano: at(30), service: 'payments' }),
  // What is searched is on two spans, never on one.
  span('split', 'root', { startTimeUnixNano: at(20), attributes: attributes({ user: 'u-1' }) }),
  span('split', 'slow', { ...CHILD, startTimeUnixNano: at(21), seconds: 9 }),
  span('whole', 'root', { startTimeUnixNano: at(22), attributes: attributes({ user: 'u-1' }), seconds: 9 }),
  // Two roots: the first counts.
  span('tworoots', 'second', { startTimeUnixNano: at(11), service: 'orders' }),
  span('tworoots', 'first', { startTimeUnixNano: at(10) }),
  // Two that start at once: by trace id.
  span('tieA', 'root', { startTimeUnixNano: at(5) }),
  span('tieB', 'root', { startTimeUnixNano: at(5) }),
  // A long one: begins in one range, goes on in the next.
  span('long', 'root', { startTimeUnixNano: at(1), seconds: 100 }),
  span('long', 'late child', { ...CHILD, startTimeUnixNano: at(90), attributes: attributes({ late: int(1) }) }),
  // No times at all.
  span('timeless', 'root', { startTimeUnixNano: '0', endTimeUnixNano: '0', arrivalTimeUnixNano: at(4) }),
];

export function describeTraces({ storage, newTenant }: ContractContext): void {
  describe('traces', () => {
    const tenant = newTenant('traces');
    const randomTenant = newTenant('tracesrandom');
    const random = new SeededRandom(11);
    const spans = [...TRACES, ...SPANS];
    const randoms = randomSpans(random, 200);
    beforeAll(async () => {
      await writeAndAwait(storage(), tenant, { spans, logs: [buildLog('beside', { traceId: idOf('logonly'), timeUnixNano: at(40) })] });
      await writeAndAwait(storage(), randomTenant, { spans: randoms });
    });

    type More = Pick<TraceSearch, 'with' | 'traceDuration'>;
    async function searchAll(
      query: QueryNode,
      range: TimeRange = {},
      limit = 1_000,
      of = tenant,
      more: More = {},
    ): Promise<ReferenceTrace[]> {
      const traces: ReferenceTrace[] = [];
      for (;;) {
        const after = traces.at(-1)?.key;
        const page = await storage().searchTraces({ query, range, limit, ...more, ...(after && { after }) }, readContext(of));
        expect(page.traces.length).toBeLessThanOrEqual(limit);
        traces.push(...page.traces);
        if (!page.hasMore) return traces;
        expect(page.traces.length).toBe(limit);
      }
    }
    const names = (traces: readonly ReferenceTrace[]) => traces.map((trace) => trace.summary.traceId);

    it('are listed newest root first, a trace without its root by its earliest span, with figures of the whole trace', async () => {
      expect(await searchAll(ALL)).toEqual(referenceTraces(spans));
    });

    it('are found when one single span fulfils everything', async () => {
      expect(names(await searchAll(parseQuery('user:u-1 duration:>=5s', 'spans')))).toEqual([idOf('whole')]);
      expect(names(await searchAll(parseQuery('user:u-1', 'spans')))).toEqual([idOf('whole'), idOf('split')]);
    });

    it('are found when that very span starts in the range, whenever the trace began', async () => {
      const range = { fromNanos: BASE_NANOS + 80n * SECOND_NANOS, toNanos: BASE_NANOS + 100n * SECOND_NANOS };
      const found = await searchAll(ALL, range);
      expect(names(found)).toEqual([idOf('long')]);
      expect(found[0]?.key.startNanos).toBe(BigInt(at(1)));
      expect(names(await searchAll(parseQuery('late:1', 'spans'), { toNanos: BASE_NANOS + 2n * SECOND_NANOS }))).toEqual([]);
    });

    it('are listed by the earliest span where the root begins after the range', async () => {
      const range = { toNanos: BigInt(at(50)) };
      const found = await searchAll(ALL, range);
      expect(found).toEqual(matchingTraces(spans, ALL, range));
      const skewed = found.find((trace) => trace.summary.traceId === idOf('skewed'));
      expect([skewed?.key.startNanos, skewed?.summary.rootStartTimeUnixNano]).toEqual([BigInt(at(49)), at(50)]);
    });

    it('have a range whose start belongs to it and whose end does not', async () => {
      const [first, second] = [BigInt(at(10)), BigInt(at(11))];
      expect(names(await searchAll(ALL, { fromNanos: first, toNanos: first + 1n }))).toEqual([idOf('tworoots')]);
      expect(names(await searchAll(ALL, { fromNanos: first + 1n, toNanos: second }))).toEqual([]);
    });

    it.each([1, 2, 7])('are the same in pages of %i', async (limit) => {
      expect(await searchAll(ALL, {}, limit)).toEqual(referenceTraces(spans));
      const query = parseQuery('status:error OR user:* OR kind:server', 'spans');
      expect(await searchAll(query, {}, limit)).toEqual(matchingTraces(spans, query, {}));
    });

    it('of random spans are those that the reference finds', async () => {
      const options = { target: 'spans', regex: storage().capabilities.regex } as const;
      for (let count = 0; count < 40; count += 1) {
        const query = randomQuery(random, options);
        const from = BigInt(at(random.below(600)));
        const range = random.chance(0.5) ? {} : { fromNanos: from, toNanos: from + 60n * SECOND_NANOS };
        expect(await searchAll(query, range, random.pick([3, 1_000]), randomTenant), JSON.stringify(query)).toEqual(
          matchingTraces(randoms, query, range),
        );
      }
    });

    it.each([1, 3, 1_000])('are the same the slowest first, in pages of %i', async (limit) => {
      const range = { fromNanos: BigInt(at(5)), toNanos: BigInt(at(60)) };
      for (const text of ['*', 'service:orders', 'root:true']) {
        const query = parseQuery(text, 'spans');
        const found: ReferenceTrace[] = [];
        for (let hasMore = true; hasMore; ) {
          const last = found.at(-1);
          const asked = { query, range, limit, ...(last && { after: slowestPosition(last) }) };
          const page = await findSlowestTraces(asked, { storage: storage(), context: readContext(tenant) });
          found.push(...page.traces);
          hasMore = page.hasMore;
        }
        const expected = matchingTraces(spans, query, range).map((trace) => ({ trace, position: slowestPosition(trace) }));
        expect(found, text).toEqual(
          expected.sort((left, right) => compareSlowest(left.position, right.position)).map(({ trace }) => trace),
        );
      }
    });

    describe('of several conditions', () => {
      const parse = (text: string) => parseQuery(text, 'spans');
      const find = async (first: string, more: More, limit?: number) => names(await searchAll(parse(first), {}, limit, tenant, more));

      it('have a span for each, which need not be one', async () => {
        expect(await find('user:u-1', { with: [parse('duration:>=5s')] })).toEqual([idOf('whole'), idOf('split')]);
        expect(await find('service:orders', { with: [parse('service:payments')] })).toEqual([idOf('rootless')]);
        expect(await find('service:payments', { with: [parse('service:orders')] })).toEqual([idOf('rootless')]);
        expect(await find('service:orders', { with: [parse('service:payments'), parse('service:gateway')] })).toEqual([]);
      });

      it('count one span for two of them', async () => {
        expect(await find('late:1', { with: [parse('late:1'), parse('late:*')] })).toEqual([idOf('long')]);
      });

      it('have all of those spans in the range', async () => {
        const range = { fromNanos: BigInt(at(80)), toNanos: BigInt(at(100)) };
        const search = (more: More) => searchAll(parse('late:1'), range, 10, tenant, more);
        expect(await search({ with: [parse('root:true')] })).toEqual([]);
        expect(names(await search({ with: [parse('name:"late child"')] }))).toEqual([idOf('long')]);
      });

      it('take as long as a whole as is asked for, whatever each span takes', async () => {
        const seconds = (count: number) => BigInt(count) * SECOND_NANOS;
        // From the child at 49 s to its end.
        expect(await find('status:error name:child', { traceDuration: { minNanos: seconds(5), maxNanos: seconds(5) } })).toEqual([
          idOf('skewed'),
        ]);
        expect(await find('status:error name:child', { traceDuration: { maxNanos: seconds(5) - 1n } })).toEqual([]);
        expect(await find('user:u-1', { traceDuration: { minNanos: seconds(10) } })).toEqual([idOf('split')]);
      });

      it('are the same in pages, at random, as the reference finds', async () => {
        const options = { target: 'spans', regex: storage().capabilities.regex } as const;
        const pairs = new SeededRandom(12);
        for (let count = 0; count < 40; count += 1) {
          const queries = Array.from({ length: 1 + pairs.below(3) }, () => randomQuery(pairs, options));
          const [first = ALL, ...rest] = queries;
          const from = BigInt(at(pairs.below(600)));
          const range = pairs.chance(0.5) ? {} : { fromNanos: from, toNanos: from + 120n * SECOND_NANOS };
          const traceDuration = pairs.chance(0.5) ? {} : { minNanos: BigInt(pairs.below(100)) * SECOND_NANOS };
          const more = { with: rest, traceDuration };
          expect(await searchAll(first, range, pairs.pick([2, 1_000]), randomTenant, more), `${count}: ${JSON.stringify(queries)}`).toEqual(
            matchingTraces(randoms, queries, range, traceDuration),
          );
        }
      });
    });

    it('of several conditions that very many fulfil each are found in pages too', async () => {
      const manyTenant = newTenant('tracesmany');
      const many = Array.from({ length: 1_500 }, (_, trace) => [
        span(`many ${trace}`, 'root', { startTimeUnixNano: at(trace), service: 'gateway', seconds: trace % 7 }),
        span(`many ${trace}`, 'call', { ...CHILD, startTimeUnixNano: at(trace + 5), service: trace % 5 === 0 ? 'orders' : 'payments' }),
      ]).flat();
      await writeAndAwait(storage(), manyTenant, { spans: many });
      const queries = [parseQuery('service:gateway', 'spans'), parseQuery('service:payments', 'spans')];
      const [first = ALL, ...rest] = queries;
      const range = { fromNanos: BigInt(at(3)), toNanos: BigInt(at(1_490)) };
      const found = await searchAll(first, range, 400, manyTenant, { with: rest });
      expect(names(found)).toEqual(names(matchingTraces(many, queries, range)));
      expect(found.length).toBeGreaterThan(1_000);
      const traceDuration = { minNanos: 6n * SECOND_NANOS + 1n };
      const long = await searchAll(first, range, 100, manyTenant, { with: rest, traceDuration: { maxNanos: 6n * SECOND_NANOS } });
      expect(names(long)).toEqual(names(matchingTraces(many, queries, range, { maxNanos: 6n * SECOND_NANOS })));
      expect(await searchAll(first, range, 100, manyTenant, { with: rest, traceDuration })).toEqual(
        matchingTraces(many, queries, range, traceDuration),
      );
    });

    it('are summarized by id, those that have a span', async () => {
      const ids = ['skewed', 'rootless', 'logonly', 'never'].map(idOf);
      const summaries = await storage().summarizeTraces([...ids, idOf('skewed')], readContext(tenant));
      const expected = referenceTraces(spans).flatMap(({ summary }) => (ids.includes(summary.traceId) ? [summary] : []));
      const byId = (left: { traceId: string }, right: { traceId: string }) => left.traceId.localeCompare(right.traceId);
      expect(summaries.toSorted(byId)).toEqual(expected.sort(byId));
      expect(await storage().summarizeTraces([], readContext(tenant))).toEqual([]);
    });

    it('are summarized a thousand ids at once', async () => {
      const ids = [
        ...referenceTraces(spans).map((trace) => trace.key.traceId),
        ...Array.from({ length: 900 }, (_, index) => hexId(`no trace ${index}`, 32)),
      ];
      expect(await storage().summarizeTraces(ids, readContext(tenant))).toHaveLength(referenceTraces(spans).length);
    });
  });

  describe('trace ids', () => {
    const tenant = newTenant('traceids');
    const log = (id: string, trace: string | undefined, seconds: number, correlation = 'flow-1') =>
      buildLog(id, {
        ...(trace && { traceId: idOf(trace) }),
        timeUnixNano: at(seconds),
        attributes: attributes({ 'correlation.id': correlation }),
      });
    const logs = [
      log('a', 'one', 5),
      log('b', 'one', 2),
      log('c', 'two', 3),
      log('d', 'three', 9, 'flow-2'),
      log('e', undefined, 4),
      log('f', 'four', 3),
    ];
    const spans = [
      span('one', 'root', { startTimeUnixNano: at(7), attributes: attributes({ 'correlation.id': 'flow-1' }) }),
      span('five', 'root'),
    ];
    const FLOW: QueryNode = { type: 'equals', field: { type: 'record', name: 'correlationId' }, value: 'flow-1' };
    beforeAll(() => writeAndAwait(storage(), tenant, { logs, spans }));
    const find = (search: Parameters<ReturnType<typeof storage>['findTraceIds']>[0]) => storage().findTraceIds(search, readContext(tenant));

    it('of matching logs are distinct, each with its earliest matching time, newest first, equal ones by id', async () => {
      const tied = [idOf('two'), idOf('four')].sort().reverse();
      expect(await find({ query: FLOW, target: 'logs', range: {}, limit: 10 })).toEqual([
        ...tied.map((traceId) => ({ traceId, firstNanos: BigInt(at(3)) })),
        { traceId: idOf('one'), firstNanos: BigInt(at(2)) },
      ]);
    });

    it('of matching spans are those of the spans', async () => {
      expect(await find({ query: FLOW, target: 'spans', range: {}, limit: 10 })).toEqual([
        { traceId: idOf('one'), firstNanos: BigInt(at(7)) },
      ]);
    });

    it('are limited in number and to the range', async () => {
      expect(await find({ query: ALL, target: 'logs', range: {}, limit: 1 })).toEqual([
        { traceId: idOf('three'), firstNanos: BigInt(at(9)) },
      ]);
      expect(await find({ query: ALL, target: 'logs', range: { fromNanos: BigInt(at(4)), toNanos: BigInt(at(9)) }, limit: 10 })).toEqual([
        { traceId: idOf('one'), firstNanos: BigInt(at(5)) },
      ]);
      expect(await find({ query: { type: 'none' }, target: 'logs', range: {}, limit: 10 })).toEqual([]);
    });
  });
}

import { parseQuery } from '@threadline/query-language';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexedSpan } from '../../src/model/record.ts';
import type { Storage, TimeRange } from '../../src/storage/storage.ts';
import { BASE_NANOS, buildSpan, hexId, SECOND_NANOS } from '../storage-contract/builders.ts';
import { attributes } from '../storage-contract/values.ts';
import { newTenant, readContext, startStorage } from './reading.ts';

/** More spans than are looked at one by one, so that the pages walk through time. */
const TRACES = 6_000;

/** A generator of its own, so that a failure comes again. Source: Numerical Recipes, "ranqd1". */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Traces of all shapes: roots that start first, roots that start last (another clock), none, two; long ones; equal starts. */
function buildTraces(): IndexedSpan[] {
  const random = pseudoRandom(7);
  const spans: IndexedSpan[] = [];
  for (let trace = 0; trace < TRACES; trace += 1) {
    const traceId = hexId(`trace ${trace}`, 32);
    const start = BASE_NANOS + BigInt(Math.floor(random() * 1_000)) * SECOND_NANOS;
    const isLong = random() < 0.02;
    const shape = random();
    const count = 1 + Math.floor(random() * 3);
    for (let index = 0; index < count; index += 1) {
      const isRoot = shape < 0.1 ? false : shape < 0.2 ? index === count - 1 : shape < 0.25 ? index < 2 : index === 0;
      const offset = BigInt(Math.floor(random() * 5)) * SECOND_NANOS + (isLong && index > 0 ? 700n * SECOND_NANOS : 0n);
      const startNanos = isRoot && shape >= 0.25 ? start : start + offset;
      spans.push(
        buildSpan(`${trace}-${index}`, {
          traceId,
          startTimeUnixNano: String(startNanos),
          seconds: 1,
          ...(!isRoot && { parentSpanId: hexId('parent', 16) }),
          attributes: attributes({ group: trace % 200 === 0 ? 'rare' : 'common' }),
        }),
      );
    }
  }
  return spans;
}

interface Key {
  readonly startNanos: bigint;
  readonly traceId: string;
}

/** What the pages together have to be: all traces with a span that matches and starts before the range's end, by the contract's words. */
function expectedKeys(spans: readonly IndexedSpan[], matches: (span: IndexedSpan) => boolean, end = 2n ** 64n): Key[] {
  const traces = Map.groupBy(spans, (span) => span.record.traceId);
  const keys = Array.from(traces, ([traceId, ofTrace]) => {
    if (!ofTrace.some(matches)) return [];
    const roots = ofTrace.filter((span) => span.isRoot && span.timeNanos < end);
    const [earliest = 0n] = (roots.length > 0 ? roots : ofTrace).map((span) => span.timeNanos).sort((a, b) => Number(a - b));
    return [{ traceId, startNanos: earliest }];
  }).flat();
  return keys.sort((a, b) => (a.startNanos === b.startNanos ? (a.traceId < b.traceId ? 1 : -1) : a.startNanos < b.startNanos ? 1 : -1));
}

describe('pages of traces', () => {
  const tenant = newTenant('traces');
  const spans = buildTraces();
  let storage: Storage;
  beforeAll(async () => {
    storage = await startStorage();
    await storage.writeSpans(tenant, spans);
  });
  afterAll(() => storage.shutdown());

  async function readPages(
    query: string,
    range: TimeRange,
    { limit, others = [], of = tenant }: { readonly limit: number; readonly others?: readonly string[]; readonly of?: string },
  ): Promise<Key[]> {
    const keys: Key[] = [];
    let after: Key | undefined;
    for (;;) {
      const search = {
        query: parseQuery(query, 'spans'),
        with: others.map((other) => parseQuery(other, 'spans')),
        range,
        limit,
        ...(after && { after }),
      };
      const page = await storage.searchTraces(search, readContext(of));
      expect(page.traces.length).toBeLessThanOrEqual(limit);
      for (const { key, summary } of page.traces) {
        expect(summary.traceId).toBe(key.traceId);
        keys.push(key);
      }
      after = keys.at(-1);
      if (!page.hasMore) return keys;
    }
  }

  const inside = (span: IndexedSpan, from: bigint, to: bigint) => span.timeNanos >= from && span.timeNanos < to;
  const isRare = (span: IndexedSpan) => span.record.attributes.some(({ value }) => value?.stringValue === 'rare');
  const [from, to] = [BASE_NANOS + 100n * SECOND_NANOS, BASE_NANOS + 990n * SECOND_NANOS];

  it('are every matching trace once, newest first, when more match than are looked at one by one', async () => {
    expect(await readPages('*', {}, { limit: 1_000 })).toEqual(expectedKeys(spans, () => true));
  });

  it('are so in a range too, where traces began before it and roots after it', async () => {
    const keys = await readPages('group:common', { fromNanos: from, toNanos: to }, { limit: 300 });
    expect(keys).toEqual(expectedKeys(spans, (span) => inside(span, from, to) && !isRare(span), to));
    expect(keys.some((key) => key.startNanos < from)).toBe(true);
    const late = new Set(spans.filter((span) => span.isRoot && span.timeNanos >= to).map((span) => span.record.traceId));
    expect(keys.some((key) => late.has(key.traceId))).toBe(true);
  });

  it('are so when few match', async () => {
    const keys = await readPages('group:rare', { fromNanos: from, toNanos: to }, { limit: 7 });
    expect(keys).toEqual(expectedKeys(spans, (span) => inside(span, from, to) && isRare(span), to));
    expect(keys.length).toBeGreaterThan(20);
  });

  it('are so when one of several conditions is fulfilled by few, and when each is by many', async () => {
    expect(await readPages('*', {}, { limit: 7, others: ['group:rare'] })).toEqual(expectedKeys(spans, isRare));
    expect(await readPages('root:*', {}, { limit: 1_000, others: ['group:common'] })).toEqual(expectedKeys(spans, (span) => !isRare(span)));
  });

  it('are so when a page ends within very many spans of one instant, and when most spans are of a few traces', async () => {
    const instant = String(to);
    const ties = Array.from({ length: 700 }, (_, index) =>
      buildSpan(`tie-${index}`, { traceId: hexId(`tie ${index}`, 32), startTimeUnixNano: instant, seconds: 1 }),
    );
    const large = Array.from({ length: 22_000 }, (_, index) =>
      buildSpan(`large-${index}`, {
        traceId: hexId(`large ${index % 2}`, 32),
        startTimeUnixNano: String(from + BigInt(index) * 1_000n),
        seconds: 1,
        ...(index > 1 && { parentSpanId: hexId('parent', 16) }),
      }),
    );
    const own = newTenant('shapes');
    await storage.writeSpans(own, [...ties, ...large]);
    expect(await readPages('*', { fromNanos: from + 1n }, { limit: 300, of: own })).toEqual(expectedKeys([...ties, ...large], () => true));
  });

  it('name every trace id that a search has, by its earliest match', async () => {
    const request = { query: parseQuery('root:false', 'spans'), target: 'spans', range: {}, limit: 100_000 } as const;
    const found = await storage.findTraceIds(request, readContext(tenant));
    const firsts = new Map<string, bigint>();
    for (const span of spans) {
      if (span.isRoot) continue;
      const first = firsts.get(span.record.traceId);
      if (first === undefined || span.timeNanos < first) firsts.set(span.record.traceId, span.timeNanos);
    }
    expect(new Map(found.map(({ traceId, firstNanos }) => [traceId, firstNanos]))).toEqual(firsts);
    expect(found.every(({ firstNanos }, index) => index === 0 || firstNanos <= (found[index - 1]?.firstNanos ?? 0n))).toBe(true);
    expect(await storage.findTraceIds({ ...request, limit: 5 }, readContext(tenant))).toEqual(found.slice(0, 5));
  });
});

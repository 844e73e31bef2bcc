import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseQuery } from '@threadline/query-language';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexedSpan } from '../../src/model/record.ts';
import { KnownComparison } from '../../src/storage/embedded/reading/known-comparison.ts';
import { KnownTemplates } from '../../src/storage/embedded/reading/known-templates.ts';
import { PageCache } from '../../src/storage/embedded/reading/page-cache.ts';
import type { ReadScope } from '../../src/storage/embedded/reading/read-scope.ts';
import { type SlowestKeys, type SlowestLimits, slowestTraces } from '../../src/storage/embedded/reading/slowest-traces.ts';
import { RowBuffer } from '../../src/storage/embedded/rows/row-buffer.ts';
import { mergeSegments } from '../../src/storage/embedded/segments/merge-segments.ts';
import { OpenSegments } from '../../src/storage/embedded/segments/open-segments.ts';
import { encodeGroup, writeSegment } from '../../src/storage/embedded/segments/write-segment.ts';
import { compareSlowest, type SlowestPosition, type SlowestSearch } from '../../src/storage/slowest-traces.ts';
import { at, buildSpan, hexId } from './builders.ts';
import { matchingTraces } from './reference-traces.ts';

const ALL = { type: 'all' } as const;
/** All are compared, whatever few match. */
const COMPARED: SlowestLimits = { maxTraces: 1_000, maxRowsBeyond: 1_000_000, maxByMatch: 0 };
/** From 2026 to 2261: times that are far apart are counted from other epochs. */
const FAR_SECONDS = 235 * 365 * 86_400;

const span = fc.record({
  trace: fc.nat(7),
  second: fc.nat(60),
  nanos: fc.nat(3),
  // Some alike, so that traces are equally long.
  seconds: fc.constantFrom(0, 1, 5, 30, -1, 4e6),
  isRoot: fc.boolean(),
  service: fc.constantFrom('a', 'b'),
  hasTime: fc.boolean(),
  segment: fc.nat(2),
});
const instant = fc.option(fc.nat(70), { nil: undefined });
const search = fc.record({
  query: fc.constantFrom(ALL, parseQuery('service:a', 'spans'), parseQuery('root:true', 'spans'), parseQuery('duration:>=5s', 'spans')),
  with: fc.constantFrom([], [parseQuery('service:b', 'spans')]),
  from: instant,
  to: instant,
  traceDuration: fc.constantFrom({}, { minNanos: 1_000_000_000n }, { maxNanos: 30_000_000_000n }),
  limit: fc.integer({ min: 1, max: 4 }),
});

/** Segments of one directory, as a reading thread has them. */
class Store {
  readonly #directory: string;
  readonly #segments: OpenSegments;
  #ids: number[] = [];

  constructor(directory: string) {
    this.#directory = directory;
    this.#segments = new OpenSegments(directory, (error) => {
      throw error;
    });
  }

  static #next = 0;

  readonly scope: ReadScope = {
    tenant: 'default',
    groups: (table) => this.#segments.groups(table),
    cache: new PageCache(1024 * 1024),
    templates: new KnownTemplates(),
    check: () => undefined,
  };

  async write(spans: readonly IndexedSpan[]): Promise<void> {
    if (spans.length === 0) return;
    const buffer = new RowBuffer('spans');
    buffer.addSpans('default', spans);
    async function* groups() {
      yield await encodeGroup(buffer.finish());
    }
    const id = this.#take();
    await writeSegment(this.#directory, { table: 'spans', id, from: id, to: id, replaces: [] }, groups());
    this.#change([id], []);
  }

  async merge(): Promise<void> {
    const merged = this.#ids;
    const inputs = merged.flatMap((id) => this.#segments.segment({ table: 'spans', id }) ?? []);
    const id = this.#take();
    await mergeSegments(this.#directory, inputs, { table: 'spans', id, from: id, to: id, replaces: merged });
    this.#change([id], merged);
  }

  drop(): void {
    this.#change([], this.#ids.slice(0, 1));
  }

  #take(): number {
    Store.#next += 1;
    return Store.#next;
  }

  #change(added: readonly number[], dropped: readonly number[]): void {
    const name = (id: number) => ({ table: 'spans', id }) as const;
    this.#segments.change(added.map(name), dropped.map(name));
    this.#ids = [...this.#ids.filter((id) => !dropped.includes(id)), ...added];
  }
}

describe('the slowest traces of segments', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-slowest-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('are those of a plain comparison, page by page, whichever way they are found', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(span, { minLength: 1, maxLength: 30 }),
        fc.array(search, { minLength: 1, maxLength: 4 }),
        async (drawn, searches) => {
          const store = new Store(directory);
          const spans = drawn.map(spanOf);
          for (const segment of [0, 1, 2]) await store.write(spans.filter((_, number) => drawn[number]?.segment === segment));
          for (const { from, to, ...asked } of searches) {
            const range = {
              ...(from !== undefined && { fromNanos: BigInt(at(from)) }),
              ...(to !== undefined && { toNanos: BigInt(at(to)) }),
            };
            const expected = expectedOf(spans, { ...asked, range });
            for (const limits of [COMPARED, { ...COMPARED, maxByMatch: 200 }])
              expect(pagesOf(store.scope, { ...asked, range }, limits)).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are known for the next page: what is written, merged or given up meanwhile is seen', async () => {
    const store = new Store(directory);
    const scope = { ...store.scope, comparison: new KnownComparison() };
    const made = (name: string, fields: { readonly second: number; readonly seconds: number }) =>
      buildSpan(name, { traceId: hexId(name, 32), startTimeUnixNano: at(fields.second), seconds: fields.seconds });
    const [old, first, second] = [
      made('old', { second: 9, seconds: 40 }),
      made('first', { second: 10, seconds: 30 }),
      made('second', { second: 11, seconds: 20 }),
    ];
    const expectSlowest = (...spans: readonly IndexedSpan[]) =>
      expect(slowestTraces(scope, { query: ALL, range: {}, limit: 10 }, COMPARED).keys.map(({ traceId }) => traceId)).toEqual(
        spans.map(({ record }) => record.traceId),
      );
    await store.write([old]);
    await store.write([first, second]);
    expectSlowest(old, first, second);
    // The second goes on for longer than all others.
    await store.write([buildSpan('late', { traceId: second.record.traceId, startTimeUnixNano: at(90), parentSpanId: hexId('x', 16) })]);
    expectSlowest(second, old, first);
    await store.merge();
    const other = made('other', { second: 12, seconds: 35 });
    await store.write([other]);
    expectSlowest(second, old, other, first);
    store.drop();
    expectSlowest(other);
  });

  it('say how far the comparison got where there are more traces than it takes', async () => {
    const store = new Store(directory);
    for (const minute of [0, 1, 2])
      await store.write(
        [1, 2, 3].map((number) => buildSpan(`${minute} ${number}`, { startTimeUnixNano: at(minute * 60 + number), seconds: 4 - minute })),
      );
    const { keys, partial } = slowestTraces(store.scope, { query: ALL, range: {}, limit: 10 }, { ...COMPARED, maxTraces: 5 });
    expect(partial).toEqual({ searchedFromNanos: BigInt(at(63)) + 1n, reason: expect.stringContaining('narrow the time range') });
    expect(keys.map(({ durationNanos }) => durationNanos)).toEqual([3n, 3n, 2n, 2n, 2n].map((seconds) => seconds * 1_000_000_000n));
  });

  it('say which time they were compared in where there are more spans outside of the range than are looked at', async () => {
    const store = new Store(directory);
    const long = { traceId: hexId('long', 32), parentSpanId: hexId('x', 16) };
    for (const minute of [0, 1, 2, 3, 4]) await store.write([buildSpan(`in ${minute}`, { ...long, startTimeUnixNano: at(minute * 60) })]);
    const range = { fromNanos: BigInt(at(120)), toNanos: BigInt(at(121)) };
    const ask = (maxRowsBeyond: number) => slowestTraces(store.scope, { query: ALL, range, limit: 10 }, { ...COMPARED, maxRowsBeyond });
    const seconds = ({ keys }: SlowestKeys) => keys.map(({ durationNanos }) => durationNanos / 1_000_000_000n);
    expect(ask(1)).toMatchObject({ compared: { fromNanos: BigInt(at(0)) + 1n, toNanos: BigInt(at(240)) } });
    expect(seconds(ask(1))).toEqual([121n]);
    expect(ask(2)).not.toHaveProperty('compared');
    expect(seconds(ask(2))).toEqual([241n]);
  });
});

type DrawnSpan = typeof span extends fc.Arbitrary<infer T> ? T : never;

function spanOf({ trace, second, nanos, seconds, isRoot, service, hasTime }: DrawnSpan, number: number): IndexedSpan {
  const start = hasTime || trace === 0 ? String(BigInt(at(second + (trace === 0 ? FAR_SECONDS : 0))) + BigInt(nanos)) : '0';
  return buildSpan(`span ${number}`, {
    traceId: hexId(`trace ${trace}`, 32),
    startTimeUnixNano: start,
    ...(seconds < 0 || start === '0' ? { endTimeUnixNano: '5' } : { seconds }),
    ...(!isRoot && { parentSpanId: hexId('some parent', 16) }),
    service,
  });
}

function expectedOf(spans: readonly IndexedSpan[], { query, with: others = [], range, traceDuration }: SlowestSearch): SlowestPosition[] {
  return matchingTraces(spans, [query, ...others], range, traceDuration)
    .map(({ key, summary }) => ({ ...key, durationNanos: BigInt(summary.durationNano) }))
    .sort(compareSlowest);
}

function pagesOf(scope: ReadScope, asked: SlowestSearch, limits: SlowestLimits): SlowestPosition[] {
  const found: SlowestPosition[] = [];
  for (;;) {
    const after = found.at(-1);
    const page = slowestTraces(scope, { ...asked, ...(after && { after }) }, limits);
    expect(page.keys.length).toBe(page.hasMore ? asked.limit : page.keys.length);
    found.push(...page.keys);
    if (!page.hasMore) return found;
  }
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceSpansLine } from '../../src/api/index.ts';
import type { IndexedSpan, RowKey } from '../../src/model/record.ts';
import { createColumnWriter } from '../../src/query/streams/trace-columns.ts';
import { StorageDirectory } from '../../src/storage/embedded/testing/open-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildSpan, hexId, SECOND_NANOS } from '../storage-contract/builders.ts';
import { randomSpans, TRACES } from '../storage-contract/random-records.ts';
import { readContext } from '../storage-contract/reading.ts';
import { SeededRandom } from '../storage-contract/seeded-random.ts';
import { attributes, int, text } from '../storage-contract/values.ts';

const ODD = hexId('an odd trace', 32);
const odd = (name: string, fields: Parameters<typeof buildSpan>[1] = {}) => buildSpan(`odd ${name}`, { traceId: ODD, ...fields });
const event = (seconds: number, name?: string) => ({ timeUnixNano: at(seconds), ...(name === undefined ? {} : { name }), attributes: [] });

const HTTP = { 'http.request.method': 'POST', 'server.address': 'a' };

/** Spans that a column alone would give back as others, and all that stands in none. */
const ODD_SPANS: readonly IndexedSpan[] = [
  odd('plain', { startTimeUnixNano: at(1), name: 'GET /', kind: 2 }),
  odd('events', { startTimeUnixNano: at(2), events: [event(2.5, 'retry'), event(2.75)] }),
  odd('links', {
    startTimeUnixNano: at(3),
    links: [{ traceId: hexId('other', 32), spanId: hexId('other', 16), attributes: attributes({ a: text('b') }) }],
  }),
  odd('dropped', { startTimeUnixNano: at(4), droppedAttributesCount: 1, droppedEventsCount: 2, droppedLinksCount: 3 }),
  odd('status', { startTimeUnixNano: at(5), status: { code: 2, message: 'declined' } }),
  odd('status 0', { startTimeUnixNano: at(5), status: { code: 0 } }),
  odd('unknown kind', { startTimeUnixNano: at(6), kind: 42, status: { code: 77 } }),
  odd('half a pair', { startTimeUnixNano: at(7), name: 'half \ud800' }),
  odd('no name', { startTimeUnixNano: at(7), name: '' }),
  odd('ends first', { startTimeUnixNano: at(8), endTimeUnixNano: at(7) }),
  odd('has no end', { startTimeUnixNano: at(8), endTimeUnixNano: '0' }),
  odd('no end', { startTimeUnixNano: at(8), endTimeUnixNano: '0' }),
  odd('flags', { startTimeUnixNano: at(9), flags: 257, traceState: 'a=b' }),
  odd('no times', { startTimeUnixNano: '0', endTimeUnixNano: '0', arrivalTimeUnixNano: at(4) }),
  odd('no parent', { startTimeUnixNano: at(9), parentSpanId: '' }),
  odd('no service', { startTimeUnixNano: at(9), service: '' }),
  odd('calls', { startTimeUnixNano: at(9), kind: 3, name: 'POST', attributes: attributes({ ...HTTP, 'url.full': 'http://a/b?c=d' }) }),
  odd('calls another', { startTimeUnixNano: at(9), kind: 3, name: 'POST', attributes: attributes({ ...HTTP, 'url.full': 'http://a/c' }) }),
  odd('calls by name', {
    startTimeUnixNano: at(9),
    kind: 3,
    name: 'POST /b',
    attributes: attributes({ ...HTTP, 'url.full': 'http://a/b' }),
  }),
  odd('calls a number', { startTimeUnixNano: at(9), kind: 3, attributes: attributes({ ...HTTP, 'url.full': int(7) }) }),
  odd('sends', { startTimeUnixNano: at(9), kind: 4, name: 'send', attributes: attributes({ 'messaging.system': 'kafka' }) }),
  odd('calls nobody', { startTimeUnixNano: at(9), kind: 2, attributes: attributes({ ...HTTP, 'url.full': 'http://a/b' }) }),
  odd('equal a', { startTimeUnixNano: at(10), parentSpanId: hexId('p', 16) }),
  odd('equal b', { startTimeUnixNano: at(10), parentSpanId: hexId('p', 16) }),
];

describe('spans of a trace in columns', () => {
  const random = new SeededRandom(5);
  const many = Array.from({ length: 3_000 }, (_, index) =>
    buildSpan(`many ${index}`, {
      traceId: hexId('many', 32),
      startTimeUnixNano: String(BASE_NANOS + BigInt(random.below(500)) * SECOND_NANOS),
      name: `step ${random.below(9)}`,
      service: random.pick(['a', 'b']),
      ...(random.chance(0.2) && { events: [event(1, 'tick')] }),
      kind: random.below(5),
      attributes: attributes(
        random.pick([{ ...HTTP, 'url.full': `http://a/${random.below(50)}` }, { 'db.system': 'redis', n: int(random.below(9)) }, {}]),
      ),
    }),
  );
  let directory: StorageDirectory;
  let storage: Storage;
  beforeAll(async () => {
    directory = await StorageDirectory.make();
    storage = await directory.open();
    await storage.writeSpans('default', [...ODD_SPANS, ...randomSpans(random, 300)]);
    // Several segments whose times lie over each other.
    for (let from = 0; from < many.length; from += 1_000) await storage.writeSpans('default', many.slice(from, from + 1_000));
  });
  afterAll(() => directory.remove());

  /** The lines together, whatever pages they were of. */
  async function whole(lines: AsyncIterable<TraceSpansLine>) {
    const names: string[] = [];
    const services: string[] = [];
    const targets: string[] = [];
    const rows = [];
    for await (const line of lines) {
      names.push(...line.newNames);
      services.push(...line.newServices);
      targets.push(...line.newTargets);
      for (const [row, start] of line.starts.entries()) {
        const of = <T extends { readonly span: number }>(list: readonly T[]) =>
          list.flatMap(({ span, ...rest }) => (span === row ? [rest] : []));
        rows.push({
          id: line.ids.slice(row * 16, row * 16 + 16),
          parent: line.parents.slice(row * 16, row * 16 + 16),
          start,
          duration: line.durations[row],
          name: names[line.names[row] ?? -1],
          service: services[line.services[row] ?? -1],
          target: targets[line.targets[row] ?? -1],
          kind: line.kinds[row],
          status: line.statuses[row],
          events: of(line.events),
          links: of(line.links),
          dropped: of(line.dropped),
          early: of(line.early),
        });
      }
    }
    return rows;
  }

  async function* ofRecords(traceId: string): AsyncGenerator<TraceSpansLine> {
    const query = { type: 'equals', field: { type: 'record', name: 'traceId' }, value: traceId } as const;
    const { rows } = await storage.searchSpans({ query, range: {}, order: 'asc', limit: 10_000 }, readContext('default'));
    yield createColumnWriter(BASE_NANOS).spans(rows);
  }

  async function* ofColumns(traceId: string, limit: number): AsyncGenerator<TraceSpansLine> {
    const writer = createColumnWriter(BASE_NANOS);
    let after: RowKey | undefined;
    for (;;) {
      const page = await storage.traceSpans?.({ traceId, limit, ...(after && { after }) }, readContext('default'));
      if (page === undefined) throw new Error('the embedded storage has columns');
      expect(page.rows).toBeLessThanOrEqual(limit);
      if (page.rows > 0) yield writer.spanColumns(page);
      after = page.last;
      if (!page.hasMore) return;
    }
  }

  it.each([1, 2, 7, 10_000])('are in pages of %i what the records are', async (limit) => {
    for (const traceId of [ODD, ...TRACES]) {
      expect(await whole(ofColumns(traceId, limit)), traceId).toEqual(await whole(ofRecords(traceId)));
    }
  });

  it.each([500, 999, 10_000])('are so where very many stand in segments beside each other, %i a page', async (limit) => {
    const rows = await whole(ofColumns(hexId('many', 32), limit));
    expect(rows).toHaveLength(many.length);
    expect(rows).toEqual(await whole(ofRecords(hexId('many', 32))));
  });

  it('are none of a trace that is unknown, or another tenant’s', async () => {
    expect(await whole(ofColumns(hexId('nowhere', 32), 10))).toEqual([]);
    const page = await storage.traceSpans?.({ traceId: ODD, limit: 10 }, readContext('other'));
    expect(page).toMatchObject({ rows: 0, spanIds: '', hasMore: false });
  });
});

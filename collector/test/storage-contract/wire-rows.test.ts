import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue, OtlpLogRecord, OtlpSpan, Resource } from '../../src/api/index.ts';
import { normalizeLogs, normalizeSpans } from '../../src/model/normalize.ts';
import { PlainRequest } from '../../src/model/plain-request.ts';
import type { IndexedRecord } from '../../src/model/record.ts';
import { idsByPosition } from '../../src/model/record-ids.ts';
import { decodeLogs, decodeTraces, type Encoding } from '../../src/otlp/decode-request.ts';
import type { DecodedSignal } from '../../src/otlp/encode-request.ts';
import { LIMITS } from '../../src/otlp/limits.ts';
import { WireLog } from '../../src/otlp/wire-log.ts';
import { WireSpan } from '../../src/otlp/wire-span.ts';
import { COLUMNS } from '../../src/storage/embedded/columns.ts';
import type { ColumnData } from '../../src/storage/embedded/parquet/column-buffer.ts';
import { PAGE_ROWS } from '../../src/storage/embedded/parquet/encode-column.ts';
import { GROUP_ROWS, RowBuffer, type RowGroupData } from '../../src/storage/embedded/rows/row-buffer.ts';
import { damage, damaged, requestOf, WIRE_LOGS, WIRE_SPANS, type WireTable } from './wire-arbitraries.ts';

const CONTEXT = { arrivalNanos: 1_795_132_800_123_456_789n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: 3, offset: 77 }) };
const RUNS = { numRuns: 300 };
/** What senders of JSON write though it says nothing, and what they ought not to write; whatever a signal does not have means nothing. */
const needless = fc.record(
  {
    severityText: fc.constant(''),
    severityNumber: fc.constant(0),
    traceState: fc.constant(''),
    flags: fc.constantFrom(0, '0'),
    kind: fc.constant(0),
    traceId: fc.constantFrom('', 'AB'.repeat(16), `${'11'.repeat(16)}zz`, 'zz', null),
    spanId: fc.constantFrom('', 'AB'.repeat(8), `${'11'.repeat(8)}z`, '1'),
    parentSpanId: fc.constantFrom('', '00'.repeat(8), null),
    droppedAttributesCount: fc.constantFrom(0, '0'),
    events: fc.constantFrom([], null),
    links: fc.constantFrom([], null),
    status: fc.constantFrom({}, { code: 0 }, { code: 0, message: '' }, null),
    body: fc.constantFrom({}, null, { stringValue: '' }, { stringValue: 'half \ud83d a pair' }, { bytesValue: 'YQ' }),
    eventName: fc.constantFrom('', 'ab\ud800'),
    unknown: fc.constant(1),
  },
  { requiredKeys: [] },
);

describe('rows of logs from bytes', () => describeRows(WIRE_LOGS));
describe('rows of spans from bytes', () => describeRows(WIRE_SPANS));

function describeRows<R extends OtlpLogRecord | OtlpSpan>({ signal, encode, any, simple }: WireTable<R>): void {
  it('are those that objects make, for whatever is sent', () => {
    fc.assert(
      fc.property(requestOf(fc.oneof({ weight: 3, arbitrary: simple }, { weight: 1, arbitrary: any })), damage, (groups, changes) => {
        expectSameRows(signal, damaged(encode(groups), changes));
      }),
      RUNS,
    );
  });

  it('are those that objects make, for whatever is sent as JSON', () => {
    let plain = 0;
    fc.assert(
      fc.property(requestOf(fc.oneof({ weight: 3, arbitrary: simple }, { weight: 1, arbitrary: any })), needless, (groups, members) => {
        const records = (given: readonly R[]): R[] => given.map((record, index) => ({ ...(index % 2 === 0 && members), ...record }));
        const sent = groups.map(({ scopes, ...group }) => ({
          ...group,
          scopes: scopes.map((scope) => ({ ...scope, records: records(scope.records) })),
        }));
        if (expectSameRows(signal, encode(sent, 'json'), 'json')) plain += 1;
      }),
      RUNS,
    );
    expect(plain).toBeGreaterThan(0);
  });

  it('are made for every request that nothing has to be said about', () => {
    let plain = 0;
    let simpleRecords = 0;
    fc.assert(
      fc.property(requestOf(simple), (groups) => {
        const body = encode(groups);
        const request = expectSameRows(signal, body);
        const sent = recordsOf(signal, body);
        expect(request !== undefined).toBe(sent.records.length > 0 && sent.message === '' && sent.rejectedCount === 0);
        if (!request) return;
        plain += 1;
        simpleRecords += countSimple(request);
      }),
      RUNS,
    );
    expect(plain).toBeGreaterThan(0);
    expect(simpleRecords).toBeGreaterThan(plain / 4);
  });

  it('go on in the next row group where one is full, and know their tokens on every page', () => {
    const [template] = fc.sample(simple, { numRuns: 1, seed: 7 });
    if (!template) throw new Error('no sample');
    const records = Array.from({ length: PAGE_ROWS + 10 }, (_, number) => ({
      ...template,
      attributes: [{ key: 'n', value: { intValue: String(number) } }],
    }));
    const body = encode([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [], name: 'test' }, records }] }]);
    const request = PlainRequest.of(signal, body, CONTEXT);
    if (!request) throw new Error('the request is not plain');
    const full = new RowBuffer(tableOf(signal));
    for (let added = 0; added < GROUP_ROWS - 5; ) added += full.addRequest('default', request, added % records.length);
    const room = full.room;
    expect(full.addRequest('default', request, 0)).toBe(Math.min(room, records.length));
    const rest = new RowBuffer(tableOf(signal));
    expect(rest.addRequest('default', request, room)).toBe(records.length - room);
    expect(column(rest.finish(), 'id_index')).toEqual(Array.from({ length: records.length - room }, (_, index) => index + room));
    expectSameRows(signal, body);
  });
}

const PLAIN_LOG: OtlpLogRecord = { timeUnixNano: '1', observedTimeUnixNano: '1', attributes: [] };
const attribute = (value: AnyValue): KeyValue => ({ key: 'k', value });
const nested = (levels: number): AnyValue => (levels === 0 ? { intValue: '1' } : { arrayValue: { values: [nested(levels - 1)] } });
const PLAIN_SPAN: OtlpSpan = {
  traceId: '11'.repeat(16),
  spanId: '22'.repeat(8),
  name: 'get',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
  attributes: [],
};

describe('a request is not plain', () => {
  it.each<[string, Partial<OtlpLogRecord>]>([
    ['with a trace id of zeros', { traceId: '00'.repeat(16) }],
    ['with a trace id that is too short', { traceId: 'ab'.repeat(15) }],
    ['with a span id of zeros', { spanId: '00'.repeat(8) }],
    ['with a text over its limit', { attributes: [attribute({ stringValue: 'x'.repeat(LIMITS.valueBytes + 1) })] }],
    [
      'with a text over its limit in an array',
      {
        attributes: [attribute({ arrayValue: { values: [{ stringValue: 'x'.repeat(LIMITS.valueBytes + 1) }] } })],
      },
    ],
    [
      'with too many attributes',
      {
        attributes: Array.from({ length: LIMITS.attributeCount + 1 }, (_, number) => ({ key: `k${number}`, value: { boolValue: true } })),
      },
    ],
    ['with a value that is nested too deeply', { attributes: [attribute(nested(LIMITS.depth + 1))] }],
    ['with a record over its limit', { body: { stringValue: 'x'.repeat(LIMITS.recordBytes) } }],
  ])('%s', (_, fields) => {
    const records = [PLAIN_LOG, { ...PLAIN_LOG, ...fields }];
    expect(PlainRequest.of('logs', logsBody(records), CONTEXT)).toBeUndefined();
    expect(recordsOf('logs', logsBody(records)).message).not.toBe('');
  });

  it.each<[string, Partial<OtlpSpan>]>([
    ['with a span whose trace id is zeros', { traceId: '00'.repeat(16) }],
    ['with a span without an id', { spanId: '' }],
    ['with a parent id that is too short', { parentSpanId: 'ab' }],
  ])('%s', (_, fields) => {
    const records = [PLAIN_SPAN, { ...PLAIN_SPAN, ...fields }];
    const body = WIRE_SPANS.encode([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records }] }]);
    expect(PlainRequest.of('traces', body, CONTEXT)).toBeUndefined();
    expect(recordsOf('traces', body).rejectedCount).toBe(1);
  });

  it('without a record, cut off, or with a resource over its limit', () => {
    const body = logsBody([PLAIN_LOG]);
    expect(PlainRequest.of('logs', body, CONTEXT)).toBeDefined();
    for (let length = 0; length < body.length; length += 1)
      expect(PlainRequest.of('logs', body.subarray(0, length), CONTEXT)).toBeUndefined();
    const resource = { attributes: [attribute({ stringValue: 'x'.repeat(LIMITS.valueBytes + 1) })] };
    expect(PlainRequest.of('logs', logsBody([PLAIN_LOG], resource), CONTEXT)).toBeUndefined();
  });
});

function logsBody(records: OtlpLogRecord[], resource: Resource = { attributes: [] }): Buffer {
  return WIRE_LOGS.encode([{ resource, scopes: [{ scope: { attributes: [] }, records }] }]);
}

/** Undefined for a body that no rows can be made of but through objects. */
function expectSameRows(signal: 'logs' | 'traces', body: Buffer, encoding: Encoding = 'protobuf'): PlainRequest | undefined {
  const request =
    encoding === 'protobuf' ? PlainRequest.of(signal, body, CONTEXT) : PlainRequest.ofDecoded(decodedOf(signal, body), CONTEXT);
  if (!request) return undefined;
  const sent = recordsOf(signal, body, encoding);
  expect({ ...sent, records: sent.records.length }).toEqual({ records: request.wire.recordCount, rejectedCount: 0, message: '' });
  expect(request.records()).toEqual(sent.records);
  const fromBytes = new RowBuffer(tableOf(signal));
  const fromObjects = new RowBuffer(tableOf(signal));
  expect(fromBytes.addRequest('default', request, 0)).toBe(sent.records.length);
  fromObjects.addLogs(
    'default',
    sent.records.filter((record) => record.signal === 'logs'),
  );
  fromObjects.addSpans(
    'default',
    sent.records.filter((record) => record.signal === 'traces'),
  );
  const [actual, expected] = [fromBytes.finish(), fromObjects.finish()];
  for (const { name } of COLUMNS[expected.table]) {
    const parsed = (values: readonly unknown[]) => (name === 'rest' ? values.map((value) => JSON.parse(String(value))) : values);
    expect([name, parsed(column(actual, name))]).toEqual([name, parsed(column(expected, name))]);
  }
  expect(attributeColumns(actual)).toEqual(attributeColumns(expected));
  expect(actual.pageTokens.length).toBe(expected.pageTokens.length);
  for (const [page, hashes] of expected.pageTokens.entries()) {
    const written = tokenTexts(actual.pageTokens[page]);
    expect([...tokenTexts(hashes)].filter((token) => !written.has(token))).toEqual([]);
  }
  return request;
}

function decodedOf(signal: 'logs' | 'traces', body: Buffer): DecodedSignal {
  return signal === 'logs' ? { signal, ...decodeLogs(body, 'json') } : { signal, ...decodeTraces(body, 'json') };
}

function recordsOf(
  signal: 'logs' | 'traces',
  body: Buffer,
  encoding: Encoding = 'protobuf',
): { records: readonly IndexedRecord[]; rejectedCount: number; message: string } {
  const { records, outcome } =
    signal === 'logs' ? normalizeLogs(decodeLogs(body, encoding), CONTEXT) : normalizeSpans(decodeTraces(body, encoding), CONTEXT);
  return { records, rejectedCount: outcome.rejectedCount, message: outcome.message() };
}

function countSimple({ signal, wire: { body, groups } }: PlainRequest): number {
  const reader = signal === 'logs' ? new WireLog() : new WireSpan();
  let count = 0;
  for (const { places } of groups)
    for (let at = 0; at < places.length; at += 2)
      if (reader.read(body, places[at] ?? 0, places[at + 1] ?? 0) && reader.isSimple) count += 1;
  return count;
}

function tableOf(signal: 'logs' | 'traces'): 'logs' | 'spans' {
  return signal === 'logs' ? 'logs' : 'spans';
}

function column(data: RowGroupData, name: string): readonly unknown[] {
  const found = data.columns[COLUMNS[data.table].findIndex((spec) => spec.name === name)];
  if (!found) throw new Error(`no column ${name}`);
  return valuesOf(found);
}

/** The columns of attributes with their values, by kind and key. */
function attributeColumns({ attributes }: RowGroupData): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, leafClass, counts, data }) => [leafClass + key, { counts, values: valuesOf(data) }]));
}

function valuesOf(data: ColumnData): readonly unknown[] {
  if (data.kind === 'dictionary') return Array.from(data.indexes, (index) => data.entries[index]);
  if (data.kind !== 'texts') return [...data.values];
  let at = 0;
  return Array.from(data.lengths, (length) => {
    at += length;
    return data.bytes.toString('utf8', at - length, at);
  });
}

function tokenTexts(hashes: Uint32Array | undefined): Set<string> {
  const texts = new Set<string>();
  for (let at = 0; at < (hashes?.length ?? 0); at += 2) texts.add(`${hashes?.[at]} ${hashes?.[at + 1]}`);
  return texts;
}

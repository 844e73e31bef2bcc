import { beforeAll, describe, expect, it } from 'vitest';
import type { LogRecord, Span } from '../../src/api/index.ts';
import { indexLog, indexSpan } from '../../src/model/indexed-record.ts';
import { hexId } from './builders.ts';
import { LOGS, SPANS } from './fixtures.ts';
import { readAllPages, readContext, search, writeAndAwait } from './reading.ts';
import type { ContractContext } from './storage-contract.ts';
import { array, attributes, bool, bytes, double, int, map, text } from './values.ts';

/** Every kind of value, inside every other. */
const EVERY_VALUE = attributes({
  string: 'text',
  empty: '',
  int: int('-9223372036854775808'),
  double: double(0.1),
  minusZero: double('-0'),
  nan: double('NaN'),
  infinities: array(double('Infinity'), double('-Infinity')),
  yes: bool(true),
  no: bool(false),
  bytes: bytes('AP//'),
  noBytes: bytes(''),
  noKind: {},
  array: array(text('a'), int(1), {}, array(), map({})),
  map: map({ inner: map({ list: array(map({ deep: bytes('AA==') })) }) }),
});

/** A log with every field of the model at a value that is not its default. */
const FULL_LOG: LogRecord = {
  id: 'full-log',
  arrivalTimeUnixNano: '1795168800000000003',
  timeUnixNano: '1795168800000000001',
  observedTimeUnixNano: '1795168800000000002',
  severityNumber: 17,
  severityText: 'Erreur – грубая',
  body: { kvlistValue: { values: EVERY_VALUE } },
  attributes: [...EVERY_VALUE, { key: 'absent' }, ...attributes({ string: 'the same key again' })],
  droppedAttributesCount: 4_294_967_295,
  flags: 4_294_967_295,
  traceId: hexId('full', 32),
  spanId: hexId('full', 16),
  eventName: 'order.placed',
  invalidIds: ['spanId'],
  truncations: [{ path: 'attributes.string', limit: 'valueBytes', originalSize: 70_000 }],
  resource: {
    attributes: [...attributes({ 'service.name': 'full' }), ...EVERY_VALUE],
    droppedAttributesCount: 1,
    entityRefs: [{ schemaUrl: 'https://entity.example/1', type: 'service', idKeys: ['service.name'], descriptionKeys: ['int'] }],
    schemaUrl: 'https://resource.example/1.2',
  },
  scope: { name: 'scope', version: '1.2.3', attributes: EVERY_VALUE, droppedAttributesCount: 2, schemaUrl: 'https://scope.example/1.3' },
};

/** A span with every field of the model at a value that is not its default. */
const FULL_SPAN: Span = {
  id: 'full-span',
  arrivalTimeUnixNano: '1795168800000000003',
  traceId: hexId('full', 32),
  spanId: hexId('full', 16),
  traceState: 'vendor=1,other=2',
  parentSpanId: hexId('parent of full', 16),
  flags: 257,
  name: 'name with "quotes" \u0000 and 😀',
  kind: 3,
  startTimeUnixNano: '1795168800000000001',
  endTimeUnixNano: '18446744073709551615',
  attributes: EVERY_VALUE,
  droppedAttributesCount: 3,
  events: [
    { timeUnixNano: '1795168800000000002', name: 'exception', attributes: EVERY_VALUE, droppedAttributesCount: 5 },
    { timeUnixNano: '0', attributes: [] },
  ],
  droppedEventsCount: 6,
  links: [
    {
      traceId: hexId('linked', 32),
      spanId: hexId('linked', 16),
      traceState: 'a=b',
      attributes: EVERY_VALUE,
      droppedAttributesCount: 7,
      flags: 769,
    },
    { traceId: hexId('linked', 32), spanId: hexId('other', 16), attributes: [] },
  ],
  droppedLinksCount: 8,
  status: { code: 2, message: 'it broke' },
  truncations: [{ path: 'events', limit: 'recordBytes', originalSize: 2_000_000 }],
  resource: FULL_LOG.resource,
  scope: FULL_LOG.scope,
};

export function describeRoundTrip({ storage, newTenant }: ContractContext): void {
  describe('records', () => {
    const tenant = newTenant('roundtrip');
    const logs = [...LOGS, indexLog(FULL_LOG)];
    const spans = [...SPANS, indexSpan(FULL_SPAN)];
    beforeAll(() => writeAndAwait(storage(), tenant, { logs, spans }));

    it('come back with every field of a log as it was', async () => {
      expect(await storage().getLog('full-log', readContext(tenant))).toStrictEqual(FULL_LOG);
    });

    it('come back with every field of a span as it was', async () => {
      const page = await search(storage(), 'spans', {
        tenant,
        query: { type: 'equals', field: { type: 'record', name: 'spanId' }, value: FULL_SPAN.spanId },
      });
      expect(page.rows.map((row) => row.record)).toStrictEqual([FULL_SPAN]);
    });

    it('come back exactly, whatever their bodies, values, keys and times are', async () => {
      for (const log of LOGS) expect(await storage().getLog(log.id, readContext(tenant)), log.id).toStrictEqual(log.record);
      const found = await readAllPages(storage(), 'spans', { tenant, limit: 1_000 });
      const byId = new Map(found.map((row) => [row.record.id, row.record]));
      for (const span of spans) expect(byId.get(span.id), span.id).toStrictEqual(span.record);
    });

    it('carry the key that they are ordered by, with times clamped where no index holds them', async () => {
      const rows = await readAllPages(storage(), 'logs', { tenant, limit: 1_000 });
      const byId = new Map(rows.map((row) => [row.key.id, row.key]));
      for (const { id, timeNanos, sequence } of logs) expect(byId.get(id)).toEqual({ timeNanos, sequence, id });
    });

    it('are not there under an id that nobody wrote', async () => {
      expect(await storage().getLog('never written', readContext(tenant))).toBeUndefined();
      expect(await storage().getLog('', readContext(tenant))).toBeUndefined();
    });
  });
}

import { describe, expect, it } from 'vitest';
import { encodeReference } from './testing/reference-encoder.ts';
import { LOG_PARTS, WireLog } from './wire-log.ts';
import { SPAN_PARTS, WireSpan } from './wire-span.ts';

const LOG = { timeUnixNano: '1', observedTimeUnixNano: '1', body: { stringValue: 'paid' }, attributes: [] };
const SPAN = { traceId: '11'.repeat(16), spanId: '22'.repeat(8), name: 'get', startTimeUnixNano: '1', endTimeUnixNano: '2' };

function readLog(fields: object) {
  const bytes = encodeReference('LogRecord', { ...LOG, ...fields });
  const log = new WireLog();
  return log.read(bytes, 0, bytes.length) ? { ...shown(log), decode: (parts = log.parts) => log.decode(bytes, parts) } : undefined;
}

function readSpan(fields: object) {
  const bytes = encodeReference('Span', { ...SPAN, ...fields });
  const span = new WireSpan();
  return span.read(bytes, 0, bytes.length) ? { ...shown(span), decode: (parts = span.parts) => span.decode(bytes, parts) } : undefined;
}

/** With what its class computes. */
function shown<R extends WireLog | WireSpan>(record: R): R & { readonly isSimple: boolean } {
  return { ...record, isSimple: record.isSimple };
}

describe('a record is simple', () => {
  it('as OpenTelemetry for JavaScript writes each: with zeros where nothing was dropped', () => {
    expect(readLog({ droppedAttributesCount: 0 })).toMatchObject({ isInOrder: true });
    const span = readSpan({ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0, status: { code: 0 }, flags: 257 });
    expect(span).toMatchObject({ isInOrder: true, hasStatus: true, statusCode: 0, flags: 257 });
  });

  it('with ids of no bytes, as some senders write them where there is none', () => {
    expect(readLog({ traceId: '', spanId: '' })).toMatchObject({ traceIdStart: 0, spanIdStart: 0 });
    expect(readSpan({ parentSpanId: '', status: {} })).toMatchObject({ parentSpanIdStart: 0 });
  });

  it('with numbers below 0', () => {
    const attributes = [-1n, -(2n ** 32n), -(2n ** 63n)].map((number) => ({ key: 'n', value: { intValue: String(number) } }));
    const log = readLog({ attributes });
    expect(log?.isSimple).toBe(true);
    const { lows = [], highs = [] } = log?.attributes ?? {};
    const numbers = [0, 1, 2].map((at) => BigInt.asIntN(64, (BigInt(highs[at] ?? 0) << 32n) | BigInt(lows[at] ?? 0)));
    expect(numbers).toEqual([-1n, -(2n ** 32n), -(2n ** 63n)]);
  });

  it('with a status of nothing, and without one', () => {
    expect(readSpan({ status: {} })).toMatchObject({ hasStatus: true, statusCode: 0 });
    expect(readSpan({})).toMatchObject({ hasStatus: false, statusCode: 0 });
    expect(readSpan({ status: { code: 2 } })).toMatchObject({ hasStatus: true, statusCode: 2 });
  });
});

describe('a record is read whose parts have to be decoded', () => {
  it('as a log with a number whose tenth byte is more than a sign', () => {
    const bytes = Buffer.from(encodeReference('LogRecord', { ...LOG, attributes: [{ key: 'n', value: { intValue: '-1' } }] }));
    const number = Buffer.from('ffffffffffffffffff01', 'hex');
    bytes.write('03', bytes.indexOf(number) + number.length - 1, 'hex');
    const log = new WireLog();
    expect(log.read(bytes, 0, bytes.length) && log.isSimple).toBe(false);
  });

  it.each([1, 127])('as a log with %d attributes dropped', (droppedAttributesCount) => {
    const log = readLog({ droppedAttributesCount });
    expect(log).toMatchObject({ isSimple: false, parts: LOG_PARTS.droppedAttributes });
    expect(log?.decode()).toMatchObject({ droppedAttributesCount, attributes: [] });
  });

  it.each([{ intValue: '1' }, { stringValue: '' }, {}, { kvlistValue: { values: [{ key: 'a', value: { intValue: '-1' } }] } }])(
    'as a log whose body is %j',
    (body) => {
      const log = readLog({ body, severityText: 'info' });
      expect(log).toMatchObject({ isSimple: false, parts: LOG_PARTS.body, bodyStart: 0, bodyEnd: 0 });
      expect(log?.decode()).toEqual({ timeUnixNano: '0', observedTimeUnixNano: '0', attributes: [], body });
    },
  );

  it.each([
    [{ droppedAttributesCount: 1 }, SPAN_PARTS.droppedAttributes],
    [{ droppedEventsCount: 2 }, SPAN_PARTS.droppedEvents],
    [{ droppedLinksCount: 3 }, SPAN_PARTS.droppedLinks],
    [{ events: [{ timeUnixNano: '1', name: 'e', attributes: [] }] }, SPAN_PARTS.events],
    [{ links: [{ traceId: 'ab', spanId: '', attributes: [] }] }, SPAN_PARTS.links],
    [{ status: { code: 3 } }, SPAN_PARTS.status],
    [{ status: { message: 'why' } }, SPAN_PARTS.status],
  ])('as a span with %j', (fields, parts) => {
    const span = readSpan({ ...fields, flags: 257 });
    expect(span).toMatchObject({ isSimple: false, parts, statusCode: 0 });
    const none = { traceId: '', spanId: '', name: '', startTimeUnixNano: '0', endTimeUnixNano: '0', attributes: [] };
    expect(span?.decode()).toEqual({ ...none, ...fields });
  });

  it('with attributes of another form, of which all are decoded then', () => {
    const attributes = [
      { key: 'first', value: { boolValue: true } },
      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }] } } },
      { key: 'none' },
    ];
    const log = readLog({ attributes });
    expect(log).toMatchObject({ isSimple: false, parts: 0, attributes: { isSimple: false, count: 3 } });
    expect(log?.decode(LOG_PARTS.attributes).attributes).toEqual(attributes);
  });
});

describe('a record is not read', () => {
  it.each([{ droppedAttributesCount: 128 }, { body: { stringValue: 'x'.repeat(20_000) } }])('as a log with %j', (fields) => {
    expect(readLog(fields)).toBeUndefined();
  });

  it.each([{ droppedLinksCount: 300 }, { traceId: '' }, { spanId: '' }, { parentSpanId: '00' }])('as a span with %j', (fields) => {
    expect(readSpan(fields)).toBeUndefined();
  });

  it('where it ends within a count', () => {
    const bytes = encodeReference('Span', { ...SPAN, droppedAttributesCount: 0 });
    expect(new WireSpan().read(bytes, 0, bytes.length - 1)).toBe(false);
    const log = encodeReference('LogRecord', { timeUnixNano: '1', droppedAttributesCount: 0 });
    expect(new WireLog().read(log, 0, log.length - 1)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { encodeReference } from './testing/reference-encoder.ts';
import { WireLog } from './wire-log.ts';
import { WireSpan } from './wire-span.ts';

const LOG = { timeUnixNano: '1', observedTimeUnixNano: '1', body: { stringValue: 'paid' }, attributes: [] };
const SPAN = { traceId: '11'.repeat(16), spanId: '22'.repeat(8), name: 'get', startTimeUnixNano: '1', endTimeUnixNano: '2' };

function readLog(fields: object): WireLog | undefined {
  const bytes = encodeReference('LogRecord', { ...LOG, ...fields });
  const log = new WireLog();
  return log.read(bytes, 0, bytes.length) ? log : undefined;
}

function readSpan(fields: object): WireSpan | undefined {
  const bytes = encodeReference('Span', { ...SPAN, ...fields });
  const span = new WireSpan();
  return span.read(bytes, 0, bytes.length) ? span : undefined;
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

  it('with a status of nothing, and without one', () => {
    expect(readSpan({ status: {} })).toMatchObject({ hasStatus: true, statusCode: 0 });
    expect(readSpan({})).toMatchObject({ hasStatus: false, statusCode: 0 });
    expect(readSpan({ status: { code: 2 } })).toMatchObject({ hasStatus: true, statusCode: 2 });
  });
});

describe('a record is not simple', () => {
  it.each([{ droppedAttributesCount: 1 }, { droppedAttributesCount: 128 }])('as a log with $droppedAttributesCount dropped', (fields) => {
    expect(readLog(fields)).toBeUndefined();
  });

  it.each([
    { droppedAttributesCount: 1 },
    { droppedEventsCount: 2 },
    { droppedLinksCount: 300 },
    { status: { code: 3 } },
    { traceId: '' },
    { spanId: '' },
    { parentSpanId: '00' },
    { status: { code: 0, message: 'why' } },
  ])('as a span with %j', (fields) => {
    expect(readSpan(fields)).toBeUndefined();
  });

  it('where it ends within a count', () => {
    const bytes = encodeReference('Span', { ...SPAN, droppedAttributesCount: 0 });
    expect(new WireSpan().read(bytes, 0, bytes.length - 1)).toBe(false);
    const log = encodeReference('LogRecord', { timeUnixNano: '1', droppedAttributesCount: 0 });
    expect(new WireLog().read(log, 0, log.length - 1)).toBe(false);
  });
});

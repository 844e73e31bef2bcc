import { type LogRecord, TraceFlags, trace } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, type ReadableLogRecord, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { readAttributeLimits } from '../traces/span-limits.ts';
import { LogEmitterProvider } from './log-emitter.ts';
import type { ReadWriteLogRecord } from './log-types.ts';

const CALLER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };

function createOurs(): { readonly provider: LogEmitterProvider; readonly emitted: ReadWriteLogRecord[] } {
  const emitted: ReadWriteLogRecord[] = [];
  const processor = {
    onEmit: (record: ReadWriteLogRecord) => void emitted.push(record),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const limits = readAttributeLimits({}, 'OTEL_LOGRECORD');
  return { provider: new LogEmitterProvider({ resource: { attributes: {} }, limits, processors: [processor] }), emitted };
}

function facts({
  severityNumber,
  severityText,
  body,
  eventName,
  attributes,
  droppedAttributesCount,
  spanContext,
  instrumentationScope,
}: ReadWriteLogRecord | ReadableLogRecord): unknown {
  return {
    severityNumber,
    severityText,
    body,
    eventName,
    attributes,
    droppedAttributesCount,
    spanContext,
    scope: instrumentationScope.name,
  };
}

const RECORDS: Readonly<Record<string, LogRecord>> = {
  'one with nothing': {},
  'one of a span': { context: trace.setSpanContext(EMPTY_CONTEXT, CALLER), body: 'text', severityNumber: 9, severityText: 'info' },
  'one with an event’s name and attributes': { eventName: 'an.event', attributes: { a: 1, b: ['x'], c: { d: null } } },
  'one with more attributes than there may be': {
    attributes: Object.fromEntries(Array.from({ length: 140 }, (_, index) => [`key${index}`, index])),
  },
  'one with an error': {
    exception: Object.assign(new Error('broken'), { stack: 'a stack' }),
    attributes: { 'exception.message': 'said better' },
  },
  'one with a text for an error': { exception: 'broken' },
};

describe('an emitted log record', () => {
  it.each(Object.keys(RECORDS))('is for a reader what OpenTelemetry’s own is: %s', (name) => {
    const record = { context: EMPTY_CONTEXT, ...RECORDS[name] };
    const { provider, emitted } = createOurs();
    const exporter = new InMemoryLogRecordExporter();
    provider.getLogger('test').emit(record);
    new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }).getLogger('test').emit(record);
    expect(emitted.map(facts)).toEqual(exporter.getFinishedLogRecords().map(facts));
  });

  it('keeps bytes and maps as they were when it came', () => {
    const { provider, emitted } = createOurs();
    const bytes = Buffer.from('abc');
    const map = { list: ['x'] };
    provider.getLogger('test').emit({ context: EMPTY_CONTEXT, attributes: { bytes, map } });
    bytes.fill(0);
    map.list.push('y');
    expect(emitted[0]?.attributes).toEqual({ bytes: Buffer.from('abc'), map: { list: ['x'] } });
  });

  it('has the time that was given, else that of the call, as both of its times', () => {
    const { provider, emitted } = createOurs();
    provider.getLogger('test').emit({ timestamp: [5, 6], context: EMPTY_CONTEXT });
    provider.getLogger('test').emit({ context: EMPTY_CONTEXT });
    expect(emitted[0]?.hrTime).toEqual([5, 6]);
    expect(emitted[1]?.hrTime).toEqual(emitted[1]?.hrTimeObserved);
  });

  it('is no more after a shutdown, and the same name is the same logger', async () => {
    const { provider, emitted } = createOurs();
    const logger = provider.getLogger('test');
    expect([provider.getLogger('test') === logger, logger.enabled()]).toEqual([true, true]);
    await provider.shutdown();
    logger.emit({ body: 'late', context: EMPTY_CONTEXT });
    expect([emitted.length, logger.enabled()]).toEqual([0, false]);
  });
});

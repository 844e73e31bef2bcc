import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { type Flush, type ItemSink, QueueLogProcessor, QueueSpanProcessor } from './export/queue-processors.ts';
import { SequenceLogProcessor } from './logs/sequence-log-processor.ts';
import { RedactingLogProcessor, RedactingSpanProcessor } from './redaction/redacting-processors.ts';
import type { Redactor } from './redaction/redactor.ts';
import { CorrelationSpanProcessor } from './traces/correlation-span-processor.ts';

interface ProcessorOptions<Item> {
  /** Undefined for a signal that is switched off. */
  readonly sink: ItemSink<Item> | undefined;
  readonly flush: Flush;
  /** Undefined when nothing is hidden. */
  readonly redactor: Redactor | undefined;
}

/** What a span passes from its start to the sink. */
export function createSpanProcessors(options: ProcessorOptions<ReadableSpan> & { readonly openSpans: SpanProcessor }): SpanProcessor[] {
  const { sink, flush, redactor, openSpans } = options;
  if (sink === undefined) return [new CorrelationSpanProcessor()];
  const queue = new QueueSpanProcessor(sink, flush);
  return [new CorrelationSpanProcessor(), openSpans, redactor === undefined ? queue : new RedactingSpanProcessor(redactor, queue)];
}

/** What a log record passes. */
export function createLogProcessors({ sink, flush, redactor }: ProcessorOptions<ReadWriteLogRecord>): LogRecordProcessor[] {
  if (sink === undefined) return [];
  const hiding = redactor === undefined ? [] : [new RedactingLogProcessor(redactor)];
  return [new SequenceLogProcessor(), ...hiding, new QueueLogProcessor(sink, flush)];
}

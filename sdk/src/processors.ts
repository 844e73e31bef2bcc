import { type Flush, type ItemSink, QueueLogProcessor, QueueSpanProcessor } from './export/queue-processors.ts';
import type { LogRecordProcessor, ReadWriteLogRecord } from './logs/log-types.ts';
import { SequenceLogProcessor } from './logs/sequence-log-processor.ts';
import { finishLookedAt } from './messaging/message-batch.ts';
import { RedactingLogProcessor, RedactingSpanProcessor } from './redaction/redacting-processors.ts';
import type { Redactor } from './redaction/redactor.ts';
import type { TailConfig } from './sampling/sampling-config.ts';
import { TailSpanProcessor } from './sampling/tail-span-processor.ts';
import { CorrelationSpanProcessor } from './traces/correlation-span-processor.ts';
import { emitSpanStart } from './traces/emit-span-start.ts';
import { OpenSpanProcessor } from './traces/open-span-processor.ts';
import type { ReadableSpan, SpanProcessor } from './traces/span-types.ts';

interface ProcessorOptions<Item> {
  /** Undefined for a signal that is switched off. */
  readonly sink: ItemSink<Item> | undefined;
  readonly flush: Flush;
  /** Undefined when nothing is hidden, or when it is hidden by the sink. */
  readonly redactor: Redactor | undefined;
}

export interface SpanPipeline {
  readonly processors: SpanProcessor[];
  /** For the end of the process: hands on what is held and says what is open. Safe to repeat. */
  releaseAll(): void;
}

/** What a span passes from its start to the sink. */
export function createSpanPipeline(options: ProcessorOptions<ReadableSpan> & { readonly tail: TailConfig | undefined }): SpanPipeline {
  const { sink, flush, redactor, tail } = options;
  if (sink === undefined) return { processors: [new CorrelationSpanProcessor()], releaseAll: () => undefined };
  const nowMillis = (): number => performance.now();
  const openSpans = new OpenSpanProcessor({ announce: emitSpanStart, finish: finishLookedAt, nowMillis });
  const queue = new QueueSpanProcessor(sink, flush);
  const hiding = redactor === undefined ? queue : new RedactingSpanProcessor(redactor, queue);
  const holding = tail === undefined ? undefined : new TailSpanProcessor({ ...tail, nowMillis }, hiding);
  return {
    processors: [new CorrelationSpanProcessor(), openSpans, holding ?? hiding],
    releaseAll() {
      openSpans.announceAll();
      holding?.releaseAll();
    },
  };
}

/** What a log record passes. */
export function createLogProcessors({ sink, flush, redactor }: ProcessorOptions<ReadWriteLogRecord>): LogRecordProcessor[] {
  if (sink === undefined) return [];
  const hiding = redactor === undefined ? [] : [new RedactingLogProcessor(redactor)];
  return [new SequenceLogProcessor(), ...hiding, new QueueLogProcessor(sink, flush)];
}

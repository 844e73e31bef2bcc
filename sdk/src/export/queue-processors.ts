import { TraceFlags } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { BatchQueue } from './batch-queue.ts';

/** How long `forceFlush` and `shutdown` of OpenTelemetry's providers may take. */
const FLUSH_MILLIS = 5000;

/** Puts ended, sampled spans into the queue. */
export class QueueSpanProcessor implements SpanProcessor {
  readonly #queue: BatchQueue<ReadableSpan>;

  constructor(queue: BatchQueue<ReadableSpan>) {
    this.#queue = queue;
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) this.#queue.add(span);
  }

  forceFlush(): Promise<void> {
    return this.#queue.flush(FLUSH_MILLIS);
  }

  shutdown(): Promise<void> {
    return this.#queue.shutdown(FLUSH_MILLIS);
  }
}

/** Puts log records into the queue, sampled or not: logs are not sampled with their trace. */
export class QueueLogProcessor implements LogRecordProcessor {
  readonly #queue: BatchQueue<ReadWriteLogRecord>;

  constructor(queue: BatchQueue<ReadWriteLogRecord>) {
    this.#queue = queue;
  }

  onEmit(record: ReadWriteLogRecord): void {
    this.#queue.add(record);
  }

  forceFlush(): Promise<void> {
    return this.#queue.flush(FLUSH_MILLIS);
  }

  shutdown(): Promise<void> {
    return this.#queue.shutdown(FLUSH_MILLIS);
  }
}

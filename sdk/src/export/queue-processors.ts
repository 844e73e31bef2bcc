import { TraceFlags } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '../logs/log-types.ts';
import type { ReadableSpan, SpanProcessor } from '../traces/span-types.ts';

/** Where ended spans or log records go. */
export interface ItemSink<Item> {
  /** Never waits and never throws. */
  add(item: Item): void;
}

/** Sends what was added up to now; never rejects. */
export type Flush = () => Promise<void>;

/** Hands on ended, sampled spans. */
export class QueueSpanProcessor implements SpanProcessor {
  readonly #sink: ItemSink<ReadableSpan>;
  readonly #flush: Flush;

  constructor(sink: ItemSink<ReadableSpan>, flush: Flush) {
    this.#sink = sink;
    this.#flush = flush;
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) this.#sink.add(span);
  }

  forceFlush(): Promise<void> {
    return this.#flush();
  }

  shutdown(): Promise<void> {
    return this.#flush();
  }
}

/** Hands on log records, sampled or not: logs are not sampled with their trace. */
export class QueueLogProcessor implements LogRecordProcessor {
  readonly #sink: ItemSink<ReadWriteLogRecord>;
  readonly #flush: Flush;

  constructor(sink: ItemSink<ReadWriteLogRecord>, flush: Flush) {
    this.#sink = sink;
    this.#flush = flush;
  }

  onEmit(record: ReadWriteLogRecord): void {
    this.#sink.add(record);
  }

  forceFlush(): Promise<void> {
    return this.#flush();
  }

  shutdown(): Promise<void> {
    return this.#flush();
  }
}

import type { Context, Span } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '../logs/log-types.ts';
import type { ReadableSpan, SpanProcessor } from '../traces/span-types.ts';

/** Several processors as one, which says when all of them were shut down. */
export class ClosingSpanProcessor implements SpanProcessor {
  readonly #inner: readonly SpanProcessor[];
  readonly #onClosed: () => void;

  constructor(inner: readonly SpanProcessor[], onClosed: () => void) {
    this.#inner = inner;
    this.#onClosed = onClosed;
  }

  onStart(span: Span & ReadableSpan, parentContext: Context): void {
    for (const processor of this.#inner) processor.onStart(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    for (const processor of this.#inner) processor.onEnd(span);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#inner.map((processor) => processor.forceFlush()));
  }

  async shutdown(): Promise<void> {
    await Promise.allSettled(this.#inner.map((processor) => processor.shutdown()));
    this.#onClosed();
  }
}

/** As `ClosingSpanProcessor`. */
export class ClosingLogProcessor implements LogRecordProcessor {
  readonly #inner: readonly LogRecordProcessor[];
  readonly #onClosed: () => void;

  constructor(inner: readonly LogRecordProcessor[], onClosed: () => void) {
    this.#inner = inner;
    this.#onClosed = onClosed;
  }

  onEmit(record: ReadWriteLogRecord, context?: Context): void {
    for (const processor of this.#inner) processor.onEmit(record, context);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#inner.map((processor) => processor.forceFlush()));
  }

  async shutdown(): Promise<void> {
    await Promise.allSettled(this.#inner.map((processor) => processor.shutdown()));
    this.#onClosed();
  }
}

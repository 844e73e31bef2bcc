import type { Context, Span } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '../logs/log-types.ts';
import type { ReadableSpan, SpanProcessor } from '../traces/span-types.ts';
import type { AttributeMap, Redactor } from './redactor.ts';

/** Hides the secrets of ended spans, in name, status, attributes, events and links, before the next processor sees them. */
export class RedactingSpanProcessor implements SpanProcessor {
  readonly #redactor: Redactor;
  readonly #next: SpanProcessor;

  constructor(redactor: Redactor, next: SpanProcessor) {
    this.#redactor = redactor;
    this.#next = next;
  }

  onStart(span: Span & ReadableSpan, parentContext: Context): void {
    this.#next.onStart(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    const { name, status } = span;
    const shown = this.#redactor.text(name);
    // Read-only for those who are handed an ended span; nobody changes it after this.
    if (shown !== name) Reflect.set(span, 'name', shown);
    if (status.message !== undefined) status.message = this.#redactor.text(status.message);
    this.#hide(span.attributes);
    for (const event of span.events) {
      event.name = this.#redactor.text(event.name);
      this.#hide(event.attributes);
    }
    for (const link of span.links) this.#hide(link.attributes);
    this.#next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }

  #hide(attributes: AttributeMap | undefined): void {
    if (attributes !== undefined) this.#redactor.attributes(attributes);
  }
}

/** Hides the secrets of log records, in body, attributes and event name. Must come before the one that queues. */
export class RedactingLogProcessor implements LogRecordProcessor {
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  onEmit(record: ReadWriteLogRecord): void {
    if (record.body !== undefined) record.body = this.#redactor.value('', record.body);
    if (record.eventName !== undefined) record.eventName = this.#redactor.text(record.eventName);
    this.#redactor.attributes(record.attributes);
  }

  async forceFlush(): Promise<void> {
    // Nothing is held back.
  }

  async shutdown(): Promise<void> {
    // Nothing to release.
  }
}

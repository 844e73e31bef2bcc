import type { Context, Span } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '../logs/log-types.ts';
import { textOf } from '../logs/thrown-value.ts';
import type { ReadableSpan, SpanProcessor } from '../traces/span-types.ts';
import type { Redactor } from './redactor.ts';

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
    redactSpan(this.#redactor, span);
    this.#next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }
}

/** Hides the secrets of log records, in body, attributes and event name. Must come before the one that queues. */
export class RedactingLogProcessor implements LogRecordProcessor {
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  onEmit(record: ReadWriteLogRecord): void {
    redactRecord(this.#redactor, record);
  }

  async forceFlush(): Promise<void> {
    // Nothing is held back.
  }

  async shutdown(): Promise<void> {
    // Nothing to release.
  }
}

/** Hides the secrets of an ended span, in name, status, attributes, events and links. */
export function redactSpan(redactor: Redactor, span: ReadableSpan): void {
  const { name, status } = span;
  const shown = redactor.text(textOf(name));
  // Read-only for those who are handed an ended span; nobody changes it after this.
  if (shown !== name) Reflect.set(span, 'name', shown);
  if (status.message !== undefined) status.message = redactor.text(textOf(status.message));
  redactor.attributes(span.attributes);
  for (const event of span.events) {
    event.name = redactor.text(textOf(event.name));
    if (event.attributes !== undefined) redactor.attributes(event.attributes);
  }
  for (const link of span.links) if (link.attributes !== undefined) redactor.attributes(link.attributes);
}

/** Hides the secrets of a log record, in body, attributes and event name. */
export function redactRecord(redactor: Redactor, record: ReadWriteLogRecord): void {
  if (record.body !== undefined) record.body = redactor.value('', record.body);
  if (record.eventName !== undefined) record.eventName = redactor.text(textOf(record.eventName));
  redactor.attributes(record.attributes);
}

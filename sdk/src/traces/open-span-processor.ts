import { type Span, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from './span-types.ts';

/** Nearly every span is over by then, and costs no record. */
const ANNOUNCE_AFTER_MILLIS = 2000;
/** A process that ends with more than this has forgotten to end them. */
const MAX_ANNOUNCED_AT_ONCE = 1000;

export interface OpenSpanOptions {
  /** Says that the span is open. Called at most once for each. */
  announce(span: ReadableSpan): void;
  nowMillis(): number;
}

/**
 * Announces each sampled span that is still open after two seconds, so that one whose process is killed is seen all the
 * same. Holds a span until it ends or was announced: one that never ends is not kept. Must come after whatever puts
 * attributes on a span at its start.
 */
export class OpenSpanProcessor implements SpanProcessor {
  readonly #options: OpenSpanOptions;
  /** With the time at which each was started; the oldest first. */
  readonly #startedMillis = new Map<ReadableSpan, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OpenSpanOptions) {
    this.#options = options;
  }

  onStart(span: Span & ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    this.#startedMillis.set(span, this.#options.nowMillis());
    this.#timer ??= this.#sweepIn(ANNOUNCE_AFTER_MILLIS);
  }

  onEnd(span: ReadableSpan): void {
    this.#startedMillis.delete(span);
  }

  /** For the end of the process: announces what is open, however short, the oldest first. Safe to repeat. */
  announceAll(): void {
    const open = [...this.#startedMillis.keys()].slice(0, MAX_ANNOUNCED_AT_ONCE);
    this.#startedMillis.clear();
    for (const span of open) this.#options.announce(span);
  }

  async forceFlush(): Promise<void> {
    // What is open is not what a flush is asked for.
  }

  async shutdown(): Promise<void> {
    clearTimeout(this.#timer);
    this.announceAll();
  }

  #sweepIn(millis: number): NodeJS.Timeout {
    return setTimeout(() => this.#sweep(), millis).unref();
  }

  /** One timer for all of them: the next is set for the moment at which the oldest span is due. */
  #sweep(): void {
    const now = this.#options.nowMillis();
    this.#timer = undefined;
    for (const [span, startedMillis] of this.#startedMillis) {
      const dueInMillis = startedMillis + ANNOUNCE_AFTER_MILLIS - now;
      if (dueInMillis > 0) {
        this.#timer = this.#sweepIn(dueInMillis);
        return;
      }
      this.#startedMillis.delete(span);
      this.#options.announce(span);
    }
  }
}

import { type Span, TraceFlags } from '@opentelemetry/api';
import { clearTimeout, setTimeout } from '../own-timers.ts';
import type { ReadableSpan, SpanProcessor } from './span-types.ts';

/** Nearly every span is over by then, and costs no record. */
const ANNOUNCE_AFTER_MILLIS = 2000;
/** A process that ends with more than this has forgotten to end them. */
const MAX_ANNOUNCED_AT_ONCE = 1000;

export interface OpenSpanOptions {
  /** Says that the span is open. Called at most once for each. */
  announce(span: ReadableSpan): void;
  /** Ends the spans of what is done with unless more comes, for a flush and for the end of the process. */
  finish(): void;
  nowMillis(): number;
}

/** Where a span is among those that wait: a property of it, since an entry of a map costs a collection and a request more. */
const PLACE = Symbol('threadline.place');

type PlacedSpan = ReadableSpan & { [PLACE]?: number };

/**
 * Announces each sampled span that is still open after two seconds, so that one whose process is killed is seen all the
 * same. Holds a span until it ends or was announced: one that never ends is not kept. Must come after whatever puts
 * attributes on a span at its start.
 */
export class OpenSpanProcessor implements SpanProcessor {
  readonly #options: OpenSpanOptions;
  /** In the order in which they were started; undefined in the place of one that has ended. */
  readonly #waiting: (ReadableSpan | undefined)[] = [];
  /** Of each of them. */
  readonly #startedMillis: number[] = [];
  /** How many were taken from the front up to now. */
  #takenCount = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OpenSpanOptions) {
    this.#options = options;
  }

  onStart(span: Span & PlacedSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    span[PLACE] = this.#takenCount + this.#waiting.length;
    this.#waiting.push(span);
    this.#startedMillis.push(this.#options.nowMillis());
    this.#timer ??= this.#sweepIn(ANNOUNCE_AFTER_MILLIS);
  }

  onEnd(span: PlacedSpan): void {
    const index = (span[PLACE] ?? -1) - this.#takenCount;
    if (index >= 0) this.#waiting[index] = undefined;
  }

  /** For the end of the process: finishes what can be, announces what is open, however short, the oldest first. Safe to repeat. */
  announceAll(): void {
    this.#options.finish();
    const open = this.#take(this.#waiting.length);
    for (const span of open.slice(0, MAX_ANNOUNCED_AT_ONCE)) this.#options.announce(span);
  }

  async forceFlush(): Promise<void> {
    // What else is open is not what a flush is asked for.
    this.#options.finish();
  }

  async shutdown(): Promise<void> {
    clearTimeout(this.#timer);
    this.announceAll();
  }

  /** A whole number: one timer with a fraction of a millisecond has all that is compiled for timers compiled again. */
  #sweepIn(millis: number): NodeJS.Timeout {
    return setTimeout(() => this.#sweep(), Math.ceil(millis)).unref();
  }

  /** One timer for all of them: the next is set for the moment at which the oldest span is due. */
  #sweep(): void {
    const now = this.#options.nowMillis();
    this.#timer = undefined;
    let count = 0;
    let dueInMillis = 0;
    for (; count < this.#waiting.length; count += 1) {
      dueInMillis = (this.#startedMillis[count] ?? 0) + ANNOUNCE_AFTER_MILLIS - now;
      if (dueInMillis > 0 && this.#waiting[count] !== undefined) break;
    }
    if (count < this.#waiting.length) this.#timer = this.#sweepIn(dueInMillis);
    for (const span of this.#take(count)) this.#options.announce(span);
  }

  /** So many from the front, without those that have ended. */
  #take(count: number): ReadableSpan[] {
    this.#takenCount += count;
    this.#startedMillis.splice(0, count);
    return this.#waiting.splice(0, count).filter((span) => span !== undefined);
  }
}

import { type Context, type Span, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { hrTimeToMillis } from '../hr-time.ts';
import { clearTimeout, setTimeout } from '../own-timers.ts';
import type { ReadableSpan, SpanProcessor } from '../traces/span-types.ts';
import { writeThreshold } from './ot-trace-state.ts';
import type { TailConfig } from './sampling-config.ts';
import { KEEP_ALL } from './threshold.ts';

/**
 * Why spans were kept that the head had left out. On each of them, so that a reader knows that other processes may have
 * nothing of the trace, without anything being lost.
 */
export const PART_ATTRIBUTE = 'threadline.sampling.part';

type Reason = 'error' | 'slow' | 'unfinished';

/** About 10 MB: a process that holds more is asked for the oldest part at once. */
const MAX_HELD_SPANS = 8192;
/** Spans that never end must not fill the memory. */
const MAX_PARTS = 8192;
/** Traces whose part was kept, for spans that come after it, as those of a job after the response. */
const MAX_KEPT_TRACES = 2048;
/** A trace that is not over by then, as that of a socket, is judged by what is known of it. */
const MAX_HELD_MILLIS = 30_000;

/** This process's part of a trace. */
interface Part {
  /** Spans that have not ended. */
  open: number;
  /** Ended ones of which is not decided. */
  held: ReadableSpan[];
  heldSinceMillis: number;
  reason: Reason | undefined;
}

/**
 * Holds the spans of a trace until those of this process have ended. When one of them failed or was slow all are handed
 * on, and those that the head had left out are marked as a part; else only what the head had sampled is. Without a second
 * look at what other processes saw: a part is all it promises. Bounded in memory and in time: what is held for too long,
 * or is too much, is judged by what is known of it.
 */
export class TailSpanProcessor implements SpanProcessor {
  readonly #config: TailConfig & { nowMillis(): number };
  readonly #next: SpanProcessor;
  readonly #parts = new Map<string, Part>();
  /** Those that hold spans, the longest first. */
  readonly #holding = new Set<Part>();
  readonly #kept = new Map<string, Reason>();
  #heldSpans = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(config: TailConfig & { nowMillis(): number }, next: SpanProcessor) {
    this.#config = config;
    this.#next = next;
  }

  onStart(span: Span & ReadableSpan, parentContext: Context): void {
    this.#partOf(span.spanContext().traceId).open += 1;
    this.#next.onStart(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const part = this.#partOf(traceId);
    part.open = Math.max(0, part.open - 1);
    part.reason ??= this.#reasonOf(span);
    if (part.reason === undefined) this.#hold(part, span);
    else {
      this.#release(part);
      this.#keep(span, part.reason);
      this.#remember(traceId, part.reason);
    }
    if (part.open > 0) return;
    this.#release(part);
    this.#parts.delete(traceId);
  }

  /** For the end of the process: a part that is not over is kept, since nobody will know how it would have ended. Safe to repeat. */
  releaseAll(): void {
    for (const part of this.#holding) {
      if (part.open > 0) part.reason ??= 'unfinished';
      this.#release(part);
    }
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    clearTimeout(this.#timer);
    this.releaseAll();
    return this.#next.shutdown();
  }

  #partOf(traceId: string): Part {
    const known = this.#parts.get(traceId);
    if (known !== undefined) return known;
    const part: Part = { open: 0, held: [], heldSinceMillis: 0, reason: this.#kept.get(traceId) };
    this.#parts.set(traceId, part);
    if (this.#parts.size > MAX_PARTS) this.#forgetOldest();
    return part;
  }

  #forgetOldest(): void {
    const [oldest] = this.#parts;
    if (oldest === undefined) return;
    this.#release(oldest[1]);
    this.#parts.delete(oldest[0]);
  }

  #reasonOf(span: ReadableSpan): Reason | undefined {
    if (span.status.code === SpanStatusCode.ERROR) return 'error';
    // Waiting for a message is no work.
    if (span.attributes['messaging.operation.type'] === 'receive') return undefined;
    return hrTimeToMillis(span.duration) >= this.#config.slowMillis ? 'slow' : undefined;
  }

  #hold(part: Part, span: ReadableSpan): void {
    if (part.held.length === 0) {
      part.heldSinceMillis = this.#config.nowMillis();
      this.#holding.add(part);
      this.#timer ??= setTimeout(() => this.#sweep(), MAX_HELD_MILLIS).unref();
    }
    part.held.push(span);
    this.#heldSpans += 1;
    if (this.#heldSpans <= MAX_HELD_SPANS) return;
    const [longest] = this.#holding;
    if (longest !== undefined) this.#release(longest);
  }

  /** Decides about what is held; the part may go on. */
  #release(part: Part): void {
    if (part.held.length === 0) return;
    const { held, reason } = part;
    part.held = [];
    this.#heldSpans -= held.length;
    this.#holding.delete(part);
    for (const span of held) {
      if (reason !== undefined) this.#keep(span, reason);
      else if (isSampled(span)) this.#next.onEnd(span);
    }
  }

  /** What failed or was slow is kept whatever the head said, so it stands for itself alone. */
  #keep(span: ReadableSpan, reason: Reason): void {
    if (!isSampled(span)) Reflect.set(span.attributes, PART_ATTRIBUTE, reason);
    const own = span.spanContext();
    const traceState = this.#config.hasThreshold ? writeThreshold(own.traceState, KEEP_ALL) : own.traceState;
    const spanContext = { ...own, traceFlags: own.traceFlags | TraceFlags.SAMPLED, ...(traceState === undefined ? {} : { traceState }) };
    // The context itself belongs to spans that are still to come.
    this.#next.onEnd(Object.create(span, { spanContext: { value: () => spanContext } }));
  }

  #remember(traceId: string, reason: Reason): void {
    this.#kept.delete(traceId);
    this.#kept.set(traceId, reason);
    if (this.#kept.size <= MAX_KEPT_TRACES) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = this.#config.nowMillis();
    for (const part of this.#holding) {
      const dueInMillis = part.heldSinceMillis + MAX_HELD_MILLIS - now;
      if (dueInMillis > 0) {
        this.#timer = setTimeout(() => this.#sweep(), Math.ceil(dueInMillis)).unref();
        return;
      }
      this.#release(part);
    }
  }
}

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

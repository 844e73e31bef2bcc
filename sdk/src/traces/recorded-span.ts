import {
  type Attributes,
  type Context,
  diag,
  type Exception,
  type HrTime,
  isSpanContextValid,
  type Link,
  type Span,
  type SpanAttributes,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import { limitAttributes, readAttribute, setLimited } from '../attributes.ts';
import { durationBetween, hrTimeAfter, hrTimeOfMillis, isBefore, isTimeInput, toHrTime } from '../hr-time.ts';
import { exceptionAttributes, isError, messageOf, sparseExceptionAttributes } from '../logs/exception.ts';
import { propertyOf, shownText, textOf } from '../logs/thrown-value.ts';
import { KnownSpanContext } from './known-span-context.ts';
import { plainSpanContext } from './plain-span-context.ts';
import type { SpanLimits } from './span-limits.ts';
import type { ReadableSpan, Resource, Scope, SpanProcessor, TimedEvent } from './span-types.ts';

/** What is the same for all spans of a process. */
export interface SpanEnvironment {
  readonly resource: Resource;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
}

export interface NewSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: SpanContext;
  readonly parentSpanContext: SpanContext | undefined;
  readonly scope: Scope;
  readonly context: Context;
  readonly startTime: TimeInput | undefined;
  readonly attributes: Attributes | undefined;
  readonly links: readonly Link[];
}

/** What nearly every span has, the same for all of them: replaced, never changed. */
const NO_LINKS: Link[] = [];
const NO_EVENTS: TimedEvent[] = [];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const NOT_ENDED: HrTime = [0, 0];

/**
 * A span that is kept. Behaves as OpenTelemetry's own: limits, times that only its start takes from the system's clock, an
 * ended span that nothing changes any more. What a reader sees are plain fields, so that an object made from a span, with
 * another context, reads as one.
 */
export class RecordedSpan implements Span, ReadableSpan {
  readonly kind: SpanKind;
  readonly parentSpanContext: SpanContext | undefined;
  readonly instrumentationScope: Scope;
  readonly resource: Resource;
  readonly startTime: HrTime;
  attributes: Attributes;
  links: Link[] = NO_LINKS;
  events: TimedEvent[] = NO_EVENTS;
  name: string;
  status: SpanStatus = UNSET;
  endTime: HrTime = NOT_ENDED;
  ended = false;
  droppedAttributesCount: number;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  readonly #environment: SpanEnvironment;
  readonly #spanContext: SpanContext;
  readonly #startedMillis = performance.now();
  readonly #isStartGiven: boolean;
  #attributesCount: number;

  constructor(environment: SpanEnvironment, span: NewSpan) {
    this.#environment = environment;
    this.#spanContext = span.spanContext;
    this.resource = environment.resource;
    const startTime = span.startTime === undefined ? undefined : toHrTime(span.startTime);
    this.#isStartGiven = startTime !== undefined;
    this.name = textOf(span.name);
    this.kind = span.kind;
    this.parentSpanContext = span.parentSpanContext;
    this.instrumentationScope = span.scope;
    this.startTime = startTime ?? hrTimeOfMillis(Date.now());
    const { attributes, count, droppedCount } = limitAttributes(span.attributes, environment.limits.attributes);
    this.attributes = attributes;
    this.#attributesCount = count;
    this.droppedAttributesCount = droppedCount;
    for (const link of span.links) this.addLink(link);
    for (const processor of environment.processors) processor.onStart(this, span.context);
  }

  get duration(): HrTime {
    return this.ended ? durationBetween(this.startTime, this.endTime) : [-1, -1];
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: unknown): this {
    if (this.#isOver()) return this;
    const { attributes } = this.#environment.limits;
    // What most values are, and new.
    if (
      this.#attributesCount < attributes.maxCount &&
      isShort(value, attributes.maxLength) &&
      typeof key === 'string' &&
      !Object.hasOwn(this.attributes, key) &&
      key !== ''
    ) {
      this.attributes[key] = value;
      this.#attributesCount += 1;
      return this;
    }
    const outcome = setLimited(this.attributes, this.#attributesCount, { key: textOf(key), value }, attributes);
    if (outcome === 'added') this.#attributesCount += 1;
    else if (outcome === 'dropped') this.droppedAttributesCount += 1;
    return this;
  }

  /** Sets an attribute that no limit cuts: one of the SDK's own. */
  setOwnAttribute(key: string, value: string): void {
    if (!Object.hasOwn(this.attributes, key) && this.#attributesCount < this.#environment.limits.attributes.maxCount)
      this.#attributesCount += 1;
    this.attributes[key] = value;
  }

  /** As `setAttributes`, for a map that was made for this span alone: it is not copied, but becomes the span's own. */
  takeAttributes(given: Attributes): this {
    const { maxCount, maxLength } = this.#environment.limits.attributes;
    let count = 0;
    for (const key in given) {
      const value = given[key];
      if (!isShort(value, maxLength)) return this.setAttributes(given);
      count += 1;
    }
    if (this.ended || this.#attributesCount + count > maxCount) return this.setAttributes(given);
    for (const key in this.attributes) {
      if (!Object.hasOwn(given, key)) {
        given[key] = this.attributes[key];
        count += 1;
      }
    }
    this.attributes = given;
    this.#attributesCount = count;
    return this;
  }

  setAttributes(attributes: SpanAttributes): this {
    try {
      for (const key in attributes) if (Object.hasOwn(attributes, key)) this.setAttribute(key, readAttribute(attributes, key));
    } catch {
      // A Proxy of the app's that names none of its keys.
      this.droppedAttributesCount += 1;
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: SpanAttributes | TimeInput, time?: TimeInput): this {
    if (this.#isOver()) return this;
    const { maxEvents, eventAttributes } = this.#environment.limits;
    if (this.events.length >= maxEvents) {
      // The oldest goes, unless there may be none at all.
      this.droppedEventsCount += 1;
      if (this.events.shift() === undefined) return this;
    }
    const [given, at] = isTime(attributesOrTime) ? [undefined, time ?? attributesOrTime] : [attributesOrTime, time];
    const event: TimedEvent = { name: textOf(name), time: this.#timeOf(at) };
    if (given !== undefined) {
      const { attributes, droppedCount } = limitAttributes(given, eventAttributes);
      event.attributes = attributes;
      event.droppedAttributesCount = droppedCount;
    }
    if (this.events === NO_EVENTS) this.events = [event];
    else this.events.push(event);
    return this;
  }

  addLink(link: Link | undefined): this {
    if (typeof link !== 'object' || link === null || this.#isOver()) return this;
    const { context, given } = readLink(link);
    const { maxLinks, linkAttributes } = this.#environment.limits;
    if (this.links.length >= maxLinks) {
      this.droppedLinksCount += 1;
      if (this.links.shift() === undefined) return this;
    }
    if (given === undefined) this.#keepLink({ context });
    else {
      const { attributes, droppedCount } = limitAttributes(given, linkAttributes);
      this.#keepLink({ context, attributes, droppedAttributesCount: droppedCount });
    }
    return this;
  }

  #keepLink(link: Link): void {
    if (this.links === NO_LINKS) this.links = [link];
    else this.links.push(link);
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus | undefined): this {
    if (typeof status !== 'object' || status === null || this.#isOver() || this.status.code === SpanStatusCode.OK) return this;
    const code = propertyOf(status, 'code');
    if (code === SpanStatusCode.OK) this.status = { code };
    if (code !== SpanStatusCode.ERROR) return this;
    const message = propertyOf(status, 'message');
    this.status = message === undefined || message === null ? { code } : { code, message: messageOf(message) };
    return this;
  }

  updateName(name: string): this {
    if (!this.#isOver()) this.name = textOf(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionEvent(exception);
    if (attributes === undefined) diag.warn(`Failed to record an exception ${shownText(exception)}`);
    else this.addEvent('exception', attributes, time);
  }

  end(time?: TimeInput): void {
    if (this.#isOver()) return;
    this.endTime = this.#timeOf(time);
    if (isBefore(this.endTime, this.startTime)) this.endTime = [...this.startTime];
    this.ended = true;
    for (const processor of this.#environment.processors) processor.onEnd(this);
  }

  /** A time without a clock of its own: from the start on, by the clock that never jumps. */
  #timeOf(time: TimeInput | undefined): HrTime {
    const given = time === undefined ? undefined : toHrTime(time);
    if (given !== undefined) return given;
    if (this.#isStartGiven) return hrTimeOfMillis(Date.now());
    return hrTimeAfter(this.startTime, performance.now() - this.#startedMillis);
  }

  #isOver(): boolean {
    if (this.ended)
      diag.warn(`Cannot execute the operation on ended Span {traceId: ${this.#spanContext.traceId}, spanId: ${this.#spanContext.spanId}}`);
    return this.ended;
  }
}

/** The attributes of a new span of ours or of somebody else's SDK, from a map that was made for it alone. */
export function setNewAttributes(span: Span, attributes: Attributes): void {
  if (span instanceof RecordedSpan) span.takeAttributes(attributes);
  else span.setAttributes(attributes);
}

function isShort(value: unknown, maxLength: number): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= maxLength);
}

function isTime(value: unknown): value is TimeInput {
  return isTimeInput(value);
}

/** What can be read of a link: its context as it is where that can be written, else without what cannot. */
function readLink(link: Link): { readonly context: SpanContext; readonly given: Attributes | undefined } {
  try {
    const { context, attributes } = link;
    return { context: isSendable(context) ? context : plainSpanContext(context), given: attributes ?? undefined };
  } catch {
    return { context: plainSpanContext(undefined), given: undefined };
  }
}

function isSendable(context: SpanContext): boolean {
  return context instanceof KnownSpanContext || (isSpanContextValid(context) && context.traceState === undefined);
}

/** Undefined for an exception that says nothing. Of an Error the same as a log record of it has, so that both are known to be one. */
function exceptionEvent(exception: Exception): SpanAttributes | undefined {
  if (isError(exception)) return { ...exceptionAttributes(exception) };
  if (typeof exception === 'string') return exception === '' ? undefined : { 'exception.message': exception };
  if (typeof exception !== 'object' || exception === null) return undefined;
  const attributes = sparseExceptionAttributes(exception);
  return 'exception.type' in attributes || 'exception.message' in attributes ? attributes : undefined;
}

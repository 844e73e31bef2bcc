import { bucketOf } from './duration-histogram.ts';
import { FigureLimits } from './figure-limits.ts';
import { type Cell, FigureSet, Series } from './figure-set.ts';
import { type FigureCounts, type FigureKey, OTHER, type ProcessNames } from './figures.ts';
import { RecentSpans, WaitingFor } from './recent-map.ts';
import { type IdBytes, idBytes, SpanHasher } from './span-hash.ts';
import { calledHost, type SpanMeaning } from './span-meaning.ts';
import { type CausingSpan, spanName, type WaitingSpan } from './waiting-span.ts';

/**
 * So many spans at least, and twice as many at most, are known to those that come after them and name them as their cause: eight minutes of a thousand a
 * second, some seconds of a full load; a million take 25 MB. Whatever lies further apart is counted for each service, but not as a call from one to the other.
 */
const HELD_SPANS = 500_000;
/** So many at least wait for a cause that comes later: about 100 bytes each. */
const HELD_WAITING = 250_000;

/** Where a span comes from: all that spans of one process have alike. */
export interface SpanSource extends ProcessNames {
  readonly tenant: string;
  readonly service: string;
}

/** What spans that are alike have in common; one object for as many of them as can be. */
export interface SpanAlike {
  readonly source: SpanSource;
  readonly kind: number;
  readonly meaning: SpanMeaning;
}

export interface CountableSpan {
  readonly alike: SpanAlike;
  /** Of its start, since 1970. */
  readonly minute: number;
  readonly durationNanos: number;
  readonly isError: boolean;
  readonly weight: number;
  readonly traceId: IdBytes;
  readonly spanId: IdBytes;
  /** Undefined on a root. */
  readonly parentSpanId: IdBytes | undefined;
  /** Empty but for what takes messages. */
  readonly links: readonly { readonly traceId: IdBytes; readonly spanId: IdBytes }[];
}

export interface CountedLogs {
  /** Of the records' times, since 1970. */
  readonly minute: number;
  readonly counts: FigureCounts;
}

/** Figures of the spans that are kept together. What comes to be known of them later is added, wherever they are kept by then. */
export class CountedSpans {
  set: FigureSet;
  /** Nothing is added any more. */
  isOver = false;
  /** What was counted of each shape, until all of it goes to the figures of its keys. */
  readonly #shapes = new Map<Shape, Series>();
  readonly #calls = new Map<Shape, Map<number, Series>>();
  #isClosed = false;
  /** Undefined while it is this. */
  #movedTo: CountedSpans | undefined;
  /** Those that came to wait, and the ids of what they wait for; undefined where nobody asks. */
  readonly #waits: Wait[] | undefined;
  readonly #maxWaiting: number;

  /** Of so many that wait for a cause it is known which, for `waitingSpans`. */
  constructor({ maxWaiting = 0 }: { readonly maxWaiting?: number } = {}) {
    this.set = new FigureSet();
    this.#maxWaiting = maxWaiting;
    this.#waits = maxWaiting > 0 ? [] : undefined;
  }

  /** Spans whose cause has not come yet. */
  waitingSpans(): WaitingSpan[] {
    const causes = new Map<Call, string[]>();
    for (const { call, cause: ids, isOver } of this.#waits ?? []) {
      if (isOver) continue;
      const cause = spanName(ids.traceId, ids.spanId);
      const others = causes.get(call);
      if (others) others.push(cause);
      else causes.set(call, [cause]);
    }
    return Array.from(causes, ([{ child, minute, bucket, weight, isError, isEntry }, names]) => ({
      causes: names,
      service: child.source.service,
      environment: child.environment,
      protocol: child.meaning.protocol,
      ...{ minute, bucket, weight, isError, isEntry },
    }));
  }

  /** What is to be told when the cause comes. */
  wait(call: Call, cause: Cause): Call | Wait {
    const waits = this.#waits;
    if (!waits) return call;
    if (waits.length >= this.#maxWaiting) this.#forgetCome(waits);
    if (waits.length >= this.#maxWaiting) return call;
    const wait = { call, cause: copyOf(cause), isOver: false };
    waits.push(wait);
    return wait;
  }

  #forgetCome(waits: Wait[]): void {
    let kept = 0;
    for (const wait of waits) {
      if (wait.isOver) continue;
      waits[kept] = wait;
      kept += 1;
    }
    waits.length = kept;
  }

  /** Its spans, and those to come of its calls, are kept with others from now on. */
  moveTo(others: CountedSpans): void {
    others.set.merge(this.set);
    this.set = new FigureSet();
    this.#movedTo = others;
  }

  /** Undefined once nothing is added to them any more. */
  get now(): CountedSpans | undefined {
    let now: CountedSpans = this;
    while (now.#movedTo) now = now.#movedTo;
    return now.isOver ? undefined : now;
  }

  cell(shape: Shape, minute: number): Cell {
    let series = this.#shapes.get(shape);
    if (!series) {
      series = new Series();
      this.#shapes.set(shape, series);
    }
    return series.cell(minute);
  }

  /** What was counted of calls of the shape by a caller. `keyOf` is asked once for many. */
  calls(shape: Shape, caller: number, keyOf: () => FigureKey): Series {
    if (this.#isClosed) return this.set.of(shape.source.tenant, keyOf(), shape.environment);
    let callers = this.#calls.get(shape);
    if (!callers) {
      callers = new Map();
      this.#calls.set(shape, callers);
    }
    let series = callers.get(caller);
    if (!series) {
      series = this.set.of(shape.source.tenant, keyOf(), shape.environment);
      callers.set(caller, series);
    }
    return series;
  }

  /** What was counted until now. */
  snapshot(): FigureSet {
    const set = new FigureSet();
    set.merge(this.set);
    this.#addShapesTo(set);
    return set;
  }

  /** All its spans were added; only calls of theirs may still come. */
  close(): void {
    this.#addShapesTo(this.set);
    this.#isClosed = true;
    this.#shapes.clear();
    this.#calls.clear();
    this.set.tidy();
  }

  #addShapesTo(set: FigureSet): void {
    for (const [{ source, keys, environment }, { cells }] of this.#shapes) {
      const all = keys.map((key) => set.of(source.tenant, key, environment));
      for (const [minute, cell] of cells) for (const series of all) series.cell(minute).merge(cell);
    }
  }
}

/** All that figures go by of spans that are alike, worked out once. */
interface Shape {
  readonly source: SpanSource;
  /** The source's, bounded. */
  readonly environment: string;
  readonly meaning: SpanMeaning;
  /** What stands for it among those that its spans cause. */
  readonly caller: number;
  readonly keys: readonly FigureKey[];
}

interface Caller extends CausingSpan {
  readonly tenant: string;
}

/** A span with a cause: what is counted once it is known whose that is. */
interface Call {
  readonly child: Shape;
  readonly counted: CountedSpans;
  readonly minute: number;
  readonly bucket: number;
  readonly weight: number;
  readonly isError: boolean;
  /** It counts among those that its service was called by. */
  isEntry: boolean;
}

/** A call that waits for its cause, of which it is known which. */
interface Wait {
  readonly call: Call;
  readonly cause: Cause;
  isOver: boolean;
}

/** A span that another one names as what it came from. */
interface Cause {
  readonly traceId: IdBytes;
  readonly spanId: IdBytes;
}

/** Spans of more kinds begin anew: names that are never met again are not kept. */
const MAX_SHAPES = 20_000;

/**
 * Counts spans, and finds who called whom among those that come near each other, in whatever order: once for each span whose parent is another
 * service's, and once for each other service's span that one which takes messages links to.
 */
export class FigureCounter {
  readonly #limits: FigureLimits;
  readonly #spans: RecentSpans;
  readonly #waiting: WaitingFor<Call | Wait>;
  readonly #hasher = new SpanHasher();
  readonly #shapes = new Map<SpanAlike, Shape>();
  readonly #shapesById = new Map<string, Shape>();
  readonly #callers: Caller[] = [];
  readonly #callerNumbers = new Map<string, number>();
  readonly #tenants = new Map<string, number>();

  constructor({ limits = new FigureLimits(), heldSpans = HELD_SPANS, heldWaiting = HELD_WAITING } = {}) {
    this.#limits = limits;
    this.#spans = new RecentSpans(heldSpans);
    this.#waiting = new WaitingFor(heldWaiting);
  }

  /** A span of no service, or one that only looks whether a service lives, is not counted. */
  add(span: CountableSpan, counted: CountedSpans): void {
    const { alike, minute, isError, weight, links } = span;
    const { source, meaning } = alike;
    if (meaning.isHealthCheck || source.service === '') return;
    const bucket = bucketOf(span.durationNanos);
    const shape = this.#shapeOf(alike);
    counted.cell(shape, minute).add(bucket, weight, isError);
    const hasher = this.#hasher;
    hasher.trace(this.#tenantNumber(source.tenant), span.traceId);
    if (links.length > 0) {
      this.#addLinks(span, callOf(span, { child: shape, counted, bucket }));
    } else if (span.parentSpanId) {
      // Mostly the cause is known, and nothing has to be kept of the call.
      const caller = this.#spans.get(hasher.span(span.parentSpanId));
      if (caller === undefined || this.#isCall(caller, shape)) {
        const call = callOf(span, { child: shape, counted, bucket });
        if (caller === undefined) this.#wait({ traceId: span.traceId, spanId: span.parentSpanId }, call);
        else this.#count(caller, call);
      }
    }
    const hash = hasher.span(span.spanId);
    this.#spans.set(hash, shape.caller);
    for (let waiting = this.#waiting.take(hash); waiting; waiting = this.#waiting.take(hash)) {
      if ('call' in waiting) waiting.isOver = true;
      this.#count(shape.caller, 'call' in waiting ? waiting.call : waiting);
    }
  }

  /** Who a span is of, by its `spanName`, if it is among those that are held. */
  causeOf(tenant: string, name: string): CausingSpan | undefined {
    const [traceId = '', spanId = ''] = name.split(' ');
    this.#hasher.trace(this.#tenantNumber(tenant), idBytes(traceId));
    const number = this.#spans.get(this.#hasher.span(idBytes(spanId)));
    return number === undefined ? undefined : this.#callers[number];
  }

  /** Log records of a source and minute. Those of no service are not counted. */
  addLogs({ tenant, service, ...names }: SpanSource, { minute, counts }: CountedLogs, counted: CountedSpans): void {
    if (service === '') return;
    const key = this.#limits.bound(tenant, { type: 'logs', service, ...names });
    const { set } = counted;
    set.of(tenant, key, names.environment).add(set.bucketOf(minute), counts);
  }

  /** The causes of a span that names several. The hasher is at the span's own trace again afterwards. */
  #addLinks({ alike, traceId, parentSpanId, links }: CountableSpan, call: Call): void {
    const hasher = this.#hasher;
    const tenant = this.#tenantNumber(alike.source.tenant);
    const known = new Set<string>();
    for (const link of links) {
      hasher.trace(tenant, link.traceId);
      this.#addCause(link, call, known);
    }
    hasher.trace(tenant, traceId);
    if (parentSpanId) this.#addCause({ traceId, spanId: parentSpanId }, call, known);
  }

  /** `known` are causes of the span that were added. The hasher is at the cause's trace. */
  #addCause(cause: Cause, call: Call, known: Set<string>): void {
    const hash = this.#hasher.span(cause.spanId);
    const name = `${hash.high} ${hash.low}`;
    if (known.has(name)) return;
    known.add(name);
    const caller = this.#spans.get(hash);
    if (caller === undefined) this.#wait(cause, call);
    else this.#count(caller, call);
  }

  /** The hasher is at the cause's trace. */
  #wait(cause: Cause, call: Call): void {
    this.#waiting.add(this.#hasher.span(cause.spanId), call.counted.wait(call, cause));
  }

  /** Only what one service asks of another is one. */
  #isCall(callerNumber: number, { source }: Shape): boolean {
    const caller = this.#callers[callerNumber];
    return caller !== undefined && caller.service !== source.service;
  }

  #count(callerNumber: number, call: Call): void {
    const { child, minute } = call;
    const { tenant, service } = child.source;
    const caller = this.#callers[callerNumber];
    const counted = call.counted.now;
    if (!caller || !counted || !this.#isCall(callerNumber, child)) return;
    const { weight, isError } = call;
    const bucket = counted.set.bucketOf(minute);
    const series = counted.calls(child, callerNumber, () => {
      const { protocol } = child.meaning;
      return this.#limits.bound(tenant, { type: 'call', service, caller: caller.service, protocol, host: caller.host });
    });
    series.cell(bucket).add(call.bucket, weight, isError);
    if (call.isEntry) return;
    call.isEntry = true;
    counted.set
      .of(tenant, this.#limits.bound(tenant, { type: 'service', service }), child.environment)
      .cell(bucket)
      .add(call.bucket, weight, isError);
  }

  #shapeOf(alike: SpanAlike): Shape {
    const known = this.#shapes.get(alike);
    if (known) return known;
    const { source, kind, meaning } = alike;
    const { operation, protocol, peer, isEntry } = meaning;
    const { tenant, service, ...names } = source;
    const keys: FigureKey[] = [{ type: 'operation', service, name: operation, kind }];
    keys.push({ type: 'instance', service, ...names });
    if (isEntry) keys.push({ type: 'service', service }, { type: 'entry', service, ...names });
    if (peer && peer.name !== '')
      keys.push({ type: 'peer', service, peerType: peer.type, peer: peer.name, protocol, isSource: peer.isSource });
    const environment = this.#limits.boundEnvironment(tenant, source);
    const bounded = keys.map((key) => this.#limits.bound(tenant, key));
    const isBounded = bounded.some((key) => key.type === 'peer' && key.peer === OTHER);
    const host = isBounded ? '' : calledHost(meaning);
    const caller = this.#callerNumber({ tenant, service, host });
    // Names beyond the bound are all alike.
    const id = JSON.stringify([tenant, service, environment, caller, bounded, protocol, isEntry]);
    const shape = this.#shapesById.get(id) ?? { source, environment, meaning, caller, keys: bounded };
    if (this.#shapes.size >= MAX_SHAPES) {
      this.#shapes.clear();
      this.#shapesById.clear();
    }
    this.#shapesById.set(id, shape);
    this.#shapes.set(alike, shape);
    return shape;
  }

  #callerNumber(caller: Caller): number {
    const id = `${caller.tenant}\n${caller.service}\n${caller.host}`;
    let number = this.#callerNumbers.get(id);
    if (number === undefined) {
      number = this.#callers.push(caller) - 1;
      this.#callerNumbers.set(id, number);
    }
    return number;
  }

  #tenantNumber(tenant: string): number {
    let number = this.#tenants.get(tenant);
    if (number === undefined) {
      number = this.#tenants.size;
      this.#tenants.set(tenant, number);
    }
    return number;
  }
}

function callOf(
  { alike, minute, weight, isError }: CountableSpan,
  { child, counted, bucket }: Pick<Call, 'child' | 'counted' | 'bucket'>,
): Call {
  return { child, counted, minute, bucket, weight, isError, isEntry: alike.meaning.isEntry };
}

/** The bytes of an id are good for one call only. */
function copyOf({ traceId, spanId }: Cause): Cause {
  const middle = traceId.end - traceId.start;
  const bytes = new Uint8Array(middle + spanId.end - spanId.start);
  for (let at = 0; at < middle; at += 1) bytes[at] = traceId.bytes[traceId.start + at] ?? 0;
  for (let at = middle; at < bytes.length; at += 1) bytes[at] = spanId.bytes[spanId.start + at - middle] ?? 0;
  return {
    traceId: { bytes, start: 0, end: middle, ...(traceId.isBinary && { isBinary: true }) },
    spanId: { bytes, start: middle, end: bytes.length, ...(spanId.isBinary && { isBinary: true }) },
  };
}

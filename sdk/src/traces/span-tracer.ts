import {
  type Attributes,
  type Context,
  context as contextApi,
  INVALID_SPAN_CONTEXT,
  type Link,
  type Sampler,
  SamplingDecision,
  type Span,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { textOf } from '../logs/thrown-value.ts';
import { isValidSpanContext, KnownSpanContext } from './known-span-context.ts';
import { createSpanId, createTraceId } from './random-ids.ts';
import { RecordedSpan, type SpanEnvironment } from './recorded-span.ts';
import { scopeOf } from './scope.ts';
import type { Scope } from './span-types.ts';

/** W3C Trace Context, level 2: whoever began the trace says that the end of its id is random. Passed on as it came. */
const RANDOM_TRACE_ID = 2;

/** What nearly every span begins with; nobody changes them. */
const NO_ATTRIBUTES: Attributes = {};
const NO_LINKS: Link[] = [];
const NO_OPTIONS: SpanOptions = {};

export interface SpanTracerOptions extends SpanEnvironment {
  readonly sampler: Sampler;
}

/** OpenTelemetry's tracer provider, as far as its API goes. A tracer is the same for the same name and version. */
export class SpanTracerProvider implements TracerProvider {
  readonly #options: SpanTracerOptions;
  readonly #tracers = new Map<string, Tracer>();

  constructor(options: SpanTracerOptions) {
    this.#options = options;
  }

  getTracer(givenName: string, version?: string, options?: { readonly schemaUrl?: string }): Tracer {
    const name = textOf(givenName);
    const key = version === undefined && options === undefined ? name : `${name}@${textOf(version)}:${textOf(options?.schemaUrl)}`;
    const known = this.#tracers.get(key);
    if (known !== undefined) return known;
    const tracer = new SpanTracer(scopeOf(name, version, options?.schemaUrl), this.#options);
    this.#tracers.set(key, tracer);
    return tracer;
  }

  async shutdown(): Promise<void> {
    await Promise.all(this.#options.processors.map((processor) => processor.shutdown()));
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#options.processors.map((processor) => processor.forceFlush()));
  }
}

class SpanTracer implements Tracer {
  readonly #scope: Scope;
  readonly #options: SpanTracerOptions;

  constructor(scope: Scope, options: SpanTracerOptions) {
    this.#scope = scope;
    this.#options = options;
  }

  startSpan(name: string, givenOptions?: SpanOptions, given: Context = contextApi.active()): Span {
    const options = givenOptions ?? NO_OPTIONS;
    const context = options.root === true ? trace.deleteSpan(given) : given;
    if (isTracingSuppressed(context)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const { attributes = NO_ATTRIBUTES } = options;
    // Of untyped code, neither needs to be what it should be.
    const kind = typeof options.kind === 'number' ? options.kind : SpanKind.INTERNAL;
    const links = Array.isArray(options.links) ? options.links : NO_LINKS;
    const parent = trace.getSpanContext(context);
    const parentSpanContext = parent !== undefined && isValidSpanContext(parent) ? parent : undefined;
    const traceId = parentSpanContext?.traceId ?? createTraceId();
    const sampled = this.#options.sampler.shouldSample(context, traceId, name, kind, attributes, links);
    const traceState = sampled.traceState ?? parentSpanContext?.traceState;
    const sampledFlag = sampled.decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const traceFlags = sampledFlag | ((parentSpanContext?.traceFlags ?? 0) & RANDOM_TRACE_ID);
    const spanContext = new KnownSpanContext(traceId, createSpanId(), traceFlags, { traceState });
    if (sampled.decision === SamplingDecision.NOT_RECORD) return trace.wrapSpanContext(spanContext);
    return new RecordedSpan(this.#options, {
      name,
      kind,
      spanContext,
      parentSpanContext,
      scope: this.#scope,
      context,
      startTime: options.startTime,
      attributes: sampled.attributes === undefined ? attributes : { ...attributes, ...sampled.attributes },
      links,
    });
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, context: Context, fn: F): ReturnType<F>;
  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    const fn = rest.at(-1);
    if (typeof fn !== 'function') return undefined;
    const [options, context] = rest.length === 1 ? [] : rest.slice(0, -1);
    const parent = isContext(context) ? context : contextApi.active();
    const span = this.startSpan(name, isOptions(options) ? options : {}, parent);
    return contextApi.with(trace.setSpan(parent, span), () => Reflect.apply(fn, undefined, [span]));
  }
}

function isOptions(value: unknown): value is SpanOptions {
  return typeof value === 'object' && value !== null;
}

function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && 'getValue' in value;
}

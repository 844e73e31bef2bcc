import {
  type Attributes,
  type Context,
  type Link,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  type SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { isValidSpanContext } from '../traces/known-span-context.ts';

/** OpenTelemetry's older samplers, which write nothing into `tracestate`, under its own descriptions. */

/** Keeps all or nothing. */
export class ConstantSampler implements Sampler {
  readonly #decision: SamplingDecision;

  constructor(isKept: boolean) {
    this.#decision = decisionOf(isKept);
  }

  shouldSample(): SamplingResult {
    return { decision: this.#decision };
  }

  toString(): string {
    return this.#decision === SamplingDecision.NOT_RECORD ? 'AlwaysOffSampler' : 'AlwaysOnSampler';
  }
}

/** A share of all traces, by the algorithm of OpenTelemetry for JavaScript: the four words of the id against the share of a word. */
export class TraceIdRatioSampler implements Sampler {
  readonly #ratio: number;
  readonly #bound: number;

  constructor(ratio: number) {
    this.#ratio = ratio;
    this.#bound = Math.floor(ratio * 0xffffffff);
  }

  shouldSample(_context: Context, traceId: string): SamplingResult {
    let mixed = 0;
    for (let start = 0; start < 32; start += 8) mixed = (mixed ^ Number.parseInt(traceId.slice(start, start + 8), 16)) >>> 0;
    return { decision: decisionOf(mixed < this.#bound) };
  }

  toString(): string {
    return `TraceIdRatioBased{${this.#ratio}}`;
  }
}

/** As the caller decided; without a caller as the root does. */
export class ParentSampler implements Sampler {
  readonly #root: Sampler;

  constructor(root: Sampler) {
    this.#root = root;
  }

  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult {
    const parent = trace.getSpanContext(context);
    if (parent === undefined || !isValidSpanContext(parent))
      return this.#root.shouldSample(context, traceId, name, kind, attributes, links);
    return { decision: decisionOf((parent.traceFlags & TraceFlags.SAMPLED) !== 0) };
  }

  toString(): string {
    return `ParentBased{root=${this.#root.toString()}}`;
  }
}

function decisionOf(isKept: boolean): SamplingDecision {
  return isKept ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD;
}

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
import { readOtTraceState, writeThreshold } from './ot-trace-state.ts';
import { KEEP_ALL, randomnessOf, type Threshold } from './threshold.ts';

const KEPT: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const LEFT_OUT: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/**
 * A share of all traces, the same ones in every service: a trace that a service keeps is kept by each that keeps a larger
 * share. What was kept says at which threshold (`tracestate: ot=th:…`), so that figures can be weighted.
 */
export class ConsistentSampler implements Sampler {
  readonly #threshold: Threshold | undefined;

  /** @param threshold undefined keeps nothing. */
  constructor(threshold: Threshold | undefined) {
    this.#threshold = threshold;
  }

  shouldSample(context: Context, traceId: string): SamplingResult {
    const traceState = trace.getSpanContext(context)?.traceState;
    const { rv, threshold: received } = readOtTraceState(traceState);
    const isKept = this.#threshold !== undefined && randomnessOf(traceId, rv) >= this.#threshold;
    // Keeping everything is what nobody has to be told, unless the caller said otherwise.
    const isSilent = this.#threshold === KEEP_ALL && received === undefined;
    return decide(isKept, isSilent ? traceState : writeThreshold(traceState, isKept ? this.#threshold : undefined));
  }

  toString(): string {
    return `Consistent{${this.#threshold ?? 'none'}}`;
  }
}

/** The caller's decision and its threshold, which is left out when it does not explain the decision; without a caller the root's. */
export class ParentThresholdSampler implements Sampler {
  readonly #root: Sampler;

  constructor(root: Sampler) {
    this.#root = root;
  }

  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult {
    const parent = trace.getSpanContext(context);
    if (parent === undefined || !isValidSpanContext(parent)) {
      return this.#root.shouldSample(context, traceId, name, kind, attributes, links);
    }
    const isKept = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
    const { threshold, rv } = readOtTraceState(parent.traceState);
    // What this process decided needs no second look.
    if (threshold === undefined || parent.isRemote !== true) return decide(isKept, parent.traceState);
    const isExplained = isKept && randomnessOf(traceId, rv) >= threshold;
    return decide(isKept, isExplained ? parent.traceState : writeThreshold(parent.traceState, undefined));
  }

  toString(): string {
    return `ParentThreshold{${this.#root.toString()}}`;
  }
}

function decide(isKept: boolean, traceState: SamplingResult['traceState']): SamplingResult {
  const decision = isKept ? KEPT : LEFT_OUT;
  return traceState === undefined ? decision : { ...decision, traceState };
}

import {
  type Attributes,
  type Context,
  type Link,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  type SpanKind,
} from '@opentelemetry/api';
import { getFlow } from '../correlation/flow.ts';
import { isFlowRaised } from '../correlation/raised-level.ts';

/**
 * Gives a flow without an id a new one: the trace id of its first span, unless the app makes its own. A sampler is the one place that sees every span start,
 * also those that are sampled out; the decision itself is the inner sampler's, but for a flow whose log level was raised: that is kept.
 */
export class FlowSampler implements Sampler {
  readonly #inner: Sampler;
  readonly #createId: (traceId: string) => string;

  constructor(inner: Sampler, createId: (traceId: string) => string = (traceId) => traceId) {
    this.#inner = inner;
    this.#createId = createId;
  }

  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult {
    const flow = getFlow(context);
    if (flow !== undefined) flow.id ??= this.#createId(traceId);
    const result = this.#inner.shouldSample(context, traceId, name, kind, attributes, links);
    if (result.decision === SamplingDecision.RECORD_AND_SAMPLED || !isFlowRaised(context)) return result;
    return { ...result, decision: SamplingDecision.RECORD_AND_SAMPLED };
  }

  toString(): string {
    return this.#inner.toString();
  }
}

import type { Attributes, Context, Link, Sampler, SamplingResult, SpanKind } from '@opentelemetry/api';
import { getFlow } from '../correlation/flow.ts';

/**
 * Gives a flow without an id a new one: the trace id of its first span, unless the app makes its own. A sampler is the one place that sees every span start,
 * also those that are sampled out; the decision itself is the inner sampler's.
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
    return this.#inner.shouldSample(context, traceId, name, kind, attributes, links);
  }

  toString(): string {
    return this.#inner.toString();
  }
}

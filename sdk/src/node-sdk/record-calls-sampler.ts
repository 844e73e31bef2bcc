import {
  type Attributes,
  type Context,
  type Link,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  SpanKind,
} from '@opentelemetry/api';

/**
 * Records the spans of calls that are left out, without sending them: where a call goes, and so whether it may be told the
 * correlation id, stands in its span's attributes when its instrumentation is not ours. A call that already names no host
 * is known at once and costs nothing.
 */
export class RecordCallsSampler implements Sampler {
  readonly #inner: Sampler;

  constructor(inner: Sampler) {
    this.#inner = inner;
  }

  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult {
    const result = this.#inner.shouldSample(context, traceId, name, kind, attributes, links);
    if (kind !== SpanKind.CLIENT || result.decision !== SamplingDecision.NOT_RECORD) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  }

  toString(): string {
    return this.#inner.toString();
  }
}

import {
  type Attributes,
  type Context,
  type Link,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  type SpanKind,
} from '@opentelemetry/api';

/** As OpenTelemetry's own of that description: records what the inner sampler leaves out, so that it may be kept or asked after all, and marks none of it as sampled. */
export class RecordingSampler implements Sampler {
  readonly #inner: Sampler;
  readonly #kinds: readonly SpanKind[] | undefined;

  /** @param kinds which spans: all when it is undefined. */
  constructor(inner: Sampler, kinds?: readonly SpanKind[]) {
    this.#inner = inner;
    this.#kinds = kinds;
  }

  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult {
    const result = this.#inner.shouldSample(context, traceId, name, kind, attributes, links);
    if (result.decision !== SamplingDecision.NOT_RECORD || this.#kinds?.includes(kind) === false) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  }

  toString(): string {
    return `AlwaysRecordSampler{${this.#inner.toString()}}`;
  }
}

import { type Sampler, trace } from '@opentelemetry/api';
import { ConstantSampler } from '../sampling/plain-samplers.ts';
import { readSpanLimits, type SpanLimits } from './span-limits.ts';
import { SpanTracerProvider } from './span-tracer.ts';
import type { ReadableSpan } from './span-types.ts';

interface Collected {
  readonly provider: SpanTracerProvider;
  /** The spans that have ended, in the order of their ends. */
  readonly ended: ReadableSpan[];
}

/** A provider whose spans that have ended are at hand. All are sampled where nothing else is said. */
export function providerOfEnded({
  limits = readSpanLimits({}, 10),
  sampler = new ConstantSampler(true),
}: {
  readonly limits?: SpanLimits;
  readonly sampler?: Sampler;
} = {}): Collected {
  const ended: ReadableSpan[] = [];
  const processor = {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const provider = new SpanTracerProvider({ resource: { attributes: {} }, limits, processors: [processor], sampler });
  return { provider, ended };
}

/** The same for what asks the API for its tracer. `trace.disable()` takes it away. */
export function collectEnded(options: Parameters<typeof providerOfEnded>[0] = {}): ReadableSpan[] {
  const { provider, ended } = providerOfEnded(options);
  trace.setGlobalTracerProvider(provider);
  return ended;
}

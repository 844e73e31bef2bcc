import { ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { ConstantSampler } from '../sampling/plain-samplers.ts';
import { CorrelationSpanProcessor } from './correlation-span-processor.ts';
import { RecordedSpan } from './recorded-span.ts';
import { readSpanLimits } from './span-limits.ts';
import { SpanTracerProvider } from './span-tracer.ts';

const MANY = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key${index}`, index]));

function createOurs(environment: Record<string, string> = {}): Tracer {
  return new SpanTracerProvider({
    resource: { attributes: {} },
    limits: readSpanLimits(environment, 3),
    processors: [new CorrelationSpanProcessor()],
    sampler: new ConstantSampler(true),
  }).getTracer('test');
}

function attributesOf(span: object): object {
  const attributes: unknown = Reflect.get(span, 'attributes');
  return typeof attributes === 'object' && attributes !== null ? attributes : {};
}

describe('the correlation id', () => {
  it.each([
    ['ours', createOurs()],
    ['OpenTelemetry’s own', new TracerProvider({ spanProcessors: [new CorrelationSpanProcessor()] }).getTracer('test')],
  ])('is on a span of %s that begins with more attributes than it may have', (_whose, tracer) => {
    const span = tracer.startSpan('work', { attributes: MANY }, ROOT_CONTEXT);
    expect(attributesOf(span)).toMatchObject({ key0: 0, key127: 127, 'correlation.id': span.spanContext().traceId });
    expect(Object.keys(attributesOf(span))).toHaveLength(129);
  });

  it('is there where there may be no attribute, and what is dropped is counted without it', () => {
    const span = createOurs({ OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0' }).startSpan('work', { attributes: { a: 1 } }, ROOT_CONTEXT);
    span.setAttribute('b', 1);
    expect(span).toBeInstanceOf(RecordedSpan);
    expect(span).toMatchObject({ attributes: { 'correlation.id': span.spanContext().traceId }, droppedAttributesCount: 2 });
    expect(Object.keys(attributesOf(span))).toHaveLength(1);
  });
});

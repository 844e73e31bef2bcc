import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { countItems } from './count-items.ts';

it('counts the spans of all scopes in both formats of OTLP', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  for (const scope of ['a', 'b', 'b'])
    provider
      .getTracer(scope)
      .startSpan('span', { attributes: { text: 'x'.repeat(300), number: 2 ** 40 } })
      .end();
  const spans = exporter.getFinishedSpans();
  expect(countItems(Buffer.from(JsonTraceSerializer.serializeRequest([...spans]) ?? []), true)).toBe(3);
  expect(countItems(Buffer.from(ProtobufTraceSerializer.serializeRequest([...spans]) ?? []), false)).toBe(3);
  expect([countItems(Buffer.from('{}'), true), countItems(Buffer.alloc(0), false)]).toEqual([0, 0]);
});

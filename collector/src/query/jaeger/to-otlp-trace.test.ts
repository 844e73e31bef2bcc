import { describe, expect, it } from 'vitest';
import type { Span } from '../../api/index.ts';
import { toOtlpTrace } from './to-otlp-trace.ts';

const span = (name: string, resource: Span['resource'], scope: Span['scope']): Span => ({
  id: `id of ${name}`,
  arrivalTimeUnixNano: '9',
  truncations: [],
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name,
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
  attributes: [],
  resource,
  scope,
});
const named = (name: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: name } }] });

describe('a trace as OTLP', () => {
  it('has spans of one resource and scope together, and nothing that the collector added', () => {
    const plain = { attributes: [] };
    const http = { attributes: [], name: 'http', schemaUrl: 's' };
    const { resourceSpans } = toOtlpTrace([
      span('1', named('a'), plain),
      span('2', { ...named('b'), schemaUrl: 'r' }, plain),
      span('3', named('a'), http),
      span('4', named('a'), plain),
    ]);
    const sent = (name: string) => ({
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      name,
      startTimeUnixNano: '1',
      endTimeUnixNano: '2',
      attributes: [],
    });
    expect(resourceSpans).toEqual([
      {
        resource: named('a'),
        scopeSpans: [
          { scope: plain, spans: [sent('1'), sent('4')] },
          { scope: { attributes: [], name: 'http' }, schemaUrl: 's', spans: [sent('3')] },
        ],
      },
      { resource: named('b'), schemaUrl: 'r', scopeSpans: [{ scope: plain, spans: [sent('2')] }] },
    ]);
  });
});

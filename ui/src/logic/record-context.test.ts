import type { KeyValue, LogRecord } from '@threadline/collector/api';
import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { contextKindsOf, contextQueryOf } from './record-context.ts';

const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });

function record(resource: readonly KeyValue[], attributes: readonly KeyValue[] = []): LogRecord {
  return {
    id: 'a',
    timeUnixNano: '1',
    observedTimeUnixNano: '1',
    arrivalTimeUnixNano: '1',
    attributes: [...attributes],
    resource: { attributes: [...resource] },
    scope: { attributes: [] },
  };
}

describe('the neighbours of a record', () => {
  const whole = record(
    [text('service.name', 'my shop'), text('host.name', 'h-1'), text('service.instance.id', 'i:1')],
    [text('correlation.id', 'f"1')],
  );

  it('are those of its service, its most exact instance and its flow, as a query finds them', () => {
    expect(contextKindsOf(whole)).toEqual(['service', 'instance', 'flow']);
    expect(contextQueryOf(whole, 'service')).toBe('service:"my shop"');
    expect(contextQueryOf(whole, 'instance')).toBe('service:"my shop" resource.service.instance.id:"i:1"');
    expect(contextQueryOf(whole, 'flow')).toMatch(/^correlationId:/);
    for (const kind of contextKindsOf(whole)) expect(() => parseQuery(contextQueryOf(whole, kind), 'logs')).not.toThrow();
  });

  it('of a record that names no service are those that name none either', () => {
    const nameless = record([text('host.name', ''), text('host.id', 'x')]);
    expect(contextQueryOf(nameless, 'service')).toBe('-service:*');
    expect(contextQueryOf(nameless, 'instance')).toBe('-service:* resource.host.id:x');
    expect(contextKindsOf(record([]))).toEqual(['service']);
  });
});

import type { LogRecord, Span } from '@threadline/collector/api';

/** Records as the API answers them, with only what a test is about; for tests alone. */
export function logRecord(fields: Partial<LogRecord> & { readonly service?: string; readonly correlationId?: string }): LogRecord {
  const { service = 'orders', correlationId, ...rest } = fields;
  return {
    id: 'log',
    timeUnixNano: '0',
    observedTimeUnixNano: '0',
    arrivalTimeUnixNano: '1000',
    attributes: correlationId === undefined ? [] : [{ key: 'correlation.id', value: { stringValue: correlationId } }],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scope: { attributes: [] },
    ...rest,
  };
}

export function span(fields: Partial<Span> & { readonly service?: string }): Span {
  const { service = 'orders', ...rest } = fields;
  return {
    id: fields.spanId ?? 'span',
    traceId: 't',
    spanId: 's',
    name: 'operation',
    startTimeUnixNano: '1000',
    endTimeUnixNano: '2000',
    arrivalTimeUnixNano: '3000',
    attributes: [],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scope: { attributes: [] },
    ...rest,
  };
}

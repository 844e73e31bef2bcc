import { type Context, trace } from '@opentelemetry/api';
import { correlationIdOf } from '../correlation/flow.ts';
import { isValidSpanContext } from '../traces/known-span-context.ts';

/** Written into every record for the app's own transports, unless the app wrote them itself; in OTLP they have fields of their own. */
export const TRACE_FIELDS = ['trace_id', 'span_id', 'correlation_id'] as const;

/** What a record's context has of each: both ids of a span or none. */
export type RecordIds = Readonly<Record<(typeof TRACE_FIELDS)[number], string | undefined>>;

export function recordIdsOf(active: Context): RecordIds {
  const spanContext = trace.getSpanContext(active);
  const span = spanContext !== undefined && isValidSpanContext(spanContext) ? spanContext : undefined;
  return { trace_id: span?.traceId, span_id: span?.spanId, correlation_id: correlationIdOf(active) };
}

/** Whether a field says no more than what the record has anyway; the app's own ids do. */
export function repeatsId(ids: RecordIds, key: string, value: unknown): boolean {
  return (key === 'trace_id' || key === 'span_id' || key === 'correlation_id') && value === ids[key];
}

/** A span's two ids go together: beside an id of the app's, of another trace, there is none of ours. */
export function mayAddSpan(ids: RecordIds, written: { readonly trace_id?: unknown; readonly span_id?: unknown }): boolean {
  return (
    ids.trace_id !== undefined && written.span_id === undefined && (written.trace_id === undefined || written.trace_id === ids.trace_id)
  );
}

import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { getFlow } from '../correlation/flow.ts';
import { errorTypeOf } from '../traces/record-exception.ts';

/** One call to a database, in the words of OpenTelemetry's stable database conventions (semconv 1.33 and newer). */
export interface DatabaseCall {
  /** `db.system.name`. */
  readonly system: 'postgresql' | 'mysql' | 'mariadb' | 'mongodb' | 'redis' | 'sqlite';
  /** `db.query.summary`, and so the span's name: the operation and what it works on, never a value. */
  readonly summary: string;
  /** `db.operation.name`; undefined for a text of several statements. */
  readonly operation?: string | undefined;
  readonly namespace?: string | undefined;
  readonly collection?: string | undefined;
  /** `db.query.text`, every value replaced; asked for only when the span is recorded. */
  readonly text?: (() => string | undefined) | undefined;
  readonly batchSize?: number | undefined;
  readonly server?: ServerAddress | undefined;
}

/** Where a database listens; a Unix socket's path has no port. */
export interface ServerAddress {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/**
 * A client span, or undefined where no request, message or `correlation.run` is being served: what a pool, a poller or
 * a start-up does by itself would be a trace of one span each, thousands an hour.
 */
export function startDatabaseSpan(call: DatabaseCall): Span | undefined {
  const active = context.active();
  if (isTracingSuppressed(active) || (trace.getSpanContext(active) === undefined && getFlow(active) === undefined)) return undefined;
  const attributes: Attributes = { 'db.system.name': call.system, 'db.query.summary': call.summary };
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') attributes[name] = value;
  };
  add('db.operation.name', call.operation);
  add('db.namespace', call.namespace);
  add('db.collection.name', call.collection);
  add('db.operation.batch.size', call.batchSize);
  add('server.address', call.server?.address);
  add('server.port', call.server?.port);
  const span = trace.getTracer(`@threadline/sdk/${call.system}`).startSpan(call.summary, { kind: SpanKind.CLIENT, attributes }, active);
  const text = span.isRecording() ? call.text?.() : undefined;
  if (text !== undefined) span.setAttribute('db.query.text', text);
  return span;
}

/**
 * Ends the span as failed. The database's own code is `db.response.status_code` and `error.type`; its message stays out,
 * since databases quote values in it.
 */
export function failDatabaseSpan(span: Span, error: unknown, statusCode: string | undefined): void {
  if (statusCode !== undefined) span.setAttribute('db.response.status_code', statusCode);
  span.setAttribute('error.type', statusCode ?? errorTypeOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

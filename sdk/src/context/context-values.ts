import { type Context, createContextKey, type Span } from '@opentelemetry/api';

/** The keys of OpenTelemetry's own packages, so that instrumentations of theirs and of ours understand each other. */
const SUPPRESS_TRACING_KEY = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const RPC_METADATA_KEY = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/** A context in which nothing is traced and nothing is injected. */
export function suppressTracing(context: Context): Context {
  return context.setValue(SUPPRESS_TRACING_KEY, true);
}

export function isTracingSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESS_TRACING_KEY) === true;
}

/** The request that is being served, with the place where a framework puts its route. */
export interface RpcMetadata {
  readonly type: 'http';
  route?: string | undefined;
  /** Where the middleware that has the request now was mounted: it names one that is answered there and has no route. */
  mount?: string | undefined;
  readonly span: Span;
  /** What frameworks said that it failed with, which is on the span. */
  failures?: Set<unknown>;
}

export function setRpcMetadata(context: Context, metadata: RpcMetadata): Context {
  return context.setValue(RPC_METADATA_KEY, metadata);
}

/** Undefined outside of any HTTP request. */
export function getRpcMetadata(context: Context): RpcMetadata | undefined {
  const metadata = context.getValue(RPC_METADATA_KEY);
  return isHttpMetadata(metadata) ? metadata : undefined;
}

function isHttpMetadata(value: unknown): value is RpcMetadata {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'http';
}

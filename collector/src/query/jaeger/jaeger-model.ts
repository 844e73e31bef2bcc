/**
 * Jaeger's JSON, as Jaeger UI and Grafana read it from `/api`: names and types are theirs.
 * Source: jaegertracing/jaeger, `internal/uimodel` and the OTLP translator that it uses; Apache-2.0, nothing of it is copied.
 */

/** Where Jaeger's clients find its query API. */
export const JAEGER_API = '/jaeger/api';

export interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  /** An int64 beyond 2^53, and what JSON has no number for, is a string; binary is base64. */
  readonly value: string | number | boolean;
}

export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerLog {
  /** Microseconds since 1970. */
  readonly timestamp: number;
  readonly fields: readonly JaegerTag[];
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  /** 1 where the sender sampled it; absent otherwise. */
  readonly flags?: number;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  /** Microseconds since 1970. */
  readonly startTime: number;
  /** Microseconds. */
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly JaegerLog[];
  /** A key of the trace's `processes`: `p1`, `p2` … */
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings: readonly string[] | null;
}

/** `code` is the HTTP status where the whole request failed; `traceID` where the error is of one trace. */
export interface JaegerError {
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
}

/** Around every answer of `/api`. */
export interface JaegerEnvelope {
  readonly data: unknown;
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly errors: readonly JaegerError[] | null;
  /** Not Jaeger's: what an answer that is right as far as it goes left out. Its clients read past it. */
  readonly warnings?: readonly string[];
}

/** `total` is the number of services or operations; answers with traces leave it 0, as Jaeger's do. */
export function envelope(data: unknown, rest: Partial<Omit<JaegerEnvelope, 'data'>> = {}): JaegerEnvelope {
  return { data, total: 0, limit: 0, offset: 0, errors: null, ...rest };
}

/** The answer with what is not in it among the errors, beside the data, as Jaeger says of several traces which of them it has not. */
export function withJaegerErrors(answer: object, warnings: readonly string[]): object {
  const errors: readonly unknown[] = 'errors' in answer && Array.isArray(answer.errors) ? answer.errors : [];
  return { ...answer, errors: [...errors, ...warnings.map((msg) => ({ msg }))] };
}

/** The body of an error at a path under `JAEGER_API`, as the version of the API there has it. */
export function jaegerErrorBody(path: string, status: number, message: string): object {
  if (path.startsWith(`${JAEGER_API}/v3/`)) return { error: { httpCode: status, message } };
  return envelope(null, { errors: [{ code: status, msg: message }] });
}

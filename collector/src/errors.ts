/**
 * Every fault that leaves a module, in one table. `permanent`: the same input fails again, the sender drops it;
 * `retryable`: the sender keeps the batch and tries again (OTLP: 429, 502, 503, 504; gRPC: UNAVAILABLE with RetryInfo).
 */
export const ERRORS = {
  malformed_body: { class: 'permanent', httpStatus: 400, grpcStatus: 3 },
  invalid_argument: { class: 'permanent', httpStatus: 400, grpcStatus: 3 },
  invalid_query: { class: 'permanent', httpStatus: 400, grpcStatus: 3 },
  unsupported_query: { class: 'permanent', httpStatus: 400, grpcStatus: 3 },
  unauthenticated: { class: 'permanent', httpStatus: 401, grpcStatus: 16 },
  forbidden_host: { class: 'permanent', httpStatus: 403, grpcStatus: 7 },
  cross_site_request: { class: 'permanent', httpStatus: 403, grpcStatus: 7 },
  not_found: { class: 'permanent', httpStatus: 404, grpcStatus: 5 },
  method_not_allowed: { class: 'permanent', httpStatus: 405, grpcStatus: 12 },
  name_taken: { class: 'permanent', httpStatus: 409, grpcStatus: 6 },
  limit_reached: { class: 'permanent', httpStatus: 409, grpcStatus: 8 },
  changed_since: { class: 'permanent', httpStatus: 412, grpcStatus: 10 },
  body_too_large: { class: 'permanent', httpStatus: 413, grpcStatus: 8 },
  unsupported_media_type: { class: 'permanent', httpStatus: 415, grpcStatus: 3 },
  internal: { class: 'permanent', httpStatus: 500, grpcStatus: 13 },
  queue_full: { class: 'retryable', httpStatus: 429, grpcStatus: 14 },
  overloaded: { class: 'retryable', httpStatus: 429, grpcStatus: 14 },
  shutting_down: { class: 'retryable', httpStatus: 503, grpcStatus: 14 },
  storage_unavailable: { class: 'retryable', httpStatus: 503, grpcStatus: 14 },
  deadline_exceeded: { class: 'retryable', httpStatus: 504, grpcStatus: 14 },
} as const;
export type ErrorCode = keyof typeof ERRORS;

export interface ThreadlineErrorOptions {
  readonly cause?: unknown;
  /** When to try again, for retryable codes. */
  readonly retryAfterMillis?: number;
  /** The request parameter or setting that is wrong, and where in it (UTF-16 units). */
  readonly field?: string;
  readonly position?: number;
  readonly expected?: readonly string[];
}

/** The one error class of the collector. The message says what, where and what to do; never a payload or a secret. */
export class ThreadlineError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMillis: number | undefined;
  readonly field: string | undefined;
  readonly position: number | undefined;
  readonly expected: readonly string[] | undefined;

  constructor(code: ErrorCode, message: string, options: ThreadlineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ThreadlineError';
    this.code = code;
    this.retryAfterMillis = options.retryAfterMillis;
    this.field = options.field;
    this.position = options.position;
    this.expected = options.expected;
  }
}

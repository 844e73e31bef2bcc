import type { ErrorAnswer } from '@threadline/collector/api';

/** Codes that the UI gives itself, beside the collector's own. */
export const UNREACHABLE = 'unreachable';
export const UNEXPECTED_ANSWER = 'unexpected_answer';
export const BROKEN_OFF = 'broken_off';

interface ApiErrorDetails {
  readonly code: string;
  /** 0 when there was no answer, or not all of it. */
  readonly status: number;
  /** Method and path, without the reader's values. */
  readonly request: string;
  readonly field?: string;
  readonly position?: number;
  readonly expected?: readonly string[];
  readonly cause?: unknown;
}

/** Why a request has no answer to show. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly request: string;
  readonly field: string | undefined;
  readonly position: number | undefined;
  readonly expected: readonly string[];

  constructor(message: string, details: ApiErrorDetails) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.code = details.code;
    this.status = details.status;
    this.request = details.request;
    this.field = details.field;
    this.position = details.position;
    this.expected = details.expected ?? [];
  }

  /** Asking again may help: the network, a collector that starts or is full. */
  get isRetryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** The error of a 4xx or 5xx; a body that is not the collector's (a proxy's page) is named as such. */
export function parseErrorAnswer(body: unknown, { status, request }: { readonly status: number; readonly request: string }): ApiError {
  if (!isErrorAnswer(body)) return new ApiError('', { code: UNEXPECTED_ANSWER, status, request });
  const { code, message, ...place } = body.error;
  return new ApiError(message, { code, status, request, ...place });
}

function isErrorAnswer(body: unknown): body is ErrorAnswer {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return false;
  return typeof error.code === 'string' && typeof error.message === 'string';
}

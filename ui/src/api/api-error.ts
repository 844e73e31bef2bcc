import type { ErrorAnswer } from '@threadline/collector/api';
import type { QueryProblem } from '../logic/query-problem.ts';

/** Codes that the UI gives itself, beside the collector's own. */
export const UNREACHABLE = 'unreachable';
export const UNEXPECTED_ANSWER = 'unexpected_answer';
export const BROKEN_OFF = 'broken_off';
/** The collector's, of a read that took too long. */
const DEADLINE_EXCEEDED = 'deadline_exceeded';

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

  /** Asking again may help: the network, a collector that starts or is full. What took too long would take too long again, and twice as long to be told. */
  get isRetryable(): boolean {
    if (this.code === DEADLINE_EXCEEDED) return false;
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

/** What the collector finds wrong in the text of a query; what has no place in it is no fault of the text. */
export function queryErrorOf(error: unknown): QueryProblem | undefined {
  if (!(error instanceof ApiError) || error.field !== 'query' || error.position === undefined) return undefined;
  const { message, expected, position } = error;
  return { message, expected, position };
}

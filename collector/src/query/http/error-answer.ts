import { QuerySyntaxError } from '@threadline/query-language';
import type { ErrorAnswer } from '../../api/index.ts';
import { ERRORS, ThreadlineError } from '../../errors.ts';

/** An error as it leaves: its status, its body and when to try again. */
export interface HttpError {
  readonly status: number;
  readonly body: ErrorAnswer;
  readonly retryAfterSeconds?: number;
}

/**
 * The answer to whatever a handler threw. Only the collector's own errors speak for themselves; Express's keep their status
 * (a path that is not valid percent-encoding: 400), and anything else is `internal` and says nothing of its cause.
 */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof ThreadlineError) return fromThreadlineError(error);
  if (error instanceof QuerySyntaxError) return fromThreadlineError(atField(error, 'query'));
  if (error instanceof URIError)
    return fromThreadlineError(new ThreadlineError('invalid_argument', 'The path is not valid percent-encoding.'));
  return fromThreadlineError(new ThreadlineError('internal', 'The collector failed on this request; its log has the cause.'));
}

/** A fault of the collector or its storage, which its operator wants to know of, and not of the request. */
export function isServerFault(status: number): boolean {
  return status >= 500;
}

/** What the parser found wrong in one parameter, with the parser's own code in `ErrorAnswer.error.code`. */
export class ParameterSyntaxError extends ThreadlineError {
  readonly syntaxCode: string;

  constructor(error: QuerySyntaxError, field: string) {
    super('invalid_query', `${error.message} (parameter "${field}", position ${error.position}).`, {
      cause: error,
      field,
      position: error.position,
      expected: error.expected,
    });
    this.syntaxCode = error.code;
  }
}

/** Names the parameter that the text was. */
export function atField(error: QuerySyntaxError, field: string): ParameterSyntaxError {
  return new ParameterSyntaxError(error, field);
}

function fromThreadlineError(error: ThreadlineError): HttpError {
  const { field, position, expected, retryAfterMillis } = error;
  return {
    status: ERRORS[error.code].httpStatus,
    body: {
      error: {
        code: error instanceof ParameterSyntaxError ? error.syntaxCode : error.code,
        message: error.message,
        ...(field === undefined ? {} : { field }),
        ...(position === undefined ? {} : { position }),
        ...(expected === undefined || expected.length === 0 ? {} : { expected: [...expected] }),
      },
    },
    ...(retryAfterMillis === undefined ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMillis / 1_000)) }),
  };
}

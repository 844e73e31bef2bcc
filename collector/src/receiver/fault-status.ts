import { ERRORS, ThreadlineError } from '../errors.ts';
import type { RpcStatus } from '../otlp/encode-response.ts';

/** A fault as both doors answer it. */
export interface FaultStatus {
  readonly httpStatus: number;
  readonly rpc: RpcStatus;
  /** Not the sender's doing and no word of ours: for the collector's own log. */
  readonly isUnexpected: boolean;
}

/** Of a retryable fault that does not say when. */
const DEFAULT_RETRY_MILLIS = 1_000;

/** Maps whatever was thrown to what the sender is told. Only our own messages are shown; anything else is "internal error". */
export function faultStatus(error: unknown): FaultStatus {
  if (error instanceof ThreadlineError) {
    const row = ERRORS[error.code];
    const retry = row.class === 'retryable' ? { retryAfterMillis: error.retryAfterMillis ?? DEFAULT_RETRY_MILLIS } : {};
    return {
      httpStatus: row.httpStatus,
      rpc: { code: row.grpcStatus, message: error.message, ...retry },
      isUnexpected: error.code === 'internal',
    };
  }
  const httpStatus = clientErrorStatus(error);
  if (httpStatus !== undefined) {
    return {
      httpStatus,
      rpc: { code: ERRORS.invalid_argument.grpcStatus, message: 'the request cannot be read as HTTP' },
      isUnexpected: false,
    };
  }
  return { httpStatus: 500, rpc: { code: ERRORS.internal.grpcStatus, message: 'internal error' }, isUnexpected: true };
}

/** Express and its parts mark what is the client's fault with a status, as for a path that cannot be decoded. */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  return error.status >= 400 && error.status < 500 ? error.status : undefined;
}

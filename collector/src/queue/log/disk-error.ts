import { ThreadlineError } from '../../errors.ts';

/** When a sender may try again after the disk refused: about as long as it takes to make room or to rotate. */
const DISK_RETRY_MILLIS = 5_000;

/** A fault of the log's disk as `storage_unavailable`, with what to do. */
export function diskError(directory: string, cause: unknown): ThreadlineError {
  const code = codeOf(cause);
  const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full: make room' : `the disk refuses (${code})`;
  return new ThreadlineError('storage_unavailable', `nothing can be kept in ${directory} now: ${what}; senders keep their batches`, {
    cause,
    retryAfterMillis: DISK_RETRY_MILLIS,
  });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

import { ThreadlineError } from '../../errors.ts';
import { codeOf, isNoRoom } from '../../files/error-code.ts';

/** When a sender may try again after the disk refused: about as long as it takes to make room or to rotate. */
const DISK_RETRY_MILLIS = 5_000;

/** A fault of the log's disk in the operator's words. */
export function diskError(directory: string, cause: unknown): ThreadlineError {
  return new ThreadlineError(
    'storage_unavailable',
    `nothing can be kept in ${directory} now: ${whatIsWrong(codeOf(cause))}; senders keep their batches`,
    { cause, retryAfterMillis: DISK_RETRY_MILLIS },
  );
}

function whatIsWrong(code: string): string {
  if (isNoRoom(code)) return 'the disk is full: make room';
  if (code === 'ENOENT') return 'it, or a file in it, was removed or moved while in use: put it back, or restart the collector';
  return `the disk refuses (${code})`;
}

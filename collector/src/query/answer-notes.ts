import type { AnswerNotes } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import type { PartialRead } from '../storage/storage.ts';

/** The fields that every answer may carry: absent where there is nothing to say. */
export function answerNotes(notes: { readonly partial?: PartialRead | undefined; readonly warnings?: readonly string[] }): AnswerNotes {
  const { partial, warnings = [] } = notes;
  return {
    ...(partial === undefined ? {} : { partial: { searchedFrom: partial.searchedFromNanos.toString(), reason: partial.reason } }),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
  };
}

/** Of a log that is read again after a restart that is some millions of records; whoever exports has time, and proxies wait about so long. */
const WHOLE_WAIT_MILLIS = 60_000;
const WHOLE_RETRY_MILLIS = 10_000;
const NOT_WHOLE =
  'Not all that was acknowledged before is in the storage yet, and an export without it would not be whole: try again once it is there; /api/v1/status says how much waits.';
const NOT_DELIVERED = 'Not all that was acknowledged before is in the storage yet: it is on its way, and not in this answer.';

/** As `QueryServerOptions` has it. */
type Delivered = ((withinMillis?: number) => Promise<boolean>) | undefined;

/** Waits for what was acknowledged a moment ago, for long where `withinMillis` says so; gives what answers are to say where it is not in the storage then. */
export async function deliveryWarnings(delivered: Delivered, withinMillis?: number): Promise<readonly string[]> {
  return delivered === undefined || (await delivered(withinMillis)) ? [] : [NOT_DELIVERED];
}

/**
 * Throws a retryable `storage_unavailable` where what was acknowledged before is not in the storage within a minute: for answers that are the whole or an
 * error. Rejects with the signal's reason as soon as it aborts.
 */
export async function requireDelivery(delivered: Delivered, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (delivered === undefined) return;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  if (await Promise.race([delivered(WHOLE_WAIT_MILLIS), aborted])) return;
  throw new ThreadlineError('storage_unavailable', NOT_WHOLE, { retryAfterMillis: WHOLE_RETRY_MILLIS });
}

/** What was looked for and not found may be what is not in the storage yet. Any other error is given as it is. */
export function withDeliveryNote(error: unknown, warnings: readonly string[]): unknown {
  if (warnings.length === 0 || !(error instanceof ThreadlineError) || error.code !== 'not_found') return error;
  return new ThreadlineError('not_found', `${error.message.replace(/\.?$/, '.')} ${warnings.join(' ')}`, {
    cause: error,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.expected === undefined ? {} : { expected: error.expected }),
  });
}

/** For an object literal: the cursor where there is one. */
export function withCursor(nextCursor: string | undefined): { nextCursor?: string } {
  return nextCursor === undefined ? {} : { nextCursor };
}

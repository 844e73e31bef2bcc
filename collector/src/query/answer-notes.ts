import type { AnswerNotes } from '../api/index.ts';
import type { PartialRead } from '../storage/storage.ts';

/** The fields that every answer may carry: absent where there is nothing to say. */
export function answerNotes(notes: { readonly partial?: PartialRead | undefined; readonly warnings?: readonly string[] }): AnswerNotes {
  const { partial, warnings = [] } = notes;
  return {
    ...(partial === undefined ? {} : { partial: { searchedFrom: partial.searchedFromNanos.toString(), reason: partial.reason } }),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
  };
}

const NOT_DELIVERED = 'Not all that was acknowledged before is in the storage yet: it is on its way, and not in this answer.';

/** Waits for what was acknowledged a moment ago; gives what answers are to say where it is not in the storage then. */
export async function deliveryWarnings(delivered: (() => Promise<boolean>) | undefined): Promise<readonly string[]> {
  return delivered === undefined || (await delivered()) ? [] : [NOT_DELIVERED];
}

/** For an object literal: the cursor where there is one. */
export function withCursor(nextCursor: string | undefined): { nextCursor?: string } {
  return nextCursor === undefined ? {} : { nextCursor };
}

import type { ServerResponse } from 'node:http';
import { ThreadlineError } from '../errors.ts';
import type { ReadContext } from '../storage/storage.ts';

/** The one tenant until there are more. */
export const DEFAULT_TENANT = 'default';
/** Longer than any read that a person waits for; a storage that can answers with what it has by then. */
const READ_DEADLINE_MILLIS = 30_000;
/** What a storage gets on top to come back by itself, before its read is aborted. */
const DEADLINE_GRACE_MILLIS = 2_000;

/** The reason of an abort because nobody waits for the answer any more. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/**
 * Runs one request's reads with a deadline and a signal that aborts when the client goes away (`ClientGoneError`) or the deadline is
 * well past (`deadline_exceeded`). Rejects with the abort's reason as soon as it aborts, even where a storage does not listen.
 */
export async function withReadContext<T>(response: ServerResponse, read: (context: ReadContext) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new ThreadlineError('deadline_exceeded', `The storage did not answer within ${READ_DEADLINE_MILLIS / 1_000} s. Try a smaller range.`),
    );
  }, READ_DEADLINE_MILLIS + DEADLINE_GRACE_MILLIS);
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const onClose = (): void => controller.abort(new ClientGoneError('The client went away before the answer.'));
  response.once('close', onClose);
  if (response.closed) onClose();
  try {
    const context = { tenant: DEFAULT_TENANT, deadline: performance.now() + READ_DEADLINE_MILLIS, signal: controller.signal };
    return await Promise.race([read(context), aborted]);
  } catch (error) {
    // A storage's own words for "aborted" say less than the reason.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    response.off('close', onClose);
  }
}

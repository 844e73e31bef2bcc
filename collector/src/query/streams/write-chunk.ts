import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ClientGoneError } from '../read-context.ts';

/** Who takes nothing for this long is not reading any more. */
const STALLED_MILLIS = 60_000;

/** Writes, and resolves when the client has room for more: no more of an answer is in memory than one chunk and what a socket holds. */
export async function writeChunk(response: ServerResponse, chunk: string | Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (response.write(chunk)) return;
  const stalled = new AbortController();
  const timer = setTimeout(
    () => stalled.abort(new ClientGoneError(`The client read nothing for ${STALLED_MILLIS / 1_000} s.`)),
    STALLED_MILLIS,
  );
  try {
    await once(response, 'drain', { signal: AbortSignal.any([signal, stalled.signal]) });
  } catch (error) {
    throw signal.aborted ? signal.reason : stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

import type { ServerResponse } from 'node:http';
import { ThreadlineError } from '../../errors.ts';
import type { Storage } from '../../storage/storage.ts';
import type { RouteInput } from '../api-route.ts';
import type { ParameterNames } from '../parameters/parameters.ts';
import { ClientGoneError } from '../read-context.ts';

export interface StreamInput extends RouteInput {
  /** Where the client's last stream ended (`last-event-id`). */
  readonly lastEventId: string | undefined;
}

export interface StreamReader {
  readonly storage: Storage;
  /** For a person, where the answer has a place for it: what is not in it that was acknowledged before. Empty for one that is whole. */
  readonly warnings: readonly string[];
  /** Aborted when the client goes away (`ClientGoneError`) and when the server closes (`shutting_down`). */
  readonly signal: AbortSignal;
}

/** An endpoint whose answer is written bit by bit, for as long as the client reads it. */
export interface StreamRoute {
  readonly path: string;
  readonly names: ParameterNames;
  /** It does not wait for what was acknowledged a moment ago. */
  readonly isImmediate: boolean;
  /** Its answer is whole or an error. Absent: it has a place for warnings. */
  readonly isWhole?: (input: StreamInput) => boolean;
  contentTypeOf(input: StreamInput): string;
  /**
   * Throws `ThreadlineError` for what is wrong with the request. Gives what writes the answer: what that throws before it has written anything is answered
   * as any error; afterwards the connection is cut, so that nobody takes the half for the whole.
   */
  prepare(input: StreamInput, storage: Storage): (response: ServerResponse, reader: StreamReader) => Promise<void>;
}

/** Runs what writes an answer with a signal that ends with the client or the server. */
export async function withStreamSignal(
  response: ServerResponse,
  closing: AbortSignal,
  write: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const client = new AbortController();
  const onClose = (): void => client.abort(new ClientGoneError('The client went away before the end.'));
  response.once('close', onClose);
  if (response.closed) onClose();
  const signal = AbortSignal.any([client.signal, closing]);
  try {
    await write(signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    response.off('close', onClose);
  }
}

/** The reason of the server's `closing` signal. */
export function serverCloses(): ThreadlineError {
  return new ThreadlineError('shutting_down', 'The collector is shutting down: come back when it is up again.', {
    retryAfterMillis: 5_000,
  });
}

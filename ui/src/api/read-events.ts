import { EventParser, type ServerEvent } from '../logic/event-parser.ts';
import { ApiError, UNREACHABLE } from './api-error.ts';
import { openStream, type Parameters } from './request-json.ts';

export interface EventSubscription {
  readonly parameters: Parameters;
  /** Where an earlier connection ended; undefined for the first. */
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal;
  /** With what the next connection has to name. */
  readonly onEvent: (event: ServerEvent, lastEventId: string | undefined) => void;
}

/**
 * One connection to a stream of events. Resolves when the collector ends it, rejects with an ApiError, or with the signal's reason. By `fetch` and not
 * EventSource, which can send no key and tells nothing of an answer that is an error.
 */
export async function readEvents(path: string, { parameters, lastEventId, signal, onEvent }: EventSubscription): Promise<void> {
  const headers = { accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
  const { body, request } = await openStream(path, { parameters, headers, signal });
  const parser = new EventParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      for (const event of parser.push(piece.value)) onEvent(event, parser.lastEventId);
    }
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError('', { code: UNREACHABLE, status: 0, request, cause });
  }
}

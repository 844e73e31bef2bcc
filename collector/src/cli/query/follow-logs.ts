import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord, LogTailArrivals, LogTailStart } from '../../api/index.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../command.ts';

const FIRST_RETRY_MILLIS = 500;
const MAX_RETRY_MILLIS = 10_000;

export interface FollowOptions {
  readonly query: string;
  readonly signal: AbortSignal;
  readonly onRecords: (records: readonly LogRecord[]) => Promise<void>;
  /** Told in one line what was missed, or that the connection is lost and back. */
  readonly onNote: (note: string) => Promise<void>;
}

/** Hands on matching records as they arrive, until the signal. A lost connection is opened again where it was, or a note says that it could not be; what is wrong with the query is thrown. */
export async function followLogs(client: ApiClient, options: FollowOptions): Promise<void> {
  const { query, signal, onNote } = options;
  let lastId: string | undefined;
  let retryMillis = FIRST_RETRY_MILLIS;
  let hasBeenOpen = false;
  while (!signal.aborted) {
    try {
      const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
      const response = await client.open('/api/v1/logs/tail', {
        parameters: { query: query || undefined },
        headers,
        mediaType: 'text/event-stream',
      });
      if (hasBeenOpen) await onNote('connected again');
      hasBeenOpen = true;
      retryMillis = FIRST_RETRY_MILLIS;
      for await (const event of eventsOf(response)) {
        await handle(event, { ...options, isResumption: lastId !== undefined });
        lastId = event.id ?? lastId;
      }
      if (!signal.aborted) await onNote('the collector ended the connection; it is opened again');
    } catch (error) {
      if (signal.aborted) return;
      // The first try says what is wrong; later ones wait for the collector to come back.
      if (!hasBeenOpen) throw error;
      await onNote(`the connection is lost and is tried again: ${error instanceof CliError ? error.message : 'it broke off'}`);
    }
    await sleep(retryMillis, undefined, { signal }).catch(() => undefined);
    retryMillis = Math.min(retryMillis * 2, MAX_RETRY_MILLIS);
  }
}

type HandleOptions = FollowOptions & { readonly isResumption: boolean };

async function handle({ event, data }: ServerEvent, { onRecords, onNote, isResumption }: HandleOptions): Promise<void> {
  if (event === 'start') {
    const { resumed }: LogTailStart = JSON.parse(data);
    if (isResumption && !resumed) await onNote('what came since the connection was lost is not shown: the collector has started anew');
    return;
  }
  if (event !== 'arrivals') return;
  const { records, skipped, unread }: LogTailArrivals = JSON.parse(data);
  if (skipped > 0) await onNote(`${skipped} more match and came too fast to be shown`);
  if (unread > 0) await onNote(`${unread} came too fast to be looked at`);
  await onRecords(records);
}

interface ServerEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Server-sent events as the collector writes them: one line of data each (HTML Living Standard, 9.2). */
async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
      );
      text = text.slice(end + 2);
      yield { event: fields.get('event') ?? '', id: fields.get('id'), data: fields.get('data') ?? '' };
    }
  }
}

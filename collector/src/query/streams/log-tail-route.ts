import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryNode } from '@threadline/query-language';
import type { LogRecord, LogTailArrivals, LogTailStart } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { ArrivalPage, LogArrivals } from '../../storage/log-arrivals.ts';
import { toHttpError } from '../http/error-answer.ts';
import { parseWholeNumber } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { asksForField, withoutOwnEvents } from '../query-nodes.ts';
import { ClientGoneError, DEFAULT_TENANT } from '../read-context.ts';
import { shortenBody } from '../shorten-body.ts';
import { EVENT_STREAM, EventStream } from './event-stream.ts';
import type { StreamRoute } from './stream-route.ts';

/** Each costs a look at every arriving record, or a search, twice a second. */
const MAX_TAILS = 20;
/** Often enough to look live; what arrives in between is one event. */
const LOOK_MILLIS = 500;
/** One look at what has arrived. */
const LOOK_DEADLINE_MILLIS = 10_000;
/** A tail that found no room is asked to try again after this long. */
const RETRY_AFTER_MILLIS = 5_000;
const DEFAULT_RECORDS = 200;
const MAX_RECORDS = 1_000;
/** Of one event: a record can be a megabyte. The newest are sent, and at least one. */
const MAX_EVENT_CHARACTERS = 2 * 1024 * 1024;

/** Matching logs as they arrive, as server-sent events. */
export function createLogTailRoute(arrivals: LogArrivals): StreamRoute {
  let openTails = 0;
  return {
    path: '/api/v1/logs/tail',
    names: { single: ['query', 'limit'] },
    isImmediate: true,
    contentTypeOf: () => EVENT_STREAM,
    prepare({ parameters, lastEventId }, { capabilities }) {
      const { query, warnings } = parseQueryParameter(parameters, 'logs', capabilities);
      if (asksForField(query, 'pattern')) throw unsupportedPattern();
      const limit = parseWholeNumber(parameters, 'limit', { min: 1, max: MAX_RECORDS, fallback: DEFAULT_RECORDS });
      const request = Object.freeze({ query: withoutOwnEvents(query), warnings, limit, after: lastEventId });
      return async (response, { signal }) => {
        if (openTails >= MAX_TAILS) throw tooManyTails();
        openTails += 1;
        try {
          await tail(arrivals, request, { response, signal });
        } finally {
          openTails -= 1;
        }
      };
    },
  };
}

interface TailRequest {
  readonly query: QueryNode;
  readonly warnings: readonly string[];
  readonly limit: number;
  readonly after: string | undefined;
}

async function tail(
  arrivals: LogArrivals,
  { query, warnings, limit, after }: TailRequest,
  { response, signal }: { readonly response: ServerResponse; readonly signal: AbortSignal },
): Promise<void> {
  const look = (position: string | undefined): Promise<ArrivalPage> =>
    arrivals.read(
      { query, after: position, limit },
      { tenant: DEFAULT_TENANT, deadline: performance.now() + LOOK_DEADLINE_MILLIS, signal },
    );
  // What is wrong with the query or the storage is an answer, not a stream.
  let page = await look(after);
  const stream = new EventStream(response, signal);
  try {
    const start: LogTailStart = { resumed: after !== undefined && !page.isBroken, ...(warnings.length > 0 && { warnings: [...warnings] }) };
    // A client that leaves between the two events has not seen the second.
    await stream.open({ event: 'start', id: page.isBroken || after === undefined ? page.position : after, data: start });
    for (;;) {
      if (isWorthTelling(page)) await stream.send({ event: 'arrivals', id: page.position, data: toArrivals(page) });
      else await stream.keepAlive(page.position);
      await sleep(LOOK_MILLIS, undefined, { signal });
      page = await look(page.position);
    }
  } catch (error) {
    const reason = signal.aborted ? signal.reason : error;
    if (reason instanceof ClientGoneError) throw reason;
    stream.end({ event: 'failure', data: toHttpError(reason).body });
    if (!(reason instanceof ThreadlineError)) throw reason;
  }
}

function isWorthTelling({ records, skippedCount, unreadCount }: ArrivalPage): boolean {
  return records.length > 0 || skippedCount > 0 || unreadCount > 0;
}

function toArrivals({ records, skippedCount, unreadCount }: ArrivalPage): LogTailArrivals {
  const sent = newestThatFit(records);
  return { records: sent, skipped: skippedCount + records.length - sent.length, unread: unreadCount };
}

function newestThatFit(records: readonly LogRecord[]): LogRecord[] {
  const sent: LogRecord[] = [];
  let characters = 0;
  for (const record of records.toReversed()) {
    const shortened = shortenBody(record);
    characters += JSON.stringify(shortened).length;
    if (sent.length > 0 && characters > MAX_EVENT_CHARACTERS) break;
    sent.push(shortened);
  }
  return sent.reverse();
}

/** Which pattern a record is of is known once it is stored beside others. */
function unsupportedPattern(): ThreadlineError {
  return new ThreadlineError('unsupported_query', 'A live tail cannot look for a pattern: words of its messages can be looked for.', {
    field: 'query',
    position: 0,
    expected: ['a query without "pattern:"'],
  });
}

function tooManyTails(): ThreadlineError {
  return new ThreadlineError('overloaded', `${MAX_TAILS} live tails are open, and there may be no more: close one, or try again later.`, {
    retryAfterMillis: RETRY_AFTER_MILLIS,
  });
}

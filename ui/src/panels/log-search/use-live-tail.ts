import type { LogRecord, LogSearchAnswer, LogTailArrivals, LogTailStart } from '@threadline/collector/api';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { ApiError, parseErrorAnswer } from '../../api/api-error.ts';
import { readEvents } from '../../api/read-events.ts';
import { requestJson } from '../../api/request-json.ts';
import { addArrivals, addBacklog, type LiveRows, NO_LIVE_ROWS, showWaiting } from '../../logic/live-rows.ts';

/** How long a broken connection rests before the next try, doubled each time. */
const FIRST_RETRY_MILLIS = 1_000;
const MAX_RETRY_MILLIS = 15_000;
/** What stands below the live rows at first. */
const BACKLOG = { from: 'now-15m', limit: 100 };

export type TailConnection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** `isRefused`: trying again does not help before the reader changes something. */
  | { readonly state: 'lost'; readonly error: unknown; readonly isRefused: boolean };

export interface LiveTail {
  readonly live: LiveRows;
  readonly connection: TailConnection;
  readonly showNew: () => void;
  readonly reconnect: () => void;
}

type Action =
  | { readonly type: 'clear' }
  | { readonly type: 'start'; readonly isLater: boolean; readonly start: LogTailStart }
  | { readonly type: 'backlog'; readonly records: readonly LogRecord[] }
  | { readonly type: 'arrivals'; readonly arrivals: LogTailArrivals; readonly isHeld: boolean; readonly atMillis: number }
  | { readonly type: 'show' };

function reduce(live: LiveRows, action: Action): LiveRows {
  switch (action.type) {
    case 'clear':
      return NO_LIVE_ROWS;
    case 'start':
      return action.isLater && !action.start.resumed ? { ...live, hasGap: true } : live;
    case 'backlog':
      return addBacklog(live, action.records);
    case 'arrivals':
      return addArrivals(live, action.arrivals, action);
    case 'show':
      return showWaiting(live);
  }
}

/** Matching records as they arrive, while `isLive`; connects again by itself, and goes on where it was. `isHeld`: nothing that is drawn may move. */
export function useLiveTail(query: string, { isLive, isHeld }: { readonly isLive: boolean; readonly isHeld: boolean }): LiveTail {
  const [live, dispatch] = useReducer(reduce, NO_LIVE_ROWS);
  const [connection, setConnection] = useState<TailConnection>({ state: 'connecting' });
  const [attempt, setAttempt] = useState(0);
  const held = useRef(isHeld);
  held.current = isHeld;
  // Each attempt is a new connection.
  useEffect(() => {
    if (!isLive) return;
    const stop = new AbortController();
    void keepConnected({ query, signal: stop.signal, onConnection: setConnection, isHeld: () => held.current, dispatch });
    return () => {
      stop.abort();
      dispatch({ type: 'clear' });
    };
  }, [query, isLive, attempt]);
  return {
    live,
    connection,
    showNew: useCallback(() => dispatch({ type: 'show' }), []),
    reconnect: useCallback(() => setAttempt((count) => count + 1), []),
  };
}

interface TailOptions {
  readonly query: string;
  readonly signal: AbortSignal;
  readonly onConnection: (connection: TailConnection) => void;
  readonly isHeld: () => boolean;
  readonly dispatch: (action: Action) => void;
}

async function keepConnected({ query, signal, onConnection, isHeld, dispatch }: TailOptions): Promise<void> {
  let lastEventId: string | undefined;
  let hasBegun = false;
  let retryMillis = FIRST_RETRY_MILLIS;
  onConnection({ state: 'connecting' });
  while (!signal.aborted) {
    let failure: unknown;
    const onEvent = (event: { readonly event: string; readonly data: string }, id: string | undefined): void => {
      lastEventId = id ?? lastEventId;
      const data: unknown = JSON.parse(event.data);
      if (event.event === 'failure') failure = parseErrorAnswer(data, { status: RETRYABLE_STATUS, request: 'GET /api/v1/logs/tail' });
      if (event.event === 'arrivals')
        dispatch({ type: 'arrivals', arrivals: data as LogTailArrivals, isHeld: isHeld(), atMillis: Date.now() });
      if (event.event !== 'start') return;
      retryMillis = FIRST_RETRY_MILLIS;
      onConnection({ state: 'open' });
      dispatch({ type: 'start', isLater: hasBegun, start: data as LogTailStart });
      if (!hasBegun) void readBacklog(query, signal).then((records) => dispatch({ type: 'backlog', records }), ignored);
      hasBegun = true;
    };
    try {
      await readEvents('/logs/tail', { parameters: { query }, lastEventId, signal, onEvent });
    } catch (error) {
      failure = error;
    }
    if (signal.aborted) return;
    const isRefused = failure instanceof ApiError && !failure.isRetryable;
    onConnection({ state: 'lost', error: failure, isRefused });
    if (isRefused) return;
    await rest(retryMillis, signal);
    retryMillis = Math.min(retryMillis * 2, MAX_RETRY_MILLIS);
  }
}

/** What the tail's own words for a failure come without. */
const RETRYABLE_STATUS = 503;

async function readBacklog(query: string, signal: AbortSignal): Promise<readonly LogRecord[]> {
  const answer = await requestJson<LogSearchAnswer>('/logs', { query, from: BACKLOG.from, limit: BACKLOG.limit }, signal);
  return answer.records;
}

function rest(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function ignored(): void {
  // The rows above are whole without it, and the tail itself says what is wrong with the collector.
}

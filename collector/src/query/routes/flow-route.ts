import type { FlowAnswer } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { RowKey } from '../../model/record.ts';
import { compareRowKeys } from '../../model/row-key-order.ts';
import type { Row } from '../../storage/storage.ts';
import { answerNotes, withCursor } from '../answer-notes.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { type FlowContents, readFlowBreaks } from '../flow/flow-breaks.ts';
import { beginFlowReading, checkFlowReading, type NewFlowReading, withWindow } from '../flow/flow-reading.ts';
import type { FlowScope } from '../flow/flow-scope.ts';
import type { FlowWindow } from '../flow/flow-window.ts';
import { createHeldReadings } from '../flow/held-readings.ts';
import { pageLogs } from '../page-logs.ts';
import { invalidCursor } from '../parameters/cursor.ts';
import { keyOfPosition, keyOrNulls, type Paging, parsePaging } from '../parameters/paging.ts';
import { toStorageRange } from '../parameters/time-range.ts';
import { shortenBody } from '../shorten-body.ts';

const names = { single: ['from', 'to', 'limit', 'cursor'] };
/** Our SDK's are of 128 at the most; what other senders write is looked up as it is. A longer one would not fit into a line of a request. */
const MAX_CORRELATION_ID_CHARACTERS = 1_024;

/**
 * Everything of one correlation ID, paged by its spans in causal order, with its logs by time: at most `limit` of each on a page (on the
 * first page of a window also the records of messages that links joined). `unfinished`, `drops`, `breaks` and `unseen` are on the first page, the summary on each.
 */
export function createFlowRoute(): ApiRoute {
  const readings = createHeldReadings();
  return defineRoute({
    path: '/api/v1/flows/:correlationId',
    names,
    parse({ path, parameters, nowNanos }) {
      const correlationId = parseCorrelationId(path.correlationId ?? '');
      const paging = parsePaging(parameters, { endpoint: `/api/v1/flows/${correlationId}`, names, nowNanos });
      return { correlationId, paging, position: readPosition(paging) };
    },
    async answer({ correlationId, paging, position }, reader): Promise<FlowAnswer> {
      const request = { correlationId, range: toStorageRange(paging.range), episodeFromNanos: position.episodeFromNanos };
      const isFirstPage = paging.position === undefined;
      const held = isFirstPage ? undefined : await checkFlowReading(readings.find(request, reader.context), reader);
      const begun = held === undefined ? await beginFlowReading(request, reader) : undefined;
      const known = held ?? begun;
      if (known === undefined) {
        throw new ThreadlineError('not_found', 'Nothing carries this correlation ID in this range.', { field: 'correlationId' });
      }
      const reading = position.spansAreDone ? known : await withWindow(known, position.windowStart, reader);
      const { scope, summary, window, logQuery } = reading;
      const page = pageSpans(window, position, paging.limit);
      const untilNanos = latestStart(page.rows, page.next !== undefined);
      const [logs, { breaks, unseen }] = await Promise.all([
        pageLogs({ query: logQuery, range: scope.range, limit: paging.limit, after: position.log, untilNanos }, reader),
        isFirstPage && begun ? readFlowBreaks(contentsOf(begun), reader) : { breaks: [], unseen: [] },
      ]);
      const next = {
        ...(page.next ?? { windowStart: undefined, lastSpan: undefined }),
        log: logs.last,
        spansAreDone: page.next === undefined,
      };
      const hasMore = page.next !== undefined || logs.hasMore;
      const following = { ...request, episodeFromNanos: scope.episode?.fromNanos };
      if (hasMore) readings.hold(following, reading, reader.context);
      else readings.drop(following, reader.context);
      const startsWindow = position.lastSpan === undefined && !position.spansAreDone;
      return {
        summary,
        spans: recordsOf(page.rows),
        logs: [...logs.rows, ...(startsWindow ? window.messageLogs : [])]
          .sort((a, b) => compareRowKeys(a.key, b.key))
          .map(({ record }) => shortenBody(record)),
        unfinished: isFirstPage && begun ? begun.events.unfinished : [],
        drops: isFirstPage && begun ? begun.events.drops : [],
        breaks,
        unseen,
        ...withCursor(hasMore ? paging.nextCursor(positionOf(next, scope)) : undefined),
        ...answerNotes({
          partial: window.partial ?? logs.partial,
          warnings: [...scope.warnings, ...(position.spansAreDone ? [] : window.warnings), ...reading.warnings],
        }),
      };
    },
  });
}

function contentsOf({ scope, logQuery, window, events, missing }: NewFlowReading): FlowContents {
  const { unfinished, drops } = events;
  return { scope, logQuery, own: recordsOf(window.own), joined: recordsOf(window.joined), unfinished, drops, missing };
}

interface FlowPosition {
  readonly windowStart: RowKey | undefined;
  /** The last span of the window that was answered; undefined at its beginning. */
  readonly lastSpan: RowKey | undefined;
  readonly log: RowKey | undefined;
  readonly spansAreDone: boolean;
}

interface SpanPage {
  readonly rows: FlowWindow['ordered'];
  /** Undefined after the flow's last span. */
  readonly next: Pick<FlowPosition, 'windowStart' | 'lastSpan'> | undefined;
}

function parseCorrelationId(text: string): string {
  if (text.length <= MAX_CORRELATION_ID_CHARACTERS) return text;
  throw new ThreadlineError('invalid_argument', 'A correlation ID that is looked for has at most 1024 characters.', {
    field: 'correlationId',
    position: MAX_CORRELATION_ID_CHARACTERS,
    expected: ['1 to 1024 characters'],
  });
}

/** The next spans of the window's order. Spans that have arrived since and belong before the last one are not gone back to. */
function pageSpans({ ordered, nextStart }: FlowWindow, { windowStart, lastSpan, spansAreDone }: FlowPosition, limit: number): SpanPage {
  if (spansAreDone) return { rows: [], next: undefined };
  const start = lastSpan === undefined ? 0 : ordered.findIndex(({ key }) => key.id === lastSpan.id) + 1;
  const rows = ordered.slice(start, start + limit);
  const last = rows.at(-1)?.key;
  if (start + limit < ordered.length) return { rows, next: { windowStart, lastSpan: last } };
  return { rows, next: nextStart === undefined ? undefined : { windowStart: nextStart, lastSpan: undefined } };
}

/** Until when the logs of a page go: as far as its spans, or without an end when it has the last ones. */
function latestStart(rows: FlowWindow['ordered'], hasMore: boolean): bigint | undefined {
  if (!hasMore) return undefined;
  let latest = 0n;
  for (const { key } of rows) if (key.timeNanos > latest) latest = key.timeNanos;
  return latest;
}

function recordsOf<R>(rows: readonly Row<R>[]): R[] {
  return rows.map(({ record }) => record);
}

function positionOf({ windowStart, lastSpan, log, spansAreDone }: FlowPosition, { episode }: FlowScope): (string | null)[] {
  const episodeFrom = episode?.fromNanos.toString() ?? null;
  return [...keyOrNulls(windowStart), ...keyOrNulls(lastSpan), ...keyOrNulls(log), spansAreDone ? 'logs' : 'spans', episodeFrom];
}

function readPosition({ position }: Paging): FlowPosition & { readonly episodeFromNanos: bigint | undefined } {
  const episodeFrom = position?.[10];
  if (typeof episodeFrom === 'string' && !/^\d{1,30}$/.test(episodeFrom)) throw invalidCursor('has no episode in it');
  return {
    windowStart: keyOfPosition(position, 0),
    lastSpan: keyOfPosition(position, 3),
    log: keyOfPosition(position, 6),
    spansAreDone: position?.[9] === 'logs',
    episodeFromNanos: typeof episodeFrom === 'string' ? BigInt(episodeFrom) : undefined,
  };
}

import type { Span, TraceAnswer } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { RowKey } from '../../model/record.ts';
import type { RowPage } from '../../storage/storage.ts';
import { answerNotes, withCursor } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { pageLogs } from '../page-logs.ts';
import { keyOfPosition, keyOrNulls, type Paging, parsePaging } from '../parameters/paging.ts';
import { toStorageRange } from '../parameters/time-range.ts';
import { parseTraceId } from '../parameters/trace-id.ts';
import { equals, withoutOwnEvents } from '../query-nodes.ts';
import { type OwnEvents, readOwnEvents } from '../read-own-events.ts';
import { readSpans } from '../read-rows.ts';
import { shortenBody } from '../shorten-body.ts';
import { summarizeTrace } from '../summarize-trace.ts';

const names = { single: ['from', 'to', 'limit', 'cursor'] };

const NO_ROWS: RowPage<Span> = { rows: [], hasMore: false };
const NO_EVENTS: OwnEvents = { unfinished: [], drops: [], warnings: [] };

/**
 * One trace, paged by its spans, with its logs in the time between: at most `limit` of each on a page. `unfinished` and `drops` are on
 * the first page, the summary (of the whole trace) on each. A trace of which there is nothing at all is `not_found`.
 */
export const traceRoute = defineRoute({
  path: '/api/v1/traces/:traceId',
  names,
  parse({ path, parameters, nowNanos }) {
    const traceId = parseTraceId(path.traceId ?? '');
    const paging = parsePaging(parameters, { endpoint: `/api/v1/traces/${traceId}`, names, nowNanos });
    return { traceId, paging, position: readPosition(paging) };
  },
  async answer({ traceId, paging, position }, reader): Promise<TraceAnswer> {
    const query = equals('traceId', traceId);
    const range = toStorageRange(paging.range);
    const [spans, events] = await Promise.all([
      position.spansAreDone ? NO_ROWS : readSpans({ query, range, after: position.span, maxRows: paging.limit }, reader),
      paging.position === undefined ? readOwnEvents({ scope: query, range, traceIds: [traceId] }, reader) : NO_EVENTS,
    ]);
    const lastSpan = spans.rows.at(-1)?.key ?? position.span;
    const untilNanos = spans.hasMore ? lastSpan?.timeNanos : undefined;
    const [logs, summary] = await Promise.all([
      pageLogs({ query: withoutOwnEvents(query), range, limit: paging.limit, after: position.log, untilNanos }, reader),
      summarizeTrace(traceId, events.unfinished, reader),
    ]);
    if (summary === undefined) {
      throw new ThreadlineError('not_found', 'There is no span and no log record of this trace.', { field: 'traceId' });
    }
    const hasMore = spans.hasMore || logs.hasMore;
    const next = { span: lastSpan, log: logs.last, spansAreDone: !spans.hasMore };
    return {
      summary,
      spans: spans.rows.map(({ record }) => record),
      logs: logs.rows.map(({ record }) => shortenBody(record)),
      unfinished: events.unfinished,
      drops: events.drops,
      ...withCursor(hasMore ? paging.nextCursor(positionOf(next)) : undefined),
      ...answerNotes({ partial: spans.partial ?? logs.partial, warnings: events.warnings }),
    };
  },
});

interface TracePosition {
  readonly span: RowKey | undefined;
  readonly log: RowKey | undefined;
  readonly spansAreDone: boolean;
}

function positionOf({ span, log, spansAreDone }: TracePosition): (string | null)[] {
  return [...keyOrNulls(span), ...keyOrNulls(log), spansAreDone ? 'logs' : 'spans'];
}

function readPosition({ position }: Paging): TracePosition {
  return { span: keyOfPosition(position, 0), log: keyOfPosition(position, 3), spansAreDone: position?.[6] === 'logs' };
}

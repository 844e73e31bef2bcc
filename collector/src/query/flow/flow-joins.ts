import type { QueryNode } from '@threadline/query-language';
import { descendantsOf, isOneMessage, isOwnSpan } from '../../analysis/flow-membership.ts';
import { spanName } from '../../analysis/span-causes.ts';
import type { Span } from '../../api/index.ts';
import type { RowKey } from '../../model/record.ts';
import { compareRowKeys } from '../../model/row-key-order.ts';
import type { Row } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { and, anyOf, equals, exists, not, or } from '../query-nodes.ts';
import { chunksOf, readSpans } from '../read-rows.ts';
import type { FlowScope } from './flow-scope.ts';

/** Spans that one search along links reads: far more than a flow's messages, and a bound where a producer has thousands of readers. */
const MAX_JOINED_SPANS = 1_000;

export interface JoinedSpans {
  readonly rows: readonly Row<Span>[];
  /** Of `rows`, those whose records are the flow's too: single messages and what is below them. */
  readonly messages: readonly Span[];
  readonly warnings: readonly string[];
}

export interface JoinRequest {
  readonly scope: FlowScope;
  /** The window's own spans. */
  readonly own: readonly Row<Span>[];
  /** The last own span of the window before. */
  readonly after: RowKey | undefined;
}

/** A search and which of its spans are meant: storages know a link by its trace alone. */
interface LinkSearch {
  readonly query: QueryNode;
  readonly isMeant: (span: Span) => boolean;
}

/**
 * One hop along links, out (what own spans name) and in (what names own spans); a span that is joined brings no further links. A span that
 * belongs to several windows comes with the first.
 */
export async function readJoinedSpans({ scope, own, after }: JoinRequest, reader: Reader): Promise<JoinedSpans> {
  const names = new Set(own.map(({ record }) => spanName(record)));
  const linksIn = (span: Span): boolean => span.links?.some((link) => names.has(spanName(link))) ?? false;
  const found = new Map<string, Row<Span>>();
  let isCut = false;
  for (const { query, isMeant } of [...outgoingSearches(own), ...incomingSearches(own, linksIn)]) {
    const page = await readSpans({ query, range: scope.range, maxRows: MAX_JOINED_SPANS }, reader);
    isCut ||= page.hasMore;
    for (const row of page.rows) if (isMeant(row.record) && !isOwnSpan(row.record, scope)) found.set(row.record.id, row);
  }
  const tops: Row<Span>[] = [];
  for (const row of found.values()) {
    if (after === undefined || !(await belongsToEarlierWindow(row.record, { scope, after }, reader))) tops.push(row);
  }
  const messages = tops.map(({ record }) => record).filter((span) => linksIn(span) && isOneMessage(span));
  const below = await readBelow(messages, scope, reader);
  const rows = new Map([...tops, ...below].map((row) => [row.record.id, row]));
  return {
    rows: [...rows.values()],
    messages: [...messages, ...below.map(({ record }) => record)],
    warnings: isCut ? ['More spans are linked to this flow than are shown; the earliest are here.'] : [],
  };
}

/** For what own spans name and is not among them. */
function outgoingSearches(own: readonly Row<Span>[]): LinkSearch[] {
  const names = new Set(own.map(({ record }) => spanName(record)));
  const targets = new Map<string, { readonly traceId: string; readonly spanId: string }>();
  for (const link of own.flatMap(({ record }) => record.links ?? [])) {
    if (!names.has(spanName(link))) targets.set(spanName(link), link);
  }
  return chunksOf([...targets.values()]).map((chunk) => ({
    query: and(
      anyOf('traceId', distinct(chunk.map(({ traceId }) => traceId))),
      anyOf('spanId', distinct(chunk.map(({ spanId }) => spanId))),
    ),
    isMeant: (span) => targets.has(spanName(span)),
  }));
}

function incomingSearches(own: readonly Row<Span>[], linksIn: (span: Span) => boolean): LinkSearch[] {
  return chunksOf(distinct(own.map(({ record }) => record.traceId))).map((traceIds) => ({
    query: anyOf('link', traceIds),
    isMeant: linksIn,
  }));
}

/** Whether an own span of a window before this one names the span or is named by it: then it was answered with that. */
async function belongsToEarlierWindow(
  span: Span,
  { scope, after }: { readonly scope: FlowScope; readonly after: RowKey },
  reader: Reader,
): Promise<boolean> {
  const targets = new Set((span.links ?? []).map(spanName));
  const linked = distinct((span.links ?? []).map(({ spanId }) => spanId));
  const query = and(scope.query, or(anyOf('spanId', linked), equals('link', span.traceId)));
  const page = await readSpans({ query, range: scope.range, maxRows: MAX_JOINED_SPANS }, reader);
  const name = spanName(span);
  const first = page.rows.find(({ record }) => targets.has(spanName(record)) || record.links?.some((link) => spanName(link) === name));
  return first !== undefined && compareRowKeys(first.key, after) <= 0;
}

/** What happened below single messages that were joined: spans of their traces that carry no id. */
async function readBelow(messages: readonly Span[], scope: FlowScope, reader: Reader): Promise<Row<Span>[]> {
  const rows: Row<Span>[] = [];
  for (const traceIds of chunksOf(distinct(messages.map(({ traceId }) => traceId)))) {
    const query = and(anyOf('traceId', traceIds), not(exists('correlationId')));
    rows.push(...(await readSpans({ query, range: scope.range, maxRows: MAX_JOINED_SPANS }, reader)).rows);
  }
  const wanted = new Set(
    descendantsOf(
      messages,
      rows.map(({ record }) => record),
    ).map(({ id }) => id),
  );
  return rows.filter(({ record }) => wanted.has(record.id));
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

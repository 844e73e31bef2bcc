import { serviceOf } from '../../analysis/typed-attributes.ts';
import type { LinkedSpan, Span, TraceSpanAnswer } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { defineRoute, type Reader } from '../api-route.ts';
import { spanWithErrorGroups } from '../errors/with-error-groups.ts';
import { parseSpanId, parseTraceId } from '../parameters/trace-id.ts';
import { and, equals, or } from '../query-nodes.ts';
import { readLinkingSpans } from '../read-linking-spans.ts';
import { readSpans } from '../read-rows.ts';

const MAX_LINKED_FROM = 100;
/** Links of one span that are followed: a consumer of a batch may have a thousand. */
const MAX_LINKED_TO = 100;
/** Spans of one id that are given: two share one as a rule, as client and server of a call; more are mistakes. */
const MAX_OF_ONE_ID = 10;

/** One span as it was kept, what links to it and what it links to; of several with one id the first, and the others beside it. A span that is not there is `not_found`. */
export const traceSpanRoute = defineRoute({
  path: '/api/v1/traces/:traceId/spans/:spanId',
  names: { single: [] },
  hasNotes: false,
  parse: ({ path }) => ({ traceId: parseTraceId(path.traceId ?? ''), spanId: parseSpanId(path.spanId ?? '') }),
  async answer({ traceId, spanId }, reader): Promise<TraceSpanAnswer> {
    const query = and(equals('traceId', traceId), equals('spanId', spanId));
    const [spans, linkedFrom] = await Promise.all([
      readSpans({ query, maxRows: MAX_OF_ONE_ID }, reader),
      readLinkedFrom({ traceId, spanId }, reader),
    ]);
    const [span, ...sameId] = spans.rows.map(({ record }) => spanWithErrorGroups(record));
    if (span === undefined) throw new ThreadlineError('not_found', 'There is no such span in this trace.', { field: 'spanId' });
    return { span, ...(sameId.length > 0 && { sameId }), linkedFrom, linkedTo: await readLinkedTo([span, ...sameId], reader) };
  },
});

async function readLinkedFrom(
  { traceId, spanId }: { readonly traceId: string; readonly spanId: string },
  reader: Reader,
): Promise<LinkedSpan[]> {
  const spans = await readLinkingSpans(traceId, reader);
  return spans
    .filter((span: Span) => span.links?.some((link) => link.traceId === traceId && link.spanId === spanId) ?? false)
    .slice(0, MAX_LINKED_FROM)
    .map(linkedSpan);
}

async function readLinkedTo(spans: readonly Span[], reader: Reader): Promise<LinkedSpan[]> {
  const targets = new Map(
    spans.flatMap(({ links = [] }) => links.map(({ traceId, spanId }) => [`${traceId} ${spanId}`, { traceId, spanId }] as const)),
  );
  if (targets.size === 0) return [];
  const followed = [...targets.values()].slice(0, MAX_LINKED_TO);
  const query = or(...followed.map(({ traceId, spanId }) => and(equals('traceId', traceId), equals('spanId', spanId))));
  const { rows } = await readSpans({ query, maxRows: MAX_LINKED_TO * MAX_OF_ONE_ID }, reader);
  return rows.map(({ record }) => linkedSpan(record));
}

function linkedSpan(span: Span): LinkedSpan {
  const { traceId, spanId, name, startTimeUnixNano } = span;
  return { traceId, spanId, service: serviceOf(span), name, startTimeUnixNano };
}

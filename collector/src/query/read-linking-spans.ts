import type { Span } from '../api/index.ts';
import type { Reader } from './api-route.ts';
import { equals } from './query-nodes.ts';
import { readSpans } from './read-rows.ts';

/** More that link into one trace are not looked at. */
const MAX_LINKING_SPANS = 1_000;

/** The first spans by start that link to any span of the trace, of whatever trace they are. */
export async function readLinkingSpans(traceId: string, reader: Reader): Promise<Span[]> {
  const { rows } = await readSpans({ query: equals('link', traceId), maxRows: MAX_LINKING_SPANS }, reader);
  return rows.map(({ record }) => record);
}

/** Of each span of the trace that spans of others link to, how many do. */
export function countLinksInto(traceId: string, linking: readonly Span[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { traceId: from, links = [] } of linking) {
    if (from === traceId) continue;
    const spanIds = new Set(links.flatMap((link) => (link.traceId === traceId ? [link.spanId] : [])));
    for (const spanId of spanIds) counts.set(spanId, (counts.get(spanId) ?? 0) + 1);
  }
  return counts;
}

import type { Span, TraceSummary } from '../../api/index.ts';
import { attributesBytes, maxTextBytes } from '../../model/content-size.ts';
import type { RowKey } from '../../model/record.ts';
import type { TimeRange } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { toStorageRange } from '../parameters/time-range.ts';
import { anyOf } from '../query-nodes.ts';
import { MAX_IDS_PER_QUERY, readSpans } from '../read-rows.ts';

/** Spans of one answer: Jaeger UI and Grafana draw no more, and they have to fit into memory as JSON. */
const MAX_ANSWER_SPANS = 50_000;
/** What the attributes of one answer's spans may come to, by a bound from above: a hundred usual kilobytes a span would end the process. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
/** Spans that are read at a time; between them the bytes are counted. */
const PAGE_SPANS = 1_000;

export interface TraceSpans {
  readonly traceId: string;
  /** By start, then id. */
  readonly spans: readonly Span[];
  /** Why spans are missing. */
  readonly warnings: readonly string[];
}

export interface TracesRead {
  /** In the order of the summaries. */
  readonly traces: readonly TraceSpans[];
  /** Ids of traces for which the answer has no room. */
  readonly leftOut: readonly string[];
}

/**
 * All spans of the traces, as far as one answer may have. A trace is left out whole rather than shown in part; only where the first is too
 * much by itself, or the storage ran out of time, it is cut and says so.
 */
export async function readTraces(summaries: readonly TraceSummary[], reader: Reader): Promise<TracesRead> {
  const budget = { spans: MAX_ANSWER_SPANS, bytes: MAX_ANSWER_BYTES };
  const traces: TraceSpans[] = [];
  const leftOut: string[] = [];
  for (const chunk of chunksOfSpans(summaries)) {
    const isFirst = traces.length === 0;
    if (!isFirst && (budget.bytes <= 0 || countSpans(chunk) > budget.spans)) {
      leftOut.push(...chunk.map(({ traceId }) => traceId));
      continue;
    }
    const { spans, warnings } = await readChunk(chunk, budget, reader);
    const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
    for (const { traceId } of chunk) traces.push({ traceId, spans: byTrace.get(traceId) ?? [], warnings });
  }
  return { traces: traces.filter(({ spans }) => spans.length > 0), leftOut };
}

/** Neighbours whose spans come in one read, in order. */
function chunksOfSpans(summaries: readonly TraceSummary[]): TraceSummary[][] {
  const chunks: TraceSummary[][] = [];
  let room = 0;
  for (const summary of summaries) {
    const last = chunks.at(-1);
    if (last !== undefined && summary.spanCount <= room && last.length < MAX_IDS_PER_QUERY) last.push(summary);
    else {
      chunks.push([summary]);
      room = PAGE_SPANS;
    }
    room -= summary.spanCount;
  }
  return chunks;
}

function countSpans(summaries: readonly TraceSummary[]): number {
  return summaries.reduce((sum, { spanCount }) => sum + spanCount, 0);
}

/** From the first start to the last end of the traces: no span of theirs starts outside of it. */
function rangeOf(summaries: readonly TraceSummary[]): TimeRange {
  let fromNanos: bigint | undefined;
  let toNanos = 0n;
  for (const { startTimeUnixNano, durationNano } of summaries) {
    const start = BigInt(startTimeUnixNano);
    const end = start + BigInt(durationNano) + 1n;
    if (fromNanos === undefined || start < fromNanos) fromNanos = start;
    if (end > toNanos) toNanos = end;
  }
  return toStorageRange({ fromNanos: fromNanos ?? null, toNanos });
}

async function readChunk(
  summaries: readonly TraceSummary[],
  budget: { spans: number; bytes: number },
  reader: Reader,
): Promise<Pick<TraceSpans, 'spans' | 'warnings'>> {
  const query = anyOf(
    'traceId',
    summaries.map(({ traceId }) => traceId),
  );
  const range = rangeOf(summaries);
  const spans: Span[] = [];
  let after: RowKey | undefined;
  for (;;) {
    const page = await readSpans({ query, range, after, maxRows: Math.min(PAGE_SPANS, budget.spans) }, reader);
    for (const { record } of page.rows) {
      spans.push(record);
      budget.bytes -= spanBytes(record);
    }
    budget.spans -= page.rows.length;
    after = page.rows.at(-1)?.key;
    if (page.partial !== undefined) return { spans, warnings: [`Spans are missing: ${page.partial.reason}`] };
    if (!page.hasMore || after === undefined) return { spans, warnings: [] };
    if (budget.spans <= 0 || budget.bytes <= 0) {
      return { spans, warnings: [`Only the first ${spans.length} spans by start are here: one answer has no room for more.`] };
    }
  }
}

/** What may be large; the rest of a span is some hundred bytes. */
function spanBytes({ attributes, resource, events = [] }: Span): number {
  let bytes = attributesBytes(attributes, maxTextBytes) + attributesBytes(resource.attributes, maxTextBytes);
  for (const event of events) bytes += attributesBytes(event.attributes, maxTextBytes);
  return bytes;
}

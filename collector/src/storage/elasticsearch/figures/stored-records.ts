import type { QueryTarget } from '@threadline/query-language';
import { indexLog, indexSpan } from '../../../model/indexed-record.ts';
import { type IndexedRecord, isSpan } from '../../../model/record.ts';
import { countableSpan, sourceOfResource } from '../../figures/countable-span.ts';
import { CountedSpans, FigureCounter } from '../../figures/figure-counter.ts';
import { calledHost } from '../../figures/span-meaning.ts';
import type { CausingSpan, WaitingSpan } from '../../figures/waiting-span.ts';
import type { ReadContext } from '../../storage.ts';
import { FIGURE_BATCH_FIELD } from '../columns.ts';
import { ResponseTooLargeError } from '../connection.ts';
import { formatNanos } from '../nanosecond-time.ts';
import { rowSort } from '../row-search.ts';
import { inRange, logOf, RECORD_FIELD, type Search, spanOf } from '../search-requests.ts';
import { MAX_WAITING, type UnwrittenFigures } from './figure-batches.ts';
import { countedLog } from './request-logs.ts';

const PAGE_RECORDS = 5_000;
/** Span ids of one search; a few of other traces may have the same. */
const IDS_A_SEARCH = 2_000;
const MAX_HITS = 10_000;
const NANOS_A_MINUTE = 60_000_000_000n;
/** A cause began so long before what it caused at most: what was sent may wait. */
const CAUSE_NANOS = 24n * 60n * NANOS_A_MINUTE;

/**
 * Counts the figures of a batch from its records, which are all visible. At full load it has hundreds of thousands: each page has the time of a `contextOf` of its
 * own, so that it comes to an end.
 */
export async function recountBatch(search: Search, name: string, contextOf: () => ReadContext): Promise<Omit<UnwrittenFigures, 'name'>> {
  const counter = new FigureCounter({ heldSpans: MAX_WAITING, heldWaiting: MAX_WAITING });
  const counted = new CountedSpans({ maxWaiting: MAX_WAITING });
  const ofBatch = { term: { [FIGURE_BATCH_FIELD]: name } };
  const { tenant } = contextOf();
  for (const target of ['spans', 'logs'] as const) {
    for await (const record of recordsOf(search, { target, query: ofBatch }, contextOf)) {
      if (isSpan(record)) counter.add(countableSpan(tenant, record), counted);
      else counter.addLogs(sourceOfResource(tenant, record.record.resource), countedLog(record), counted);
    }
  }
  counted.close();
  return { figures: counted.set, waiting: counted.waitingSpans() };
}

/**
 * Who those are of that spans wait for, by their names: those that are known, and the others as far as Elasticsearch has them. At most so many names are looked
 * up, those of the newest spans.
 */
export async function findCauses(
  search: Search,
  { waiting, known, maxNames }: CausesQuestion,
  context: ReadContext,
): Promise<ReadonlyMap<string, CausingSpan>> {
  const causes = new Map(known);
  const newestFirst = waiting.toSorted((left, right) => right.minute - left.minute);
  const unknown = newestFirst.flatMap((span) => span.causes).filter((name) => !causes.has(name));
  const names = [...new Set(unknown)].slice(0, maxNames);
  if (names.length === 0) return causes;
  const range = {
    fromNanos: BigInt(newestFirst.at(-1)?.minute ?? 0) * NANOS_A_MINUTE - CAUSE_NANOS,
    toNanos: BigInt((newestFirst[0]?.minute ?? 0) + 1) * NANOS_A_MINUTE + CAUSE_NANOS,
  };
  const wanted = new Set(names);
  const ids = [...new Set(names.map((name) => name.slice(name.indexOf(' ') + 1)))];
  let size = IDS_A_SEARCH;
  for (let start = 0; start < ids.length; ) {
    const query = inRange(range, { terms: { spanId: ids.slice(start, start + size) } });
    try {
      const { hits } = await search('spans', { size: MAX_HITS, query, sort: ['_doc'], ...RECORD_FIELD }, context);
      for (const hit of hits.hits) {
        const span = spanOf(hit);
        const name = `${span.traceId} ${span.spanId}`;
        if (!wanted.has(name) || causes.has(name)) continue;
        const { source, meaning } = countableSpan(context.tenant, indexSpan(span)).alike;
        causes.set(name, { service: meaning.isHealthCheck ? '' : source.service, host: calledHost(meaning) });
      }
      start += size;
    } catch (error) {
      if (!(error instanceof ResponseTooLargeError) || size === 1) throw error;
      size = Math.ceil(size / 2);
    }
  }
  return causes;
}

interface CausesQuestion {
  readonly waiting: readonly WaitingSpan[];
  readonly known?: ReadonlyMap<string, CausingSpan>;
  readonly maxNames: number;
}

async function* recordsOf(
  search: Search,
  { target, query }: { readonly target: QueryTarget; readonly query: object },
  contextOf: () => ReadContext,
): AsyncGenerator<IndexedRecord> {
  let after: readonly unknown[] | undefined;
  for (let size = PAGE_RECORDS; ; ) {
    const body = { size, query, sort: rowSort('asc'), ...RECORD_FIELD, ...(after && { search_after: after }) };
    const answer = await search(target, body, contextOf()).catch((error: unknown) => {
      if (error instanceof ResponseTooLargeError && size > 1) return undefined;
      throw error;
    });
    if (!answer) {
      size = Math.ceil(size / 2);
      continue;
    }
    for (const hit of answer.hits.hits) {
      const record = target === 'spans' ? indexSpan(spanOf(hit)) : indexLog(logOf(hit));
      after = [formatNanos(record.timeNanos), String(record.sequence), record.id];
      yield record;
    }
    if (answer.hits.hits.length < size) return;
  }
}

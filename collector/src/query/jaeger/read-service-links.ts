import { type ServiceLink, ServiceLinkCounter } from '../../analysis/service-links.ts';
import { ThreadlineError } from '../../errors.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { RowKey } from '../../model/record.ts';
import type { TimeRange } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';

/** A picture of who calls whom is not waited for longer. */
const MAX_MILLIS = 10_000;
/** Whose names and services are held to find the parents: some 50 MB. */
const MAX_SPANS = 250_000;
/** Spans that one call of a storage reads: few enough to stop in time, many enough that finding where they begin is not most of the work. */
const PAGE_SPANS = 5_000;

export interface ServiceLinks {
  readonly links: readonly ServiceLink[];
  /** What was not looked at, for a person. */
  readonly warnings: readonly string[];
}

/**
 * Who calls whom, counted from the spans of the range, newest first: as far as ten seconds and 250,000 spans reach, and with a warning of
 * how far that was where they do not reach all.
 */
export async function readServiceLinks(range: TimeRange, { storage, context }: Reader): Promise<ServiceLinks> {
  const counter = new ServiceLinkCounter();
  const deadline = Math.min(context.deadline, performance.now() + MAX_MILLIS);
  const search = { query: { type: 'all' }, range, order: 'desc', limit: PAGE_SPANS } as const;
  let after: RowKey | undefined;
  for (let count = 0; ; ) {
    const page = await storage
      .searchSpans(after === undefined ? search : { ...search, after, range: upTo(after, range) }, { ...context, deadline })
      .catch((error: unknown) => {
        // What was counted until then is an answer.
        if (error instanceof ThreadlineError && error.code === 'deadline_exceeded' && after !== undefined) return undefined;
        throw error;
      });
    for (const { record } of page?.rows ?? []) counter.add(record);
    count += page?.rows.length ?? 0;
    after = page?.rows.at(-1)?.key ?? after;
    const isWhole = page?.hasMore === false && page.partial === undefined;
    if (isWhole) return { links: counter.links(), warnings: [] };
    const isOver = page === undefined || page.partial !== undefined || count >= MAX_SPANS || performance.now() >= deadline;
    if (isOver) return { links: counter.links(), warnings: [partialWarning(count, after)] };
  }
}

/** What is newer was read already: a storage need not look there again. */
function upTo({ timeNanos }: RowKey, range: TimeRange): TimeRange {
  return timeNanos < MAX_INDEX_TIME_NANOS ? { ...range, toNanos: timeNanos + 1n } : range;
}

function partialWarning(count: number, last: RowKey | undefined): string {
  const since = last === undefined ? '' : `, those since ${formatRfc3339(last.timeNanos)}`;
  return `Only the newest ${count} spans were counted${since}; a shorter lookback counts all of its own.`;
}

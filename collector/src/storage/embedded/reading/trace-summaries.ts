import type { TraceSummary } from '../../../api/index.ts';
import type { RowKey } from '../../../model/record.ts';
import { compareRowKeys } from '../../../model/row-key-order.ts';
import type { RowMask } from '../matching/row-mask.ts';
import { longAt } from '../parquet/decode-column.ts';
import { textOf } from './column-values.ts';
import type { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { idReader } from './top-rows.ts';
import { visitSpansOfTraces } from './trace-rows.ts';

/** What is known of a trace while its spans are gone through. */
interface TraceParts {
  /** The first root, else the first span, by (time, sequence, id). */
  head: { readonly key: RowKey; readonly isRoot: boolean; readonly page: Page; readonly row: number; readonly bounds: SpanBounds };
  start: bigint;
  end: bigint;
  readonly services: Map<string, { spanCount: number; errorCount: number }>;
}

/** Of each trace that has at least one span, in no order. */
export function summarizeTraces(scope: ReadScope, traceIds: readonly string[]): TraceSummary[] {
  const summaries = summariesOf(scope, traceIds);
  return [...new Set(traceIds)].flatMap((traceId) => summaries.summary(traceId) ?? []);
}

/** What all spans of the traces say of them. */
export function summariesOf(scope: ReadScope, traceIds: readonly string[]): TraceSummaries {
  const summaries = new TraceSummaries();
  visitSpansOfTraces(scope, traceIds, (page, rows) => summaries.add(page, rows));
  return summaries;
}

/** What the spans that are given say of their traces. */
export class TraceSummaries {
  readonly #traces = new Map<string, TraceParts>();

  add(page: Page, rows: RowMask): void {
    const add = spanAdder(this.#traces, page);
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) add(row);
  }

  summary(traceId: string): TraceSummary | undefined {
    const parts = this.#traces.get(traceId);
    return parts && summaryOf(traceId, parts);
  }
}

function spanAdder(traces: Map<string, TraceParts>, page: Page): (row: number) => void {
  const traceIds = page.texts('trace_id');
  const times = page.longs('time_nanos');
  const sequences = page.longs('sequence');
  const services = page.texts('service');
  const isRootAt = page.reader('is_root');
  const isErrorAt = page.reader('is_error');
  const idAt = idReader(page);
  const boundsAt = boundsReader(page);
  return (row) => {
    const traceId = textOf(traceIds, row);
    const bounds = boundsAt(row);
    const { start, end } = bounds;
    const isRoot = isRootAt(row) === 1;
    const key = { timeNanos: longAt(times, row), sequence: longAt(sequences, row), id: idAt(row) };
    let parts = traces.get(traceId);
    if (!parts) {
      parts = { head: { key, isRoot, page, row, bounds }, start, end, services: new Map() };
      traces.set(traceId, parts);
    }
    if (start < parts.start) parts.start = start;
    if (end > parts.end) parts.end = end;
    const isFirst = isRoot === parts.head.isRoot ? compareRowKeys(key, parts.head.key) < 0 : isRoot;
    if (isFirst) parts.head = { key, isRoot, page, row, bounds };
    const service = textOf(services, row);
    const counts = parts.services.get(service) ?? { spanCount: 0, errorCount: 0 };
    parts.services.set(service, counts);
    counts.spanCount += 1;
    if (isErrorAt(row) === 1) counts.errorCount += 1;
  };
}

/** When a span starts and ends, Unix nanoseconds. */
export interface SpanBounds {
  readonly start: bigint;
  readonly end: bigint;
}

/** As they were sent, where a row's time and duration are not that. */
export function boundsReader(page: Page): (row: number) => SpanBounds {
  const exact = page.texts('exact_bounds');
  const times = page.longs('time_nanos');
  const durations = page.longs('duration_nanos');
  return (row) => {
    const [start = '', end = ''] = textOf(exact, row).split('-');
    if (start !== '') return { start: BigInt(start), end: BigInt(end) };
    const time = longAt(times, row);
    return { start: time, end: time + longAt(durations, row) };
  };
}

function summaryOf(traceId: string, { head, start, end, services }: TraceParts): TraceSummary {
  const { page, row, isRoot, bounds } = head;
  const counts = [...services].map(([name, counted]) => ({ name, ...counted }));
  return {
    traceId,
    rootService: page.text('service', row),
    rootOperation: page.text('name', row),
    rootSpanId: page.text('span_id', row),
    rootStartTimeUnixNano: String(bounds.start),
    rootDurationNano: String(bounds.end - bounds.start),
    ...(isRoot ? {} : { rootMissing: true as const }),
    startTimeUnixNano: String(start),
    durationNano: String(end - start),
    spanCount: counts.reduce((sum, { spanCount }) => sum + spanCount, 0),
    errorCount: counts.reduce((sum, { errorCount }) => sum + errorCount, 0),
    services: counts.sort((left, right) => right.spanCount - left.spanCount || (left.name < right.name ? -1 : 1)),
  };
}

import type { LogRecord } from '@threadline/collector/api';
import { correlationIdOf, serviceOf } from './any-value.ts';
import { logNanos } from './causal-order.ts';
import { isErrorLevel, levelOf } from './level.ts';
import { addFilter } from './query-edit.ts';
import { queryProblem } from './query-problem.ts';
import type { TimeRange } from './time-range.ts';

/** What the loaded records say of one correlation ID; the flow itself may hold more. */
export interface RecentFlow {
  readonly correlationId: string;
  /** Of its latest loaded record, Unix nanoseconds. */
  readonly lastNanos: bigint;
  readonly recordCount: number;
  readonly errorCount: number;
  /** In the order in which they appear, oldest first. */
  readonly services: readonly string[];
  /** Of its oldest loaded record that has one. */
  readonly traceId: string | undefined;
}

/** Finds the records of a query that carry an ID. What is no query stays as it is: what is wrong with it is told at its place. */
export function flowRecordsQuery(query: string): string {
  return queryProblem(query, 'logs') === undefined ? addFilter(query, 'correlationId:*') : query;
}

/** The correlation IDs of records, the one with the latest record first. Records without one are left out, and those of one that cannot be asked for. */
export function recentFlows(records: readonly LogRecord[]): RecentFlow[] {
  const flows = new Map<string, Omit<Mutable<RecentFlow>, 'correlationId' | 'services'> & { services: Set<string> }>();
  const byTime = records.toSorted((left, right) => (logNanos(left) < logNanos(right) ? -1 : 1));
  for (const record of byTime) {
    const id = correlationIdOf(record);
    if (!hasFlow(id)) continue;
    const flow = flows.get(id) ?? { lastNanos: 0n, recordCount: 0, errorCount: 0, services: new Set<string>(), traceId: undefined };
    flow.lastNanos = logNanos(record);
    flow.recordCount += 1;
    flow.errorCount += isErrorLevel(levelOf(record)) ? 1 : 0;
    flow.services.add(serviceOf(record));
    flow.traceId ??= record.traceId;
    flows.set(id, flow);
  }
  return [...flows]
    .map(([correlationId, { services, ...rest }]) => ({ correlationId, ...rest, services: [...services] }))
    .toSorted((left, right) => (left.lastNanos > right.lastNanos ? -1 : 1));
}

/** So many flows are asked about together: their ids are in an address. */
const FLOWS_A_QUESTION = 100;

/** A request and what it left to do are as a rule as near to their last record. Without a range all that was ever kept would be looked through. */
const AROUND_MILLIS = 60 * 60_000;
const NANOS_A_MILLI = 1_000_000n;

/** Traces, and the range that they are looked for in. */
export interface TracesAsked {
  readonly traceIds: readonly string[];
  readonly range: TimeRange;
}

/** The traces that flows begin with, in parts that stay the same as more flows come after them. */
export function firstTraces(flows: readonly RecentFlow[]): TracesAsked[] {
  const parts: TracesAsked[] = [];
  for (let from = 0; from < flows.length; from += FLOWS_A_QUESTION) {
    const part = flows.slice(from, from + FLOWS_A_QUESTION).filter(({ traceId }) => traceId !== undefined);
    const times = part.map(({ lastNanos }) => Number(lastNanos / NANOS_A_MILLI));
    if (part.length === 0) continue;
    parts.push({
      traceIds: [...new Set(part.flatMap(({ traceId }) => traceId ?? []))].sort(),
      range: { fromMillis: Math.max(0, Math.min(...times) - AROUND_MILLIS), toMillis: Math.max(...times) + AROUND_MILLIS },
    });
  }
  return parts;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The collector looks for no longer ones. */
const MAX_ID_CHARACTERS = 1_024;

/** Whether the flow of a correlation ID can be asked for: of any that is not too long. A page's address leaves out dots that stand alone. */
export function hasFlow(correlationId: string): boolean {
  return correlationId !== '' && correlationId.length <= MAX_ID_CHARACTERS && !/^\.{1,2}$/.test(correlationId);
}

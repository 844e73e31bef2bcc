import type { LogRecord } from '@threadline/collector/api';
import { correlationIdOf, serviceOf } from './any-value.ts';
import { logNanos } from './causal-order.ts';
import { isErrorLevel, levelOf } from './level.ts';
import { addFilter } from './query-edit.ts';
import { queryProblem } from './query-problem.ts';

/** What the loaded records say of one correlation ID; the flow itself may hold more. */
export interface RecentFlow {
  readonly correlationId: string;
  /** Of its latest loaded record, Unix nanoseconds. */
  readonly lastNanos: bigint;
  readonly recordCount: number;
  readonly errorCount: number;
  /** In the order in which they appear, oldest first. */
  readonly services: readonly string[];
}

/** Finds the records of a query that carry an ID. What is no query stays as it is: what is wrong with it is told at its place. */
export function flowRecordsQuery(query: string): string {
  return queryProblem(query, 'logs') === undefined ? addFilter(query, 'correlationId:*') : query;
}

/** The correlation IDs of records, the one with the latest record first. Records without one are left out, and those of one that cannot be asked for. */
export function recentFlows(records: readonly LogRecord[]): RecentFlow[] {
  const flows = new Map<string, { lastNanos: bigint; recordCount: number; errorCount: number; services: Set<string> }>();
  const byTime = records.toSorted((left, right) => (logNanos(left) < logNanos(right) ? -1 : 1));
  for (const record of byTime) {
    const id = correlationIdOf(record);
    if (!hasFlow(id)) continue;
    const flow = flows.get(id) ?? { lastNanos: 0n, recordCount: 0, errorCount: 0, services: new Set<string>() };
    flow.lastNanos = logNanos(record);
    flow.recordCount += 1;
    flow.errorCount += isErrorLevel(levelOf(record)) ? 1 : 0;
    flow.services.add(serviceOf(record));
    flows.set(id, flow);
  }
  return [...flows]
    .map(([correlationId, { services, ...rest }]) => ({ correlationId, ...rest, services: [...services] }))
    .toSorted((left, right) => (left.lastNanos > right.lastNanos ? -1 : 1));
}

/** The collector looks for no longer ones. */
const MAX_ID_CHARACTERS = 1_024;

/** Whether the flow of a correlation ID can be asked for: of any that is not too long. A page's address leaves out dots that stand alone. */
export function hasFlow(correlationId: string): boolean {
  return correlationId !== '' && correlationId.length <= MAX_ID_CHARACTERS && !/^\.{1,2}$/.test(correlationId);
}

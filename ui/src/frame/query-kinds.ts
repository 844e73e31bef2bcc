import type { Query } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';

/** What helps and what nobody waits for: names to complete, which collector this is, how it fares, what is usual. */
const HELP: readonly unknown[] = [
  'savedSearches',
  'services',
  'operations',
  'health',
  'deployments',
  'environments',
  'traceClocks',
  'traceIds',
  'usualRanges',
];

/**
 * The reader waits for it: progress is shown, stop ends it. How the collector fares, and what else is read again by itself, is awaited only where there is
 * nothing of it yet.
 */
export function isAwaited({ queryKey, state, meta }: Query): boolean {
  const isRenewed = queryKey[0] === 'status' || meta?.isRenewed === true;
  return !HELP.includes(queryKey[0]) && (!isRenewed || state.data === undefined);
}

/** Of all that a page has asked for since an instant: nothing has come yet, some has, or all of it failed. */
export function outcomeOf(queries: readonly Query[], sinceMillis: number): 'waiting' | 'some' | 'none' {
  const asked = queries.filter((query) => query.isActive() && isAwaited(query));
  if (asked.some(({ state }) => state.dataUpdatedAt >= sinceMillis)) return 'some';
  if (asked.some(({ state }) => state.fetchStatus !== 'idle')) return 'waiting';
  return failureSince(queries, sinceMillis) === undefined ? 'waiting' : 'none';
}

/** Of what failed since an instant, one; also of parts that went back to what they had (`api/use-kept-range.ts`), whose questions nobody looks at now. */
export function failureSince(queries: readonly Query[], sinceMillis: number): Query | undefined {
  return queries.find((query) => isAwaited(query) && query.state.data === undefined && query.state.errorUpdatedAt >= sinceMillis);
}

/** What is shown was read before, and reading it again failed. A list whose next page failed says so at its end, and the status at its own. */
export function isStale(query: Query): boolean {
  const { queryKey, state } = query;
  if (state.status !== 'error' || state.data === undefined || !query.isActive()) return false;
  return queryKey[0] !== 'status' && !HELP.includes(queryKey[0]) && state.fetchMeta?.fetchMore === undefined;
}

/** What fails again and again though all is well is not asked for without an end. */
export const MAX_HEALINGS = 5;

/** Of a failure: another try may help. */
export function mayPass(error: unknown): boolean {
  return error instanceof ApiError && error.isRetryable;
}

/** There is nothing of it but a failure that may pass, from before the collector said that all is well. */
export function canHeal({ queryKey, state }: Query, wellAtMillis: number): boolean {
  const { data, error, fetchStatus, errorUpdatedAt, errorUpdateCount } = state;
  if (data !== undefined || fetchStatus !== 'idle' || HELP.includes(queryKey[0])) return false;
  return mayPass(error) && errorUpdatedAt < wellAtMillis && errorUpdateCount <= MAX_HEALINGS;
}

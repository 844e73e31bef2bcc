import type { ServiceState } from '../api/index.ts';

/** What a service's entries came to in a time. */
export interface StateFigures {
  readonly count: number;
  readonly errors: number;
  /** Absent where nothing was counted. */
  readonly p95Millis?: number;
}

/** Half of what it is asked for fails. */
const DOWN_ERRORS = 0.5;
const DEGRADED_ERRORS = 0.05;
/** One of twenty is slower than twice as slow as one of twenty was. */
const DEGRADED_SLOWNESS = 2;
/** Fewer say nothing of a rate or a percentile. */
const MIN_CALLS = 20;
/** Of so few, when all fail, it is down all the same. */
const MIN_FAILED = 3;

/** How a service fares by its last minutes, beside the time before them; what it was like then is what is usual. */
export function serviceState(recent: StateFigures, before: StateFigures): ServiceState {
  if (recent.count === 0) return 'silent';
  const errors = recent.errors / recent.count;
  if (errors >= DOWN_ERRORS && recent.errors >= MIN_FAILED) return 'down';
  if (recent.count < MIN_CALLS) return 'healthy';
  if (errors >= DEGRADED_ERRORS) return 'degraded';
  const { p95Millis: now = 0 } = recent;
  const { p95Millis: usual } = before;
  return usual !== undefined && before.count >= MIN_CALLS && now > usual * DEGRADED_SLOWNESS ? 'degraded' : 'healthy';
}

import type { ServiceState, ServiceStateReason } from '../api/index.ts';

/** What a service's entries came to in a time. */
export interface StateFigures {
  readonly count: number;
  readonly errors: number;
  /** Absent where nothing was counted. */
  readonly p95Millis?: number;
}

/**
 * What a service is judged by: its last minutes, what it was called for in the time before, which is what is usual, and of the last minutes its logs and whether any
 * span of it came: of what nobody called, as of health checks.
 */
export interface Judged {
  readonly recent: StateFigures;
  readonly before: StateFigures;
  readonly logs: { readonly count: number; readonly errors: number };
  readonly isHeard: boolean;
}

export interface JudgedState {
  readonly state: ServiceState;
  readonly reason: ServiceStateReason;
}

/** Half of what it is asked for fails. */
const DOWN_ERRORS = 0.5;
const DEGRADED_ERRORS = 0.05;
/** One of twenty is slower than twice as slow as one of twenty was. */
const DEGRADED_SLOWNESS = 2;
/** Fewer say nothing of a rate or a percentile. */
const MIN_CALLS = 20;
/** So many that fail say something also of few. */
const MIN_FAILED = 3;

/** How a service fares, and why. One that was not called is known by what it logs: errors there say that it is in trouble, never that it is down. */
export function judgeService({ recent, before, logs, isHeard }: Judged): JudgedState {
  if (recent.count === 0) return judgeUncalled({ logs, isHeard });
  const { count, errors } = recent;
  const share = errors / count;
  const byCalls = (state: ServiceState): JudgedState => ({ state, reason: { type: 'calls', count, errors } });
  if (share >= DOWN_ERRORS && errors >= MIN_FAILED) return byCalls('down');
  if (share >= DEGRADED_ERRORS && (count >= MIN_CALLS || errors >= MIN_FAILED)) return byCalls('degraded');
  if (count < MIN_CALLS) return byCalls('healthy');
  const { p95Millis = 0 } = recent;
  const { p95Millis: usualP95Millis } = before;
  const isSlow = usualP95Millis !== undefined && before.count >= MIN_CALLS && p95Millis > usualP95Millis * DEGRADED_SLOWNESS;
  return isSlow ? { state: 'degraded', reason: { type: 'slow', p95Millis, usualP95Millis } } : byCalls('healthy');
}

function judgeUncalled({ logs: { count, errors }, isHeard }: Pick<Judged, 'logs' | 'isHeard'>): JudgedState {
  if (count === 0) return isHeard ? { state: 'healthy', reason: { type: 'uncalled' } } : { state: 'silent', reason: { type: 'nothing' } };
  const isInTrouble = count >= MIN_CALLS && errors >= count * DEGRADED_ERRORS;
  return { state: isInTrouble ? 'degraded' : 'healthy', reason: { type: 'logs', count, errors } };
}

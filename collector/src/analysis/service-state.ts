import type { ServiceState, ServiceStateReason } from '../api/index.ts';
import { type DurationWindow, MIN_WINDOWS, usualBeforeSlow } from './usual-duration.ts';

/** What a service's entries came to in a time. */
export interface StateFigures {
  readonly count: number;
  readonly errors: number;
  /** Absent where nothing was counted. */
  readonly p95Millis?: number;
}

export interface RecentFigures extends StateFigures {
  /** What p95 is at least, be it by chance higher (`surePartOf`). */
  readonly leastP95Millis?: number;
}

/**
 * What a service is judged by: its last minutes, how long its calls took in the time before, and of the last minutes its logs and whether any
 * span of it came: of what nobody called, as of health checks.
 */
export interface Judged {
  readonly recent: RecentFigures;
  readonly before: readonly DurationWindow[];
  readonly logs: { readonly count: number; readonly errors: number };
  readonly isHeard: boolean;
  /** So many calls to it failed in the last minutes and did not arrive: they are not of `recent`. */
  readonly unanswered?: number;
  /** Of one that is called seldom. */
  readonly rest?: Rest;
}

/** How often a service is called that is called seldom, as a job once an hour. */
export interface Rest {
  /** From one time to the next, at the median. */
  readonly usualMinutes: number;
  /** Since there was anything of it. */
  readonly sinceMinutes: number;
  /** Of the last time. */
  readonly count: number;
  readonly errors: number;
}

export interface JudgedState {
  readonly state: ServiceState;
  readonly reason: ServiceStateReason;
}

/** Half of what it is asked for fails. */
const DOWN_ERRORS = 0.5;
const DEGRADED_ERRORS = 0.05;
/** Fewer say nothing of a rate or a percentile. */
export const MIN_CALLS = 20;
/** So many that fail say something also of few. */
const MIN_FAILED = 3;
/** Times that it was called at, of which a rhythm can be told. */
const MIN_TIMES = 3;
/** A job is late now and then, and steps of a chart are coarse. */
const OVERDUE = 1.5;

/**
 * The rhythm of a service by the steps of the range in which it was called, rising; undefined where most of them follow on each other, or they are too few. Steps are
 * as wide as a chart's: of what comes oftener than every second step nothing is told.
 */
export function restOf(
  steps: readonly (StateFigures & { readonly minute: number })[],
  { stepMinutes, lastMinute, toMinute }: { readonly stepMinutes: number; readonly lastMinute: number; readonly toMinute: number },
): Rest | undefined {
  const last = steps.at(-1);
  if (last === undefined || steps.length < MIN_TIMES) return undefined;
  const gaps = steps.slice(1).map(({ minute }, place) => minute - (steps[place]?.minute ?? 0));
  const usualMinutes = gaps.sort((left, right) => left - right)[Math.floor((gaps.length - 1) / 2)] ?? 0;
  if (usualMinutes < stepMinutes * 2) return undefined;
  return { usualMinutes, sinceMinutes: toMinute - lastMinute, count: last.count, errors: last.errors };
}

/**
 * How a service fares, and why. One that was not called is known by what it logs: errors there say that it is in trouble, never that it is down. One that others do
 * not reach fares as if it had got their calls and failed, where that is worse.
 */
export function judgeService(judged: Judged): JudgedState {
  const own = judgeHeard(judged);
  const { unanswered = 0, recent } = judged;
  const count = recent.count + unanswered;
  const state = stateOfErrors({ count, errors: unanswered });
  if (state === undefined || own.state === 'down' || own.state === state) return own;
  return { state, reason: { type: 'unanswered', count, errors: unanswered } };
}

/** By what it sent itself. */
function judgeHeard({ recent, before, logs, isHeard, rest }: Judged): JudgedState {
  if (recent.count === 0) return logs.count === 0 && !isHeard ? judgeUnheard(rest) : judgeUncalled(logs);
  const { count, errors } = recent;
  const byCalls = (state: ServiceState): JudgedState => ({ state, reason: { type: 'calls', count, errors } });
  const failing = stateOfErrors(recent);
  if (failing !== undefined) return byCalls(failing);
  if (count < MIN_CALLS) return unjudged({ count, errors }, 'few');
  const { p95Millis = 0, leastP95Millis = 0 } = recent;
  const usualP95Millis = usualBeforeSlow(before, leastP95Millis);
  if (usualP95Millis !== undefined) return { state: 'degraded', reason: { type: 'slow', p95Millis, usualP95Millis } };
  return before.length < MIN_WINDOWS ? unjudged({ count, errors }, 'new') : byCalls('healthy');
}

/** Healthy as far as anybody can tell: of how long calls take, nobody can. */
function unjudged({ count, errors }: StateFigures, why: ServiceStateReason['unjudged'] & string): JudgedState {
  return { state: 'healthy', reason: { type: 'calls', count, errors, unjudged: why } };
}

/** Undefined where too little fails to say anything. */
function stateOfErrors({ count, errors }: StateFigures): 'down' | 'degraded' | undefined {
  if (count === 0) return undefined;
  const share = errors / count;
  if (share >= DOWN_ERRORS && errors >= MIN_FAILED) return 'down';
  return share >= DEGRADED_ERRORS && (count >= MIN_CALLS || errors >= MIN_FAILED) ? 'degraded' : undefined;
}

/** What comes seldom is known by the last time it came, until it is overdue. */
function judgeUnheard(rest: Rest | undefined): JudgedState {
  if (rest === undefined || rest.sinceMinutes > rest.usualMinutes * OVERDUE) return { state: 'silent', reason: { type: 'nothing' } };
  const { count, errors, usualMinutes } = rest;
  return { state: errors >= count * DOWN_ERRORS ? 'degraded' : 'healthy', reason: { type: 'resting', count, errors, usualMinutes } };
}

function judgeUncalled({ count, errors }: Judged['logs']): JudgedState {
  if (count === 0) return { state: 'healthy', reason: { type: 'uncalled' } };
  const isInTrouble = count >= MIN_CALLS && errors >= count * DEGRADED_ERRORS;
  return { state: isInTrouble ? 'degraded' : 'healthy', reason: { type: 'logs', count, errors } };
}

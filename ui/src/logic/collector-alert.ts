import type { StatusAnswer } from '@threadline/collector/api';

/** From here on an operator has to act: senders are refused when the log is full. */
const NEARLY_FULL_SHARE = 0.8;
/** Records gather for some seconds, and reads wait two for what came before them: what waits for longer is in no answer. */
const BEHIND_MILLIS = 10_000;

/** What of the collector's status a reader has to know on every page. */
export interface CollectorAlert {
  /**
   * `refusing`: nothing new comes in, as `reason` says. `full`: the log is nearly full. `stopped`: the storage takes nothing, and the log has room. `unanswered`: nobody can read. `behind`: it takes records,
   * and not as fast as they come.
   */
  readonly kind: 'refusing' | 'full' | 'stopped' | 'unanswered' | 'behind';
  readonly reason?: IngestReason;
  /** Since when nothing is delivered, of `refusing` since when nothing is taken, Unix nanoseconds; undefined while something is. */
  readonly sinceUnixNano: string | undefined;
  /** How long the oldest request has waited, where the storage is behind. */
  readonly behindMillis?: number;
  /** Of the log, 0 to 1. */
  readonly usedShare: number;
}

/** Why nothing is taken: the log holds what it may, or its disk. */
export type IngestReason = NonNullable<NonNullable<StatusAnswer['log']>['ingest']['reason']>;

interface LogSize {
  readonly usedBytes: number;
  readonly capacityBytes: number;
}

/** Undefined while all is well, and while nothing is known. */
export function collectorAlert(status: StatusAnswer | undefined): CollectorAlert | undefined {
  const log = status?.log;
  if (log === undefined) return undefined;
  const usedShare = logShare(log);
  if (log.ingest.state === 'refusing') {
    return { kind: 'refusing', reason: log.ingest.reason ?? 'disk', sinceUnixNano: log.ingest.sinceUnixNano, usedShare };
  }
  const sinceUnixNano = log.delivery.state === 'waiting' ? log.delivery.sinceUnixNano : undefined;
  if (isNearlyFull(log)) return { kind: 'full', sinceUnixNano, usedShare };
  if (log.delivery.state === 'waiting') return { kind: 'stopped', sinceUnixNano, usedShare };
  if (status?.storage.status === 'unavailable') return { kind: 'unanswered', sinceUnixNano, usedShare };
  const behindMillis = log.oldestWaitingMillis ?? 0;
  return behindMillis >= BEHIND_MILLIS ? { kind: 'behind', sinceUnixNano, usedShare, behindMillis } : undefined;
}

/** Whether what waits does so to be written together with what comes next, as it should. */
export function isGathering({ delivery, waitingRequests = 0, oldestWaitingMillis = 0 }: NonNullable<StatusAnswer['log']>): boolean {
  return delivery.state === 'delivering' && waitingRequests > 0 && oldestWaitingMillis < BEHIND_MILLIS;
}

export function isNearlyFull(log: LogSize): boolean {
  return logShare(log) >= NEARLY_FULL_SHARE;
}

/** How much of the log is used, 0 to 1. */
export function logShare({ usedBytes, capacityBytes }: LogSize): number {
  return capacityBytes === 0 ? 1 : Math.min(1, usedBytes / capacityBytes);
}

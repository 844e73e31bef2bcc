import type { ReasonCount, StatusAnswer } from './api/index.ts';
import type { Config } from './config.ts';
import { nowNanos } from './now-nanos.ts';
import type { CollectorView } from './query/collector-view.ts';
import type { QueueState, QueueView } from './queue/queue-state.ts';
import type { MetricCounts } from './telemetry/metric-counts.ts';
import type { ReasonCounts } from './telemetry/reason-counts.ts';
import type { Refusals } from './telemetry/refusals.ts';

export interface CollectorStatusParts {
  readonly version: string;
  readonly storage: Config['storage'];
  readonly queue: QueueView;
  readonly refusals: Refusals;
  readonly metrics: MetricCounts;
  /** Records that the storage keeps with less to search by. */
  readonly reduced: ReasonCounts;
  /** Parts of what is stored that were found damaged. */
  readonly damaged: ReasonCounts;
  /** What each rule removed; absent where there are none. */
  readonly redacted?: ReasonCounts;
}

/** The collector's parts as the query side shows them. */
export function createCollectorView({
  version,
  storage,
  queue,
  refusals,
  metrics,
  reduced,
  damaged,
  redacted,
}: CollectorStatusParts): CollectorView {
  const startedAtUnixNano = String(nowNanos());
  return {
    status() {
      const { state } = queue;
      return {
        version,
        startedAtUnixNano,
        storage: { kind: storage, reduced: countsOf(reduced), damaged: countsOf(damaged) },
        ...(state && { log: logStatus(state) }),
        refusals: refusals.list(),
        metrics: metrics.list(),
        ...(redacted && { redaction: countsOf(redacted) }),
      };
    },
    listDeadLetters: (request) => queue.listDeadLetters(request),
  };
}

function countsOf(counts: ReasonCounts): { count: number; reasons: ReasonCount[] } {
  return { count: counts.count, reasons: counts.list() };
}

function logStatus(state: QueueState): NonNullable<StatusAnswer['log']> {
  const { usedBytes, capacityBytes, waitingRequests, oldestArrivalNanos, ingest, delivery, setAside, deadLetters } = state;
  const { lastFault } = delivery;
  return {
    usedBytes,
    capacityBytes,
    ...(waitingRequests !== undefined && { waitingRequests }),
    ...(oldestArrivalNanos !== undefined && { oldestWaitingMillis: Math.max(0, Date.now() - Number(oldestArrivalNanos / 1_000_000n)) }),
    ingest: {
      state: ingest.state,
      ...sinceOf(ingest),
      ...(ingest.reason && { reason: ingest.reason }),
      ...(ingest.fault !== undefined && { fault: ingest.fault }),
    },
    delivery: { state: delivery.state, ...sinceOf(delivery), ...(lastFault && { lastFault }) },
    setAside,
    deadLetters: { ...deadLetters, reasons: [...deadLetters.reasons] },
  };
}

function sinceOf({ sinceUnixNano }: { readonly sinceUnixNano: string | undefined }): { sinceUnixNano?: string } {
  return sinceUnixNano === undefined ? {} : { sinceUnixNano };
}

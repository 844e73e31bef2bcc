import type { TraceSummary } from '@threadline/collector/api';

/** Spans of all peers together: what a browser compares without thinking long. */
const MAX_PEER_SPANS = 300_000;

export interface PeerChoice {
  readonly traceId: string;
  readonly service: string;
  readonly operation: string;
  readonly count: number;
}

interface ChosenPeers {
  readonly traces: readonly TraceSummary[];
  readonly lookedAt: number;
  readonly failed: number;
  readonly tooLarge: number;
}

/** Of what a search found the first `count` traces that are of the same request and had no error; a search finds traces by any of their spans. */
export function choosePeers(found: readonly TraceSummary[], { traceId, service, operation, count }: PeerChoice): ChosenPeers {
  const same = found.filter(
    (trace) =>
      trace.traceId !== traceId && trace.rootService === service && trace.rootOperation === operation && trace.rootMissing === undefined,
  );
  const healthy = same.filter(({ errorCount }) => errorCount === 0);
  const traces: TraceSummary[] = [];
  let spans = 0;
  let tooLarge = 0;
  for (const trace of healthy) {
    if (traces.length === count) break;
    if (spans + trace.spanCount > MAX_PEER_SPANS) {
      tooLarge += 1;
      continue;
    }
    spans += trace.spanCount;
    traces.push(trace);
  }
  return { traces, lookedAt: same.length, failed: same.length - healthy.length, tooLarge };
}

/** The trace ID in what somebody has pasted: an ID, or an address of a trace; undefined where there is none. */
export function traceIdIn(text: string): string | undefined {
  return /(?:^|\/trace\/)([0-9a-f]{32})(?:$|[/?#])/.exec(text.trim().toLowerCase())?.[1];
}

import { useQuery } from '@tanstack/react-query';
import type { TraceHeadLine, TraceSummary } from '@threadline/collector/api';
import { useMemo } from 'react';
import { traceClocksQuery } from '../../api/queries.ts';
import { type TracePeers, tracePeerQuery, tracePeersQuery } from '../../api/trace-peers.ts';
import { clockCorrection } from '../../logic/clock-correction.ts';
import { nanosToMillis, parseNanos } from '../../logic/nanos.ts';
import { isStopped } from '../../shared/PageState/stopped-state.tsx';
import type { TraceAddress } from './use-trace-address.ts';
import { type TraceViews, useView, type ViewState } from './use-view.ts';

export interface Comparison {
  readonly view: ViewState<'comparison'>;
  /** Ids of the traces that this one is compared with, in the order of the comparison. */
  readonly otherIds: readonly string[];
  /** Healthy ones; undefined where one trace was chosen, or they are not known yet. */
  readonly peers: Omit<TracePeers, 'answers'> | undefined;
  readonly error: Error | null;
  /** The reader has stopped the reading of the others. */
  readonly isStopped: boolean;
  readonly retry: () => void;
}

/** Reads what the trace is compared with, and compares it once that and the trace are there. */
export function useComparison(views: TraceViews, address: TraceAddress, head: TraceHeadLine): Comparison {
  const { withTrace, traceId, peerCount } = address;
  const { rootService: service, rootOperation: operation, startTimeUnixNano } = head.summary;
  const startMillis = nanosToMillis(parseNanos(startTimeUnixNano));
  const isWhole = views.snapshot.isComplete;
  const one = useQuery({ ...tracePeerQuery(withTrace ?? ''), enabled: withTrace !== undefined && isWhole });
  const many = useQuery({
    ...tracePeersQuery({ traceId, service, operation, startMillis, environment: head.environment, count: peerCount }),
    enabled: withTrace === undefined && isWhole,
  });
  const others = withTrace === undefined ? many.data?.answers : one.data;
  const shifts = useShiftsOfOthers(address);
  const request = useMemo(() => {
    if (others === undefined || shifts === undefined) return undefined;
    return { type: 'comparison', others: others instanceof ArrayBuffer ? [others] : others, shifts } as const;
  }, [others, shifts]);
  const view = useView(views, request);
  const query = withTrace === undefined ? many : one;
  return {
    view,
    otherIds: withTrace === undefined ? idsOf(many.data?.traces ?? []) : [withTrace],
    peers: withTrace === undefined ? many.data : undefined,
    error: query.data === undefined ? query.error : null,
    isStopped: isStopped(query),
    retry: () => void query.refetch(),
  };
}

const NO_SHIFTS: ReadonlyMap<string, number> = new Map();

/**
 * What the services' times are moved by in the others while clocks are corrected; undefined until it is known. Requests of the same day ran on machines whose clocks were
 * off as they are here; of one that was chosen, whenever it was, its own are asked for.
 */
function useShiftsOfOthers({ traceId, withTrace, correctClocks }: TraceAddress): ReadonlyMap<string, number> | undefined {
  const { data, isLoading } = useQuery({ ...traceClocksQuery(withTrace ?? traceId), enabled: correctClocks });
  const shifts = useMemo(() => (data === undefined ? NO_SHIFTS : clockCorrection(data).shifts), [data]);
  if (!correctClocks) return NO_SHIFTS;
  return isLoading ? undefined : shifts;
}

function idsOf(traces: readonly TraceSummary[]): string[] {
  return traces.map(({ traceId }) => traceId);
}

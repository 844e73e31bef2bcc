import { useQuery } from '@tanstack/react-query';
import type { LogRecord, Span } from '@threadline/collector/api';
import { useMemo } from 'react';
import { traceClocksQuery } from '../../api/queries.ts';
import { type ClockCorrection, clockCorrection } from '../../logic/clock-correction.ts';
import { correctTimes, flowClocks, mergeClocks } from '../../logic/flow-clocks.ts';

interface Flow {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  /** All pages are there. */
  readonly isComplete: boolean;
}

interface FlowClocks {
  /** Undefined where no clock is off. */
  readonly correction: ClockCorrection | undefined;
  /** As they are to be drawn. */
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
}

const NO_SHIFTS: ReadonlyMap<string, number> = new Map();

/** What the flow's own calls show of its services' clocks, and what many traces do of those in the trace that it began in; draws it corrected while that is asked for. */
export function useFlowClocks({ spans, logs, isComplete }: Flow, isCorrected: boolean): FlowClocks {
  const [first] = spans;
  const { data } = useQuery({ ...traceClocksQuery(first?.traceId ?? ''), enabled: isComplete && first !== undefined });
  const correction = useMemo(() => {
    if (!isComplete) return undefined;
    const merged = mergeClocks(flowClocks(spans), data && clockCorrection(data));
    return merged.clocks.length === 0 ? undefined : merged;
  }, [spans, isComplete, data]);
  const shifts = (isCorrected && correction?.shifts) || NO_SHIFTS;
  const corrected = useMemo(() => correctTimes({ spans, logs }, shifts), [spans, logs, shifts]);
  return { correction, ...corrected };
}

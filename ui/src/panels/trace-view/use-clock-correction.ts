import { useQuery } from '@tanstack/react-query';
import type { TraceHeadLine } from '@threadline/collector/api';
import { useEffect, useMemo, useRef } from 'react';
import { traceClocksQuery } from '../../api/queries.ts';
import { type ClockCorrection, clockCorrection } from '../../logic/clock-correction.ts';
import type { Trace } from './use-trace.ts';
import type { TraceAddress } from './use-trace-address.ts';

const NO_SHIFTS: ReadonlyMap<string, number> = new Map();

interface CorrectionOptions {
  readonly address: TraceAddress;
  readonly head: TraceHeadLine;
  readonly trace: Trace;
}

/** What is known of the clocks of a trace's services, asked once the trace is whole; draws it corrected while the address says so. Undefined where no clock is wrong for sure. */
export function useClockCorrection({ address, head, trace }: CorrectionOptions): ClockCorrection | undefined {
  const canDiffer = trace.snapshot?.isComplete === true && head.summary.services.length > 1;
  const { data } = useQuery({ ...traceClocksQuery(address.traceId), enabled: canDiffer });
  const correction = useMemo(() => data && clockCorrection(data), [data]);
  const shifts = address.correctClocks ? (correction?.shifts ?? NO_SHIFTS) : NO_SHIFTS;
  const applied = useRef(NO_SHIFTS);
  const { correct } = trace;
  useEffect(() => {
    if (applied.current === shifts) return;
    applied.current = shifts;
    correct(shifts);
  }, [shifts, correct]);
  return correction !== undefined && correction.clocks.length > 0 ? correction : undefined;
}

import type { BREAK_FACT_VALUES, BreakEvidence, BreakFact, FlowBreak, HopEnd, Span } from '../../api/index.ts';
import { serviceOf } from '../typed-attributes.ts';

type FactValues<Fact extends BreakFact> = Readonly<Record<(typeof BREAK_FACT_VALUES)[Fact][number], string | number>>;

/** One thing that speaks for a cause. */
export function breakFact<Fact extends BreakFact>(fact: Fact, values: FactValues<Fact>): BreakEvidence {
  return { fact, values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])) };
}

/** A break as it is found, before alike ones are counted together. */
export type BreakDraft = Omit<FlowBreak, 'count' | 'timeUnixNano'> & { readonly timeNanos: bigint };

export const NOWHERE: HopEnd = { service: '', address: '' };

export function atService(service: string, address = ''): HopEnd {
  return { service, address };
}

/** Where a break is shown: before or after a span. */
export function anchorAt(span: Span, side: 'after' | 'before'): Pick<BreakDraft, 'anchor' | 'timeNanos'> {
  const { traceId, spanId } = span;
  return { anchor: { traceId, spanId, side }, timeNanos: BigInt(span.startTimeUnixNano) };
}

export function absentParentFact(child: Span): BreakEvidence {
  return breakFact('absent_parent', { service: serviceOf(child), name: child.name, spanId: child.parentSpanId ?? '' });
}

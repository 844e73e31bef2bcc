import type { AnswerNotes } from './answers.ts';

export const CLOCK_STATES = ['agree', 'differ', 'unknown'] as const;
/** What calls between two machines say of their clocks: that they agree as far as can be told, that they differ for sure, or too little. */
export type ClockState = (typeof CLOCK_STATES)[number];

/** Spans with a parent by another clock, in the trace and in others of about its time: servers under clients, or, where those are too few, all. Offsets are of the called one's clock: positive where it is ahead. */
export interface ClockPair {
  caller: string;
  called: string;
  state: ClockState;
  /** Calls that the estimate is of, and the traces that they are from. */
  calls: number;
  traces: number;
  /** Median over the calls, decimal nanoseconds; it takes the way there to be as long as the way back. */
  medianNano: string;
  /**
   * No call speaks against an offset between these, but the most extreme tenth at either end. Without the lower one the calls bound from above alone, as those do that
   * nobody waits for: then the clock may be further behind, and the median is the upper one.
   */
  lowNano?: string;
  highNano: string;
  /** Between the tenth and the ninetieth percentile of what single calls say. */
  spreadNano: string;
  /** By how much the offset grows in a minute where the clock drifts, decimal nanoseconds; the median and the bounds are for the trace's own time. */
  driftNanoPerMinute: string;
}

/** The clocks of a trace's spans, and how far each is from that of the root. Nothing that was stored is changed by it. */
export interface TraceClocksAnswer extends AnswerNotes {
  /** What offsets are from: the root's clock. */
  reference: string;
  /** A clock is a machine's: named by `host.id`, else `host.name`, else the instance, else the service. */
  clocks: {
    name: string;
    services: string[];
    /** To be taken from times of this clock's spans, decimal nanoseconds; 0 where the clocks agree and where nothing is sure. */
    offsetNano: string;
    isSure: boolean;
  }[];
  /** Those of the trace's own calls, most calls first. */
  pairs: ClockPair[];
  tracesLookedAt: number;
}

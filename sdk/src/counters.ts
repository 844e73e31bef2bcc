import type { Loss } from './export/batch.ts';

/** What the SDK refused or lost since the process started. All are whole numbers that only grow. */
export interface Counters {
  /** Correlation ids that arrived and were not valid; each was replaced. */
  invalidCorrelationIds: number;
  /** Baggage members left out because 64 members or 8,192 bytes were reached. */
  droppedBaggageMembers: number;
  /** Spans that were ended and sampled but never accepted by the collector. */
  droppedSpans: number;
  /** Log records that were written but never accepted by the collector. */
  droppedLogRecords: number;
}

/** A fresh set, all zero. One a running SDK. */
export function createCounters(): Counters {
  return { invalidCorrelationIds: 0, droppedBaggageMembers: 0, droppedSpans: 0, droppedLogRecords: 0 };
}

/** Counts what was lost of a signal. */
export function countLoss(counters: Counters, { signal, count }: Pick<Loss, 'signal' | 'count'>): void {
  if (signal === 'traces') counters.droppedSpans += count;
  else counters.droppedLogRecords += count;
}

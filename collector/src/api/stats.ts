import type { AnswerNotes } from './answers.ts';

/** `logBuckets`: within `maxRelativeError` (a part of it) of a number that was there; `tDigest`: nearest at both ends, without a bound. */
export const PERCENTILE_METHODS = ['logBuckets', 'tDigest'] as const;

export interface StatsNumbers {
  /** Of numbers; more than records where arrays have several. */
  count: number;
  min: number;
  max: number;
  sum: number;
  avg: number;
  /** In the order of the answer's `percentiles`. */
  percentiles: number[];
}

export interface StatsFigures {
  /** Records. */
  count: number;
  /** Absent where no record has a number of the field, or none is measured. */
  numbers?: StatsNumbers;
}

export interface StatsPoint extends StatsFigures {
  /** Place in the answer's `buckets`. */
  bucket: number;
}

export interface StatsSeries extends StatsFigures {
  /** Only of buckets with a record; absent where none were asked for. */
  points?: StatsPoint[];
}

export interface StatsGroup extends StatsSeries {
  /** One value of each field of `by`, as `field:value` finds it; null: the record has none. */
  key: (string | null)[];
}

export interface StatsAnswer extends AnswerNotes {
  /** Records that match. */
  total: number;
  /** What is measured; absent: nothing. */
  field?: string;
  /** Of the numbers: of durations `ns`. */
  unit?: 'ns';
  by: string[];
  /** Those asked for, where something is measured. */
  percentiles: number[];
  percentileMethod: { method: (typeof PERCENTILE_METHODS)[number]; maxRelativeError?: number };
  /** Most records first; without `by` one, of all records. */
  groups: StatsGroup[];
  /** Of records that are in none of the groups. */
  other?: StatsSeries;
  /** There were more groups than could be counted: one that is not listed may be as large as one that is. */
  capped?: true;
  /** RFC 3339, `from` inclusive, `to` exclusive; absent where none were asked for. */
  buckets?: { from: string; to: string }[];
}

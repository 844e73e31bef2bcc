import type { QueryNode, QueryTarget } from '@threadline/query-language';
import type { FacetPlace, PartialRead, TimeRange } from '../storage.ts';

/** An attribute as a query names it; `any`: of the key in whatever place. */
export interface StatsAttribute {
  readonly type: 'attribute';
  readonly place: FacetPlace | 'any';
  readonly key: string;
}

/** What of a record itself groups are by. */
export const GROUP_RECORD_FIELDS = {
  logs: ['service', 'level', 'scope'],
  spans: ['service', 'name', 'kind', 'status', 'scope', 'root'],
} as const satisfies Record<QueryTarget, readonly string[]>;
export type GroupRecordField = (typeof GROUP_RECORD_FIELDS)[QueryTarget][number];

/** A field whose values make groups. */
export type GroupField = { readonly type: 'record'; readonly name: GroupRecordField } | StatsAttribute;

/** A field whose numbers are measured: the whole numbers and finite doubles of an attribute, or a span's duration in nanoseconds. */
export type NumberField = { readonly type: 'record'; readonly name: 'duration' } | StatsAttribute;

/** Fields that groups may be by at once. */
export const MAX_GROUP_FIELDS = 2;
/** Values that are longer, in UTF-16 units, make no group of their own. */
export const MAX_GROUP_TEXT_LENGTH = 256;

export interface StatsRequest {
  readonly target: QueryTarget;
  readonly query: QueryNode;
  readonly range: Required<TimeRange>;
  /** Absent: records are counted, nothing is measured. */
  readonly measure?: NumberField;
  /** Each from 0 to 100. */
  readonly percentiles: readonly number[];
  /** At most `MAX_GROUP_FIELDS`. */
  readonly groupBy: readonly GroupField[];
  /** Groups that are told apart. */
  readonly limit: number;
  /** As of a `HistogramRequest`; absent: nothing is counted by time. */
  readonly widthNanos?: bigint;
}

/** Of numbers as doubles: whole numbers beyond 2^53 are rounded to the nearest. */
export interface NumberFigures {
  /** More than records where arrays have several. At least one. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** In the order asked for: a number that at least so many of a hundred do not exceed, as near as `Capabilities.percentiles` says. */
  readonly percentiles: readonly number[];
}

export interface StatsFigures {
  /** Records. */
  readonly count: number;
  /** Absent where no record has a number, or nothing is measured. */
  readonly numbers?: NumberFigures;
}

export interface StatsSeries extends StatsFigures {
  /** Of each time bucket that has a record, rising; empty where none were asked for. */
  readonly points: readonly ({ readonly bucket: bigint } & StatsFigures)[];
}

/** Records with the same values of the fields. */
export interface StatsGroup extends StatsSeries {
  /** The values as text, one of each field, as facets have them; undefined: the records have none. */
  readonly key: readonly (string | undefined)[];
}

/**
 * A record is in the group of each of a field's values: of several where an array has several. Values of one text are one, whatever their types. What no
 * facet lists (bytes, NaN, infinities, long texts) makes no group: such records are among the others.
 * Counts, least and greatest are exact; where the answer is `partial`, of the records that were looked at.
 */
export interface StatsResult {
  /** Records that match. */
  readonly total: number;
  /** Those with most records, most first (`compareGroups`); without fields one, of all records that match, with an empty key. */
  readonly groups: readonly StatsGroup[];
  /** Of the records that are in none of those; absent where there are none. */
  readonly other?: StatsSeries;
  /** There were more groups than could be counted: one that is not listed may be as large as one that is. */
  readonly isCapped: boolean;
  /** Records whose numbers the storage keeps in no form that it can measure: they are in no figure of numbers. */
  readonly unmeasuredCount: number;
  readonly partial?: PartialRead;
}

/** The order of `StatsResult.groups`: by count, then by the values' texts, where there is none last. */
export function compareGroups(left: Pick<StatsGroup, 'key' | 'count'>, right: Pick<StatsGroup, 'key' | 'count'>): number {
  if (left.count !== right.count) return right.count - left.count;
  for (const [index, text] of left.key.entries()) {
    const other = right.key[index];
    if (text === other) continue;
    if (text === undefined) return 1;
    if (other === undefined) return -1;
    return text < other ? -1 : 1;
  }
  return 0;
}

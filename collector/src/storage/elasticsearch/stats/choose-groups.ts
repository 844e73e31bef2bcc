import { compareGroups } from '../../stats/stats.ts';
import type { Aggregation, Bucket } from '../search-requests.ts';
import { type GroupSources, textOf, type ValueSource } from './stats-fields.ts';

/** Values that each shard names of one field, so that counts are exact over all of them in most cases; of two fields together an answer has at most 65,536 buckets. */
const VALUES_A_SHARD = 10_000;
const VALUES_OF_ONE = 1_000;
const VALUES_OF_PAIR = 120;

export interface GroupCandidate {
  readonly key: readonly (string | undefined)[];
  readonly count: number;
}

/** The fields to group by, with those of their sources that have a value. */
export type FilledSources = GroupSources & { readonly filled: readonly ValueSource[] };

/** The aggregations whose answer `chooseGroups` reads: the most frequent values of the first field, of each those of the second. */
export function groupAggregations(fields: readonly FilledSources[], size = fields.length > 1 ? VALUES_OF_PAIR : VALUES_OF_ONE): object {
  const [field, ...others] = fields;
  if (!field) return {};
  const inner = others.length === 0 ? {} : { aggregations: groupAggregations(others, size) };
  return Object.fromEntries([
    ...field.filled.map(({ name, type }, number) => [
      valuesName(number),
      // Integers beyond 2^53 as text.
      { terms: { field: name, size, shard_size: VALUES_A_SHARD, ...(type === 'long' && { format: '0' }) }, ...inner },
    ]),
    [MISSING, { filter: field.isMissing, ...inner }],
  ]);
}

/** The largest groups, as many as are asked for, by counts that may be too small; `isCapped`: another one may be as large. */
export function chooseGroups(
  aggregations: Readonly<Record<string, unknown>>,
  fields: readonly FilledSources[],
  limit: number,
): { readonly groups: readonly GroupCandidate[]; readonly isCapped: boolean } {
  const counts = new Map<string, { key: readonly (string | undefined)[]; count: number }>();
  let unlisted = 0;
  const visit = (
    found: Readonly<Record<string, unknown>>,
    [field, ...others]: readonly FilledSources[],
    key: readonly (string | undefined)[],
  ): void => {
    if (!field) return;
    const visitBucket = (bucket: Readonly<Record<string, unknown>> & { readonly doc_count?: number }, text: string | undefined): void => {
      const whole = [...key, text];
      if (others.length > 0) {
        visit(bucket, others, whole);
        return;
      }
      const name = JSON.stringify(whole.map((part) => part ?? null));
      const known = counts.get(name) ?? { key: whole, count: 0 };
      known.count += bucket.doc_count ?? 0;
      if (known.count > 0) counts.set(name, known);
    };
    let bound = 0;
    for (const [number, { type }] of field.filled.entries()) {
      const terms: Pick<Aggregation, 'sum_other_doc_count' | 'doc_count_error_upper_bound' | 'buckets'> = Object(found[valuesName(number)]);
      const buckets: readonly Bucket[] = terms.buckets ?? [];
      for (const bucket of buckets) {
        const text = textOf(bucket, type);
        if (text !== undefined) visitBucket(bucket, text);
      }
      // No value that is not named has more records than the last one that is.
      if ((terms.sum_other_doc_count ?? 0) > 0) bound += (buckets.at(-1)?.doc_count ?? 0) + (terms.doc_count_error_upper_bound ?? 0);
    }
    unlisted = Math.max(unlisted, bound);
    visitBucket(Object(found[MISSING]), undefined);
  };
  visit(aggregations, fields, []);
  const groups = [...counts.values()].sort(compareGroups).slice(0, limit);
  return { groups, isCapped: unlisted > (groups.at(-1)?.count ?? 0) };
}

const MISSING = 'missing';

function valuesName(source: number): string {
  return `values ${source}`;
}

import { compareGroups, type StatsRequest, type StatsResult, type StatsSeries } from '../../stats/stats.ts';
import type { ReadContext } from '../../storage.ts';
import { bucketNumber, timeBuckets } from '../log-histogram.ts';
import { isEmptyRange } from '../nanosecond-time.ts';
import { lookUpNodes } from '../query-lookups.ts';
import { type ElasticsearchQuery, translateQuery } from '../query-translation.ts';
import { type Bucket, inRange, type Search } from '../search-requests.ts';
import { chooseGroups, type FilledSources, groupAggregations } from './choose-groups.ts';
import { figureAggregations, readFigures } from './number-figures.ts';
import { groupSources, type NumberSources, numberSources, type ValueSource } from './stats-fields.ts';

const NOT_MEASURED: NumberSources = { sources: [], unmeasured: [] };

/**
 * Three searches: which fields of the index have values, which groups are the largest, and what is measured of each. A group is a filter of its own in the
 * last one, so that its figures are exact whatever was counted before, and the others are those that no filter takes.
 */
export async function countStats(search: Search, request: StatsRequest, context: ReadContext): Promise<StatsResult> {
  const { target, range, limit, groupBy, measure, percentiles, widthNanos } = request;
  if (isEmptyRange(range)) return { total: 0, groups: [], isCapped: false, unmeasuredCount: 0 };
  const lookups = await lookUpNodes(search, { query: request.query, target, range, context });
  const query = inRange(range, translateQuery(request.query, target, lookups));
  const ask = (aggregations: object) => search(target, { size: 0, track_total_hits: true, query, aggregations }, context);

  const fields = groupBy.map(groupSources);
  const numbers = measure ? numberSources(measure, target) : NOT_MEASURED;
  const sources = [...fields.flatMap((field) => field.sources), ...numbers.sources];
  const known = sources.length === 0 ? {} : Object((await ask({ ...valueCounts(sources), ...unmeasuredCounts(numbers) })).aggregations);
  const isFilled = ({ name }: ValueSource): boolean => (Object(known[name]).value ?? 0) > 0;

  const filled: FilledSources[] = fields.map((field) => ({ ...field, filled: field.sources.filter(isFilled) }));
  const chosen = fields.length === 0 ? WHOLE : chooseGroups(Object((await ask(groupAggregations(filled))).aggregations), filled, limit);

  const measured = numbers.sources.filter(isFilled);
  const figures = figureAggregations(measured, percentiles);
  const filters = chosen.groups.map(({ key }) => groupFilter(key, filled));
  const times = widthNanos === undefined ? {} : { times: { ...timeBuckets({ range, widthNanos }), aggregations: figures } };
  const { hits, aggregations } = await ask({
    groups: {
      // There is no aggregation of no filter at all.
      filters: { filters: [...filters, { match_none: {} }], other_bucket: true },
      aggregations: { ...figures, ...times },
    },
  });
  const series = (bucket: Bucket | undefined): StatsSeries => ({
    ...(bucket ? readFigures(bucket, measured, percentiles) : { count: 0 }),
    points: timesOf(bucket)
      .filter(({ doc_count }) => doc_count > 0)
      .map((time) => ({ bucket: bucketNumber(time, widthNanos ?? 1n), ...readFigures(time, measured, percentiles) }))
      .sort((left, right) => (left.bucket < right.bucket ? -1 : 1)),
  });
  const buckets = aggregations?.groups?.buckets ?? [];
  const groups = chosen.groups.map(({ key }, index) => ({ key, ...series(buckets[index]) }));
  const other = series(buckets.at(-1));
  return {
    total: hits.total?.value ?? 0,
    groups: groups.filter(({ count }) => count > 0 || groupBy.length === 0).sort(compareGroups),
    ...(other.count > 0 && { other }),
    isCapped: chosen.isCapped,
    unmeasuredCount: numbers.unmeasured.reduce(
      (sum, part, index) => sum + unmeasuredCount(Object(known[unmeasuredName(index)]), part.sources.length),
      0,
    ),
  };
}

/** Where there are no fields, all records are one group. */
const WHOLE = { groups: [{ key: [], count: 0 }], isCapped: false };

function groupFilter(key: readonly (string | undefined)[], fields: readonly FilledSources[]): ElasticsearchQuery {
  return {
    bool: {
      filter: fields.map(({ isMissing, hasText, filled }, index) => {
        const text = key[index];
        return text === undefined ? isMissing : hasText(text, filled);
      }),
    },
  };
}

function valueCounts(sources: readonly ValueSource[]): object {
  return Object.fromEntries(sources.map(({ name }) => [name, { value_count: { field: name } }]));
}

/** Not by `exists`: of a field that no record has, that asks for all whose names it begins. */
function unmeasuredCounts({ unmeasured }: NumberSources): object {
  const withoutAny = ([first, ...others]: readonly ValueSource[]): object =>
    first === undefined ? {} : { aggregations: { inner: { missing: { field: first.name }, ...withoutAny(others) } } };
  return Object.fromEntries(
    unmeasured.map(({ hasNumber, sources }, index) => [unmeasuredName(index), { filter: hasNumber, ...withoutAny(sources) }]),
  );
}

function unmeasuredCount(aggregation: { readonly doc_count?: number; readonly inner?: object }, depth: number): number {
  return depth === 0 ? (aggregation.doc_count ?? 0) : unmeasuredCount(Object(aggregation.inner), depth - 1);
}

function unmeasuredName(index: number): string {
  return `unmeasured ${index}`;
}

function timesOf(bucket: Bucket | undefined): readonly Bucket[] {
  const times: { readonly buckets?: readonly Bucket[] } = Object(bucket?.times);
  return times.buckets ?? [];
}

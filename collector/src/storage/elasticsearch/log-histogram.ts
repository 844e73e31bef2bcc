import { LEVELS } from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import type { HistogramRequest, HistogramResult, ReadContext } from '../storage.ts';
import { clampNanos } from './columns.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { translateQuery } from './query-translation.ts';
import { type Bucket, inRange, type Search } from './search-requests.ts';

const NANOS_A_MILLI = 1_000_000n;
/** Most buckets of a width that is not whole milliseconds: each is a filter of its own. */
const MAX_FILTERS = 1_000;

const EPOCH = '1970-01-01T00:00:00Z';

/** Exact counts: Elasticsearch buckets nanosecond times by their millisecond, and every level is in each shard's answer. */
export async function countLogs(search: Search, request: HistogramRequest, context: ReadContext): Promise<HistogramResult> {
  const { query, range, widthNanos } = request;
  if (isEmptyRange(range)) return { counts: [] };
  const lookups = await lookUpNodes(search, { query, target: 'logs', range, context });
  const filter = inRange(range, translateQuery(query, 'logs', lookups));
  const levels = { levels: { terms: { field: 'level', size: LEVELS.length } } };
  const times = { ...timeBuckets(request), aggregations: levels };
  const { aggregations } = await search('logs', { size: 0, query: filter, aggregations: { times } }, context);
  return {
    counts: (aggregations?.times?.buckets ?? []).flatMap((bucket) => {
      const number = bucketNumber(bucket, widthNanos);
      return LEVELS.flatMap((level) => {
        const count = levelBuckets(bucket).find(({ key }) => key === level)?.doc_count;
        return count === undefined ? [] : [{ bucket: number, level, count }];
      });
    }),
  };
}

/** An aggregation by time; `bucketNumber` reads its buckets. */
export function timeBuckets({ range, widthNanos }: Pick<HistogramRequest, 'range' | 'widthNanos'>): object {
  if (widthNanos % NANOS_A_MILLI === 0n) {
    return timeHistogram(`${widthNanos / NANOS_A_MILLI}ms`);
  }
  const fromNanos = range.fromNanos < 0n ? 0n : range.fromNanos;
  const [first, last] = [clampNanos(fromNanos) / widthNanos, clampNanos(range.toNanos - 1n) / widthNanos];
  if (last - first >= MAX_FILTERS) {
    const message = `the Elasticsearch storage counts in at most ${MAX_FILTERS} buckets of a width that is not whole milliseconds`;
    throw new ThreadlineError('invalid_argument', message, { field: 'buckets' });
  }
  const numbers = Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index));
  const filters = numbers.map((number) => [
    String(number),
    inRange({ fromNanos: number * widthNanos, toNanos: (number + 1n) * widthNanos }),
  ]);
  return { filters: { filters: Object.fromEntries(filters), keyed: false } };
}

/**
 * Buckets of `interval`, as `120000ms`, that have a record. The value for records without a time, of which there are none, is there for an index that has no record at all, as after
 * a rollover: without it Elasticsearch takes the least time of such an index from its sort order, which has none, and refuses the whole search.
 */
export function timeHistogram(interval: string): { readonly date_histogram: object } {
  return { date_histogram: { field: '@timestamp', fixed_interval: interval, min_doc_count: 1, missing: EPOCH } };
}

/** A time bucket's key is the epoch milliseconds of its start, a filter's the number itself. */
export function bucketNumber({ key }: Bucket, widthNanos: bigint): bigint {
  return typeof key === 'number' ? (BigInt(key) * NANOS_A_MILLI) / widthNanos : BigInt(String(key));
}

function levelBuckets(bucket: Bucket): readonly Bucket[] {
  const levels: { readonly buckets?: readonly Bucket[] } = Object(bucket.levels);
  return levels.buckets ?? [];
}

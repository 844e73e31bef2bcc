import { LEVELS } from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import type { HistogramRequest, HistogramResult, ReadContext } from '../storage.ts';
import { resolveHashedPatterns } from './hashed-patterns.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { translateQuery } from './query-translation.ts';
import { type Bucket, inRange, type Search } from './search-requests.ts';

const NANOS_A_MILLI = 1_000_000n;

/** Exact counts: one shard or many, every level is in each shard's answer, and buckets are whole milliseconds of nanosecond times. */
export async function countLogs(
  search: Search,
  { query, range, widthNanos }: HistogramRequest,
  context: ReadContext,
): Promise<HistogramResult> {
  if (widthNanos <= 0n || widthNanos % NANOS_A_MILLI !== 0n) {
    throw new ThreadlineError('invalid_argument', 'the Elasticsearch storage counts in buckets of whole milliseconds', {
      field: 'buckets',
    });
  }
  if (isEmptyRange(range)) return { counts: [] };
  const hashedMatches = await resolveHashedPatterns(search, { query, target: 'logs', range, context });
  const widthMillis = widthNanos / NANOS_A_MILLI;
  const { aggregations } = await search(
    'logs',
    {
      size: 0,
      query: inRange(range, translateQuery(query, 'logs', hashedMatches)),
      aggregations: {
        times: {
          date_histogram: { field: '@timestamp', fixed_interval: `${widthMillis}ms`, min_doc_count: 1 },
          aggregations: { levels: { terms: { field: 'level', size: LEVELS.length } } },
        },
      },
    },
    context,
  );
  return {
    counts: (aggregations?.times?.buckets ?? []).flatMap((bucket) => {
      // Epoch milliseconds of the bucket's start.
      const number = BigInt(Number(bucket.key)) / widthMillis;
      return LEVELS.flatMap((level) => {
        const count = levelBuckets(bucket).find(({ key }) => key === level)?.doc_count;
        return count === undefined ? [] : [{ bucket: number, level, count }];
      });
    }),
  };
}

function levelBuckets(bucket: Bucket): readonly Bucket[] {
  const levels: { readonly buckets?: readonly Bucket[] } = Object(bucket.levels);
  return levels.buckets ?? [];
}

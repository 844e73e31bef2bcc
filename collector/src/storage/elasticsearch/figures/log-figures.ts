import { ENVIRONMENT_ATTRIBUTES, INSTANCE_ATTRIBUTES, NAMESPACE_ATTRIBUTE, VERSION_ATTRIBUTE } from '../../figures/countable-span.ts';
import { ERROR_LEVELS } from '../../figures/error-levels.ts';
import { keyId } from '../../figures/figure-set.ts';
import type { Figure, FigureCounts, FigureKey, FiguresRequest } from '../../figures/figures.ts';
import type { ReadContext } from '../../storage.ts';
import { textTerm } from '../attribute-terms.ts';
import { KEYWORD_COLUMNS } from '../columns.ts';
import { resourceFields } from '../index-template.ts';
import { timeHistogram } from '../log-histogram.ts';
import { isEmptyRange, rangeClauses } from '../nanosecond-time.ts';
import { type Bucket, compositeBuckets, firstKeyOf, inRange, keyOf, type Search } from '../search-requests.ts';
import { exactTexts } from '../service-counts.ts';
import { hasAny, unbatchedOnly, wholeMinutes } from './count-unbatched.ts';

/** A version can be a number too. */
const VERSIONS = resourceFields(VERSION_ATTRIBUTE);
const MILLIS_A_MINUTE = 60_000;
const SERVICE = KEYWORD_COLUMNS.service;
/** Sources of a page, each with its charts' steps and their errors, stay below the 65,535 buckets that Elasticsearch takes. */
const PAGE_SOURCES = 200;
const NANOS_A_MINUTE = 60_000_000_000n;
const NO_DURATIONS = { buckets: [], counts: [] };
const NOTHING: FigureCounts = { spans: 0, count: 0, errors: 0, durations: NO_DURATIONS };
/** Levels that are errors. */
const ERRORS = { filter: { terms: { level: ERROR_LEVELS } } };

/** Log records of the range that were written without a batch of figures, as by an earlier version. */
export async function countUnbatchedLogs(search: Search, counting: LogCounting, context: ReadContext): Promise<Figure[]> {
  const unbatched = unbatchedOnly(search);
  const range = wholeMinutes(counting.request.range);
  if (isEmptyRange(range) || !(await hasAny(unbatched, { target: 'logs', query: inRange(range) }, context))) return [];
  return countLogSources(unbatched, counting, context);
}

interface LogCounting {
  readonly request: FiguresRequest;
  /** Gives the key that a key is counted under. */
  readonly boundKey: (key: FigureKey) => FigureKey;
}

/** Where log records of the range came from, and how many, counted when it is asked for: a search for each 200 sources. */
async function countLogSources(search: Search, { request, boundKey }: LogCounting, context: ReadContext): Promise<Figure[]> {
  const { service, recentFromMinute } = request;
  const range = wholeMinutes(request.range);
  const stepMinutes = request.pointsOf?.includes('logs') === false ? undefined : request.stepMinutes;
  const names = [NAMESPACE_ATTRIBUTE, ...ENVIRONMENT_ATTRIBUTES, ...INSTANCE_ATTRIBUTES];
  const sources = {
    [SERVICE]: { field: SERVICE },
    ...Object.fromEntries(names.map((name) => [name, { field: `resource.string.${name}`, missing_bucket: true }])),
    ...Object.fromEntries(VERSIONS.map((field) => [field, { field, missing_bucket: true }])),
  };
  const found: { readonly key: FigureKey; readonly bucket: Bucket }[] = [];
  for await (const bucket of compositeBuckets(search, {
    target: 'logs',
    query: inRange(range, ...(service === undefined ? [] : [{ terms: { [SERVICE]: [textTerm(service)] } }])),
    sources,
    aggregations: {
      errors: ERRORS,
      first: { min: { field: '@timestamp' } },
      last: { max: { field: '@timestamp' } },
      ...(recentFromMinute !== undefined && {
        recent: {
          filter: { bool: { filter: rangeClauses({ fromNanos: BigInt(recentFromMinute) * NANOS_A_MINUTE }) } },
          aggregations: { errors: ERRORS },
        },
      }),
      ...(stepMinutes !== undefined && {
        steps: {
          ...timeHistogram(`${stepMinutes}m`),
          aggregations: { errors: ERRORS },
        },
      }),
    },
    pageSize: PAGE_SOURCES,
    context,
  }))
    found.push({ key: keyOfBucket(bucket), bucket });
  const texts = await exactTexts(search, { terms: found.map(({ key }) => key.service), column: 'service', context });
  return sumsByKey(
    found.map(({ key, bucket }) => figureOf(boundKey({ ...key, service: service ?? texts.get(key.service) ?? key.service }), bucket)),
  );
}

/** One of each key. */
export function sumsByKey(figures: readonly Figure[]): Figure[] {
  const sums = new Map<string, Figure>();
  for (const figure of figures) {
    const id = keyId(figure.key);
    const other = sums.get(id);
    sums.set(id, other ? sumOf(other, figure) : figure);
  }
  return [...sums.values()];
}

function keyOfBucket(bucket: Bucket): FigureKey {
  return {
    type: 'logs',
    service: keyOf(bucket, SERVICE),
    namespace: keyOf(bucket, NAMESPACE_ATTRIBUTE),
    version: firstKeyOf(bucket, VERSIONS),
    environment: firstKeyOf(bucket, ENVIRONMENT_ATTRIBUTES),
    instance: firstKeyOf(bucket, INSTANCE_ATTRIBUTES),
  };
}

function figureOf(key: FigureKey, bucket: Bucket): Figure {
  const steps: { readonly buckets?: readonly Bucket[] } = Object(bucket.steps);
  const minuteOf = (millis: unknown): number => Math.floor(Number(millis) / MILLIS_A_MINUTE);
  const timeOf = (name: 'first' | 'last'): number => minuteOf(Object(bucket[name]).value);
  return {
    key,
    counts: countsOf(bucket),
    recent: countsOf(bucket.recent),
    firstMinute: timeOf('first'),
    lastMinute: timeOf('last'),
    bucketMinutes: 1,
    points: (steps.buckets ?? []).map((step) => ({ minute: minuteOf(step.key), counts: countsOf(step) })),
  };
}

/** Of a bucket, or of what there is none of. */
function countsOf(bucket: unknown): FigureCounts {
  const { doc_count: count = 0, errors }: { readonly doc_count?: number; readonly errors?: { readonly doc_count?: number } } =
    Object(bucket);
  return { spans: count, count, errors: errors?.doc_count ?? 0, durations: NO_DURATIONS };
}

/** Two of one key: those beyond a bound. */
function sumOf(left: Figure, right: Figure): Figure {
  const points = new Map(left.points.map(({ minute, counts }) => [minute, counts]));
  for (const { minute, counts } of right.points) points.set(minute, added(points.get(minute) ?? NOTHING, counts));
  return {
    key: left.key,
    counts: added(left.counts, right.counts),
    recent: added(left.recent, right.recent),
    firstMinute: Math.min(left.firstMinute, right.firstMinute),
    lastMinute: Math.max(left.lastMinute, right.lastMinute),
    bucketMinutes: Math.max(left.bucketMinutes, right.bucketMinutes),
    points: Array.from(points, ([minute, counts]) => ({ minute, counts })).sort((one, other) => one.minute - other.minute),
  };
}

function added(left: FigureCounts, right: FigureCounts): FigureCounts {
  return {
    spans: left.spans + right.spans,
    count: left.count + right.count,
    errors: left.errors + right.errors,
    durations: NO_DURATIONS,
  };
}

import type { QueryTarget } from '@threadline/query-language';
import type { LogRecord, Span } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { ReadContext, TimeRange } from '../storage.ts';
import { type Connection, deadlineExceeded, RequestRefusedError, unavailable } from './connection.ts';
import { checkAllIndices } from './foreign-index.ts';
import { dataStreamOf } from './index-template.ts';
import { NANOS_FORMAT, parseNanos, rangeClauses } from './nanosecond-time.ts';
import type { ElasticsearchQuery } from './query-translation.ts';

/** What of a search's answer is read here. */
export interface SearchAnswer {
  readonly timed_out: boolean;
  readonly pit_id?: string;
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations?: Readonly<Record<string, Aggregation>>;
}

export interface Hit {
  readonly _id?: string;
  readonly _source?: { readonly record?: string; readonly recordText?: string };
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
}

export interface Aggregation {
  /** Of `filter` and `missing`. */
  readonly doc_count?: number;
  /** Of `terms`: what is in no bucket, and by how much a count may be too small. */
  readonly sum_other_doc_count?: number;
  readonly doc_count_error_upper_bound?: number;
  readonly buckets?: readonly Bucket[];
  readonly after_key?: Readonly<Record<string, unknown>>;
  readonly hits?: { readonly hits: readonly Hit[] };
  /** What is counted of the records of a `filter` or of `missing`. */
  readonly [inner: InnerAggregation]: Aggregation | undefined;
}

export type InnerAggregation = `inner ${string}`;

export interface Bucket {
  readonly key: unknown;
  readonly doc_count: number;
  readonly [aggregation: string]: unknown;
}

/** A part of a data stream: one of its indices, and `_shards:0` for one of that index's shards. */
export interface SearchPlace {
  readonly index: string;
  readonly preference: string;
}

/** What all searches see alike, though more is written meanwhile. */
export interface PointInTime {
  /** Each answer may give it anew. */
  id: string;
  /** How long it is held after each search. */
  readonly keepAlive: string;
}

/** Makes the searches of one connection: one tenant and target each, with the caller's deadline. */
export type Search = (target: QueryTarget, body: Readonly<Record<string, unknown>>, context: ReadContext) => Promise<SearchAnswer>;

/** How the error types of Elasticsearch end that mean: this query is more than one search can do. */
const TOO_COMPLEX = /too_many|too_complex|illegal_argument|query_shard|parsing/;

/**
 * Answers are whole or an error: a search that ran out of time, or that not every shard answered, throws. A tenant of
 * which nothing was written yet has no data stream and no hits.
 */
export function createSearch(connection: Connection, source?: SearchPlace | PointInTime): Search {
  const search = searchOnce(connection, source);
  return async (target, body, context) => {
    const answer = await search(target, body, context);
    if (body.stored_fields === undefined) return answer;
    const hits = await withOlderRecords(answer.hits.hits, (older) => search(target, older, context));
    return { ...answer, hits: { ...answer.hits, hits } };
  };
}

/** An index of a template before version 3 has the record in `_source` alone, under the name that its collector gave it. */
async function withOlderRecords(
  hits: readonly Hit[],
  search: (body: Readonly<Record<string, unknown>>) => Promise<SearchAnswer>,
): Promise<readonly Hit[]> {
  const older = hits.filter((hit) => hit.fields?.recordText === undefined).map((hit) => hit._id);
  if (older.length === 0) return hits;
  const found = await search({ size: older.length, query: { ids: { values: older } }, _source: ['record', 'recordText'] });
  const byId = new Map(found.hits.hits.map((hit) => [hit._id, hit]));
  return hits.map((hit) => (hit.fields?.recordText === undefined ? (byId.get(hit._id) ?? hit) : hit));
}

/** Of a data stream that nothing was written to yet, and of a part of one that has become too old. */
export const NO_HITS: SearchAnswer = { timed_out: false, hits: { total: { value: 0 }, hits: [] } };

function searchOnce(connection: Connection, source: SearchPlace | PointInTime | undefined): Search {
  const moment = source && 'keepAlive' in source ? source : undefined;
  const place = source && 'index' in source ? source : undefined;
  return async (target, body, { tenant, deadline, signal }) => {
    const index = place?.index ?? dataStreamOf(target === 'logs' ? 'logs' : 'traces', tenant);
    try {
      const { body: answer } = await connection.request({
        method: 'POST',
        // A point in time says of what itself.
        path: moment ? '/_search' : `/${index}/_search`,
        parameters: {
          ...(place && { preference: place.preference }),
          allow_partial_search_results: false,
        },
        body: {
          track_total_hits: false,
          timeout: `${Math.max(1, Math.floor(deadline - performance.now()))}ms`,
          ...body,
          ...(moment && { pit: { id: moment.id, keep_alive: moment.keepAlive } }),
        },
        signal,
        deadline,
      });
      const parsed = parseAnswer(answer, connection.url);
      if (moment && parsed.pit_id !== undefined) moment.id = parsed.pit_id;
      if (parsed.timed_out) throw deadlineExceeded();
      return parsed;
    } catch (error) {
      // Asked to pass over what is not there, Elasticsearch would pass over indices that are closed too, without a word.
      if (error instanceof RequestRefusedError && error.type === 'index_not_found_exception' && error.index === index) return NO_HITS;
      if (error instanceof RequestRefusedError && error.status === 400 && TOO_COMPLEX.test(error.type)) {
        await checkAllIndices({ connection, dataStream: index, signal });
        throw new ThreadlineError(
          'unsupported_query',
          `this search is more than Elasticsearch takes at a time (${error.type}): choose a shorter time range or a narrower query`,
          {
            cause: error,
            field: 'query',
          },
        );
      }
      throw error;
    }
  };
}

/** To be asked for with a hit whose time is wanted, not its record. */
export const TIME_FIELD = { field: '@timestamp', format: NANOS_FORMAT };

/** The index time of a hit that was asked for with `TIME_FIELD`. Elasticsearch writes the last instant that it can hold as null. */
export function timeOf(hit: Hit): bigint {
  const time = hit.fields?.['@timestamp']?.[0];
  return typeof time === 'string' ? parseNanos(time) : MAX_INDEX_TIME_NANOS;
}

/** A filter of clauses that must all hold, in a time range. */
export function inRange(range: TimeRange, ...queries: readonly ElasticsearchQuery[]): ElasticsearchQuery {
  return { bool: { filter: [...rangeClauses(range), ...queries] } };
}

/** To be asked for with hits whose exact record is wanted. */
export const RECORD_FIELD = { _source: false, stored_fields: ['recordText'] };

/** The exact log record of a hit that was asked for with `RECORD_FIELD`. */
export function logOf(hit: Hit): LogRecord {
  return JSON.parse(recordText(hit));
}

/** The exact span of such a hit. */
export function spanOf(hit: Hit): Span {
  return JSON.parse(recordText(hit));
}

/**
 * All buckets of a `composite` aggregation, page by page, so that no count of distinct values is too many.
 * `sources` are fields by the name that they get in a bucket's key; a record without one of them is in no bucket, unless
 * the source has `missing_bucket`.
 */
export async function* compositeBuckets(
  search: Search,
  request: {
    readonly target: QueryTarget;
    readonly query: ElasticsearchQuery;
    readonly sources: Readonly<Record<string, { readonly field: string; readonly missing_bucket?: boolean }>>;
    readonly aggregations?: Readonly<Record<string, unknown>>;
    readonly pageSize?: number;
    readonly context: ReadContext;
  },
): AsyncGenerator<Bucket> {
  const { target, query, context, pageSize = 5_000 } = request;
  const sources = Object.entries(request.sources).map(([name, terms]) => ({ [name]: { terms } }));
  let after: Readonly<Record<string, unknown>> | undefined;
  do {
    const composite = { size: pageSize, sources, ...(after && { after }) };
    const aggregation = { composite, ...(request.aggregations && { aggregations: request.aggregations }) };
    const answer = await search(target, { size: 0, query, aggregations: { groups: aggregation } }, context);
    const { buckets = [], after_key: next } = answer.aggregations?.groups ?? {};
    yield* buckets;
    // A page that is not full is the last.
    after = buckets.length < pageSize ? undefined : next;
  } while (after !== undefined);
}

/** For what one search can ask for only so many of. */
export function* inBatches(ids: readonly string[], size: number): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += size) yield ids.slice(start, start + size);
}

/** The hits of a bucket's `top_hits`. */
export function topHits(bucket: Bucket, name: string): readonly Hit[] {
  const top: { readonly hits?: { readonly hits?: readonly Hit[] } } = Object(bucket[name]);
  return top.hits?.hits ?? [];
}

/** A member of a composite bucket's key as text; empty for the records that have no value of it. */
export function keyOf(bucket: Bucket, name: string): string {
  const key: Readonly<Record<string, unknown>> = Object(bucket.key);
  return key[name] === null ? '' : String(key[name]);
}

/** Of the first of these members that is not empty. */
export function firstKeyOf(bucket: Bucket, names: readonly string[]): string {
  return names.map((name) => keyOf(bucket, name)).find((text) => text !== '') ?? '';
}

function recordText(hit: Hit): string {
  const text = hit.fields?.recordText?.[0] ?? hit._source?.record ?? hit._source?.recordText;
  if (typeof text !== 'string')
    throw new ThreadlineError('internal', 'a document of the data stream has no record: was it written by something else?');
  return text;
}

function parseAnswer(answer: unknown, url: string): SearchAnswer {
  const parsed: SearchAnswer = Object(answer);
  if (!Array.isArray(parsed.hits?.hits)) {
    throw unavailable(
      `what answers at ${url} answered a search with something else than hits: see what is between the collector and Elasticsearch`,
    );
  }
  return parsed;
}

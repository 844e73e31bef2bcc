import type { QueryTarget } from '@threadline/query-language';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import type { OperationCounts, ReadContext, ServiceCounts, TimeRange } from '../storage.ts';
import { isHash, textTerm } from './attribute-terms.ts';
import { columnValues } from './columns.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import type { ElasticsearchQuery } from './query-translation.ts';
import {
  compositeBuckets,
  type Hit,
  inBatches,
  inRange,
  keyOf,
  logOf,
  RECORD_FIELD,
  type Search,
  spanOf,
  TIME_FIELD,
  timeOf,
} from './search-requests.ts';

const MAX_OPERATIONS = 1_000;
/** Told by one aggregation; where there are more, all are counted page by page. */
const MAX_SERVICES_AT_ONCE = 10_000;
/** Among so many newest records are the newest of all services that say something now; only those of the quiet ones are looked for by themselves. */
const NEWEST_RECORDS = 1_000;
/** Of an aggregation on each service's records. */
const SERVICE = { field: 'service' };

/** By name; records that name no service belong to none. Costs five searches of which none looks at each record, but at those of services that are quiet. */
export async function countServices(search: Search, range: TimeRange, context: ReadContext): Promise<ServiceCounts[]> {
  if (isEmptyRange(range)) return [];
  const spansOf: ServiceRecords = { search, target: 'spans', query: inRange(range), context };
  const logsOf: ServiceRecords = { ...spansOf, target: 'logs' };
  const [spans, errors, logs] = await Promise.all([
    countByService(spansOf),
    countByService({ ...spansOf, query: inRange(range, { term: { isError: true } }) }),
    countByService(logsOf),
  ]);
  const [newestSpans, newestLogs] = await Promise.all([findNewest(spansOf, [...spans.keys()]), findNewest(logsOf, [...logs.keys()])]);
  const terms = [...new Set([...spans.keys(), ...logs.keys()])];
  const texts = await exactTexts(search, { terms, column: 'service', context });
  return terms
    .map((term) => ({
      name: texts.get(term) ?? term,
      spanCount: spans.get(term) ?? 0,
      logCount: logs.get(term) ?? 0,
      errorCount: errors.get(term) ?? 0,
      lastSeenNanos: later(newestSpans.get(term) ?? 0n, newestLogs.get(term) ?? 0n),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function later(left: bigint, right: bigint): bigint {
  return left < right ? right : left;
}

/** Records of one signal that are told by service. */
interface ServiceRecords {
  readonly search: Search;
  readonly target: QueryTarget;
  readonly query: ElasticsearchQuery;
  readonly context: ReadContext;
}

/** How many records each service has, by its term. Where all of a segment's are asked for, Elasticsearch knows it without looking at them. */
async function countByService({ search, target, query, context }: ServiceRecords): Promise<Map<string, number>> {
  const groups = { terms: { ...SERVICE, size: MAX_SERVICES_AT_ONCE } };
  const { buckets = [], sum_other_doc_count: others = 0 } =
    (await search(target, { size: 0, query, aggregations: { groups } }, context)).aggregations?.groups ?? {};
  if (others === 0) return new Map(buckets.map(({ key, doc_count: count }) => [String(key), count]));
  const counts = new Map<string, number>();
  for await (const bucket of compositeBuckets(search, { target, query, sources: { service: SERVICE }, context })) {
    counts.set(keyOf(bucket, 'service'), bucket.doc_count);
  }
  return counts;
}

/** The greatest time of each of the services. */
async function findNewest({ search, target, query, context }: ServiceRecords, services: readonly string[]): Promise<Map<string, bigint>> {
  const times = new Map<string, bigint>();
  const body = { sort: [{ '@timestamp': 'desc' }], _source: false, docvalue_fields: [TIME_FIELD, 'service'] };
  const take = async (asked: { readonly size: number; readonly query: ElasticsearchQuery; readonly collapse?: object }) => {
    for (const hit of (await search(target, { ...body, ...asked }, context)).hits.hits) {
      const service = hit.fields?.service?.[0];
      if (typeof service === 'string' && !times.has(service)) times.set(service, timeOf(hit));
    }
  };
  if (services.length > 0) await take({ size: NEWEST_RECORDS, query });
  const quiet = services.filter((service) => !times.has(service));
  for (const some of inBatches(quiet, MAX_SERVICES_AT_ONCE)) {
    await take({ size: some.length, query: { bool: { filter: [query, { terms: { service: some } }] } }, collapse: SERVICE });
  }
  return times;
}

/** Most spans first, then by name and kind. Every operation is counted before the first thousand are taken. */
export async function countOperations(
  search: Search,
  request: { readonly service: string; readonly range: TimeRange; readonly context: ReadContext },
): Promise<OperationCounts[]> {
  const { service, range, context } = request;
  if (isEmptyRange(range)) return [];
  const ofService =
    service === '' ? { bool: { must_not: [{ exists: { field: 'service' } }] } } : { terms: { service: [textTerm(service)] } };
  const sources = { name: { field: 'name' }, kind: { field: 'kindNumber' }, isError: { field: 'isError' } };
  const operations = new Map<string, { name: string; kind: number; spanCount: number; errorCount: number }>();
  for await (const bucket of compositeBuckets(search, { target: 'spans', query: inRange(range, ofService), sources, context })) {
    const name = keyOf(bucket, 'name');
    const kind = Number(keyOf(bucket, 'kind'));
    const counts = operations.get(`${kind} ${name}`) ?? { name, kind, spanCount: 0, errorCount: 0 };
    operations.set(`${kind} ${name}`, counts);
    counts.spanCount += bucket.doc_count;
    if (keyOf(bucket, 'isError') === 'true') counts.errorCount += bucket.doc_count;
  }
  const order = (a: OperationCounts, b: OperationCounts) =>
    b.spanCount - a.spanCount || (a.name === b.name ? a.kind - b.kind : a.name < b.name ? -1 : 1);
  const shown = [...operations.values()].sort(order).slice(0, MAX_OPERATIONS);
  const texts = await exactTexts(search, { terms: shown.map(({ name }) => name), column: 'name', context });
  return shown.map((operation) => ({ ...operation, name: texts.get(operation.name) ?? operation.name }));
}

/** Of the terms that are hashes: the texts behind them, read from a record that has each. None in nearly every case. */
export async function exactTexts(
  search: Search,
  { terms, column, context }: { readonly terms: readonly string[]; readonly column: 'service' | 'name'; readonly context: ReadContext },
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const term of new Set(terms.filter(isHash))) {
    for (const target of ['spans', 'logs'] as const) {
      const { hits } = await search(target, { size: 1, query: { terms: { [column]: [term] } }, ...RECORD_FIELD }, context);
      const [text] = hits.hits[0] === undefined ? [] : columnValues(column, indexedOf(hits.hits[0], target));
      if (text !== undefined) texts.set(term, text);
    }
  }
  return texts;
}

function indexedOf(hit: Hit, target: QueryTarget) {
  return target === 'logs' ? indexLog(logOf(hit)) : indexSpan(spanOf(hit));
}

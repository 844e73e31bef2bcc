import type { QueryTarget } from '@threadline/query-language';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import type { OperationCounts, ReadContext, ServiceCounts, TimeRange } from '../storage.ts';
import { isHash, textTerm } from './attribute-terms.ts';
import { columnValues } from './columns.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import {
  compositeBuckets,
  type Hit,
  inRange,
  keyOf,
  logOf,
  RECORD_FIELD,
  type Search,
  spanOf,
  TIME_FIELD,
  timeOf,
  topHits,
} from './search-requests.ts';

const MAX_OPERATIONS = 1_000;

/** By name; records that name no service belong to none. Costs a search for each thousand services and signal. */
export async function countServices(search: Search, range: TimeRange, context: ReadContext): Promise<ServiceCounts[]> {
  if (isEmptyRange(range)) return [];
  const services = new Map<string, { spanCount: number; logCount: number; errorCount: number; lastSeenNanos: bigint }>();
  const newest = { top_hits: { size: 1, sort: [{ '@timestamp': 'desc' }], _source: false, docvalue_fields: [TIME_FIELD] } };
  for (const target of ['logs', 'spans'] as const) {
    const sources = { service: { field: 'service' }, ...(target === 'spans' && { isError: { field: 'isError' } }) };
    for await (const bucket of compositeBuckets(search, {
      target,
      query: inRange(range),
      sources,
      aggregations: { newest },
      pageSize: 1_000,
      context,
    })) {
      const term = keyOf(bucket, 'service');
      const counts = services.get(term) ?? { spanCount: 0, logCount: 0, errorCount: 0, lastSeenNanos: 0n };
      services.set(term, counts);
      counts[target === 'logs' ? 'logCount' : 'spanCount'] += bucket.doc_count;
      if (target === 'spans' && keyOf(bucket, 'isError') === 'true') counts.errorCount += bucket.doc_count;
      for (const hit of topHits(bucket, 'newest')) if (timeOf(hit) > counts.lastSeenNanos) counts.lastSeenNanos = timeOf(hit);
    }
  }
  const texts = await exactTexts(search, { terms: [...services.keys()], column: 'service', context });
  return Array.from(services, ([term, counts]) => ({ name: texts.get(term) ?? term, ...counts })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
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

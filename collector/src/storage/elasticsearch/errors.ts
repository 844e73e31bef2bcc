import type { QueryTarget } from '@threadline/query-language';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import { ErrorNames } from '../errors/error-names.ts';
import { ErrorSet } from '../errors/error-set.ts';
import { ErrorSum } from '../errors/error-sum.ts';
import type { ErrorsRequest, ErrorsResult, ErrorVersion } from '../errors/errors.ts';
import { exceptionsOf } from '../errors/exceptions.ts';
import { VERSION_ATTRIBUTE } from '../figures/countable-span.ts';
import { environmentQuery } from '../figures/resource-queries.ts';
import type { PartialRead, ReadContext } from '../storage.ts';
import { textTerm } from './attribute-terms.ts';
import { KEYWORD_COLUMNS } from './columns.ts';
import { ResponseTooLargeError } from './connection.ts';
import { resourceFields } from './index-template.ts';
import { formatNanos, isEmptyRange } from './nanosecond-time.ts';
import { type ElasticsearchQuery, translateQuery } from './query-translation.ts';
import { rowSort } from './row-search.ts';
import {
  type Bucket,
  compositeBuckets,
  firstKeyOf,
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

/** Errors are not waited for longer. */
const MAX_MILLIS = 10_000;
/** Records of each signal that are looked at, of a few fields each. */
const MAX_RECORDS = 250_000;
const RECORDS_A_PAGE = 10_000;
/** Groups whose first and last times are asked for at once. */
const GROUPS_AT_A_TIME = 500;
/** A record can be a megabyte. */
const RECORDS_AT_A_TIME = 20;

const ERRORS_FIELD = KEYWORD_COLUMNS.errorGroup;
const SERVICE = KEYWORD_COLUMNS.service;
/** A version can be a number or a truth value: its text is of the first field that has one. Whole numbers beyond 2^53 are as Elasticsearch's JSON is read: rounded. */
const VERSIONS = resourceFields(VERSION_ATTRIBUTE);
/** Asked for side by side. */
const TARGETS = ['spans', 'logs'] as const;
const FIELDS = [TIME_FIELD, 'sequence', 'recordId', SERVICE, 'traceId', 'spanId', ERRORS_FIELD, ...VERSIONS];

/**
 * Counted from the records of the range that have a fingerprint, whichever collectors wrote them: newest first, as far as ten seconds and 250,000 records of each signal reach,
 * and saying how far that was where they do not reach all. First and last times and versions are of all indices.
 */
export async function countErrors(search: Search, request: ErrorsRequest, context: ReadContext): Promise<ErrorsResult> {
  const sum = new ErrorSum(request);
  const limited = { ...context, deadline: Math.min(context.deadline, performance.now() + MAX_MILLIS) };
  let partial: PartialRead | undefined;
  const set = new ErrorSet();
  if (!isEmptyRange(request.range)) {
    const reaches = await Promise.all(
      TARGETS.map((target) => {
        const filter = inRange(request.range, ...filtersOf(request, target));
        return readRecords(search, { target, filter, request, set, context: limited });
      }),
    );
    for (const reached of reaches) {
      if (reached !== undefined && (partial === undefined || reached > partial.searchedFromNanos))
        partial = {
          searchedFromNanos: reached,
          reason: `errors are counted from at most ${MAX_RECORDS} records of each signal, newest first, within ${MAX_MILLIS / 1_000} s: narrow the time range`,
        };
    }
  }
  sum.add(set, context.tenant);
  const fingerprints =
    request.fingerprint === undefined ? [...new Set(set.groups.map(({ fingerprint }) => fingerprint))] : [request.fingerprint];
  const known = new Map<string, Facts>();
  for (let start = 0; start < fingerprints.length; start += GROUPS_AT_A_TIME)
    await readFacts(search, { fingerprints: fingerprints.slice(start, start + GROUPS_AT_A_TIME), request, known, context });
  for (const { service, fingerprint, versions } of known.values())
    sum.addVersions({ service, fingerprint, type: '', template: '' }, [...versions.values()]);
  const result = sum.result();
  const named = await readNames(
    search,
    result.groups.flatMap(({ service, fingerprint }) => known.get(idOf(service, fingerprint)) ?? []),
    context,
  );
  return {
    ...result,
    groups: result.groups.map((group) => ({ ...group, ...named.get(idOf(group.service, group.fingerprint)) })),
    ...(partial && { partial }),
  };
}

interface Facts {
  readonly service: string;
  readonly fingerprint: string;
  readonly versions: Map<string, ErrorVersion>;
  newest: { readonly target: QueryTarget; readonly recordId: string; readonly timeNanos: bigint };
}

function filtersOf({ service, fingerprint, environment }: ErrorsRequest, target: QueryTarget): ElasticsearchQuery[] {
  return [
    fingerprint === undefined ? { exists: { field: ERRORS_FIELD } } : { terms: { [ERRORS_FIELD]: [fingerprint] } },
    ...(service === undefined ? [] : [serviceFilter(service)]),
    ...(environment === undefined ? [] : [translateQuery(environmentQuery(environment), target)]),
  ];
}

function serviceFilter(service: string): ElasticsearchQuery {
  return service === '' ? { bool: { must_not: [{ exists: { field: SERVICE } }] } } : { terms: { [SERVICE]: [textTerm(service)] } };
}

/** Adds what the records say; gives the time that it got to where it did not get to all. */
async function readRecords(
  search: Search,
  of: {
    readonly target: QueryTarget;
    readonly filter: ElasticsearchQuery;
    readonly request: ErrorsRequest;
    readonly set: ErrorSet;
    readonly context: ReadContext;
  },
): Promise<bigint | undefined> {
  const { target, filter, request, set, context } = of;
  const fields = target === 'spans' ? [...FIELDS, 'name'] : FIELDS;
  let last: Hit | undefined;
  for (let count = 0; ; ) {
    const hits = await search(
      target,
      {
        size: RECORDS_A_PAGE,
        query: filter,
        sort: rowSort('desc'),
        _source: false,
        docvalue_fields: fields,
        ...(last && { search_after: [formatNanos(timeOf(last)), textOf(last, 'sequence'), textOf(last, 'recordId')] }),
      },
      context,
    ).then(
      (answer) => answer.hits.hits,
      (error: unknown) => {
        // What was counted until then is an answer.
        if (last !== undefined && performance.now() >= context.deadline) return undefined;
        throw error;
      },
    );
    for (const hit of hits ?? []) addHit(set, hit, { target, tenant: context.tenant, request });
    count += hits?.length ?? 0;
    last = hits?.at(-1) ?? last;
    if (hits !== undefined && hits.length < RECORDS_A_PAGE) return undefined;
    if (last && (hits === undefined || count >= MAX_RECORDS || performance.now() >= context.deadline)) return timeOf(last);
  }
}

function addHit(
  set: ErrorSet,
  hit: Hit,
  { target, tenant, request }: { readonly target: QueryTarget; readonly tenant: string; readonly request: ErrorsRequest },
): void {
  for (const fingerprint of hit.fields?.[ERRORS_FIELD] ?? []) {
    if (request.fingerprint !== undefined && fingerprint !== request.fingerprint) continue;
    set.add({
      tenant,
      service: request.service ?? textOf(hit, SERVICE),
      // Those of others were not read.
      environment: request.environment ?? '',
      version: VERSIONS.map((field) => textOf(hit, field)).find((text) => text !== '') ?? '',
      fingerprint: String(fingerprint),
      type: '',
      template: '',
      timeNanos: timeOf(hit),
      traceId: textOf(hit, 'traceId'),
      spanId: textOf(hit, 'spanId'),
      operation: textOf(hit, 'name'),
      isSpan: target === 'spans',
    });
  }
}

/** Of groups: versions, first and last times of each, and the newest record, in all that is kept. */
async function readFacts(
  search: Search,
  of: {
    readonly fingerprints: readonly string[];
    readonly request: ErrorsRequest;
    readonly known: Map<string, Facts>;
    readonly context: ReadContext;
  },
): Promise<void> {
  const { fingerprints, request, known, context } = of;
  const wanted = new Set(fingerprints);
  const sources = {
    fingerprint: { field: ERRORS_FIELD },
    service: { field: SERVICE, missing_bucket: true },
    ...Object.fromEntries(VERSIONS.map((field) => [field, { field, missing_bucket: true }])),
  };
  const readOf = async (target: QueryTarget): Promise<readonly Bucket[]> => {
    const buckets: Bucket[] = [];
    const query = { bool: { filter: [...filtersOf(request, target), { terms: { [ERRORS_FIELD]: fingerprints } }] } };
    const groups = compositeBuckets(search, { target, query, sources, aggregations: FIRST_AND_LAST, pageSize: 1_000, context });
    for await (const bucket of groups) buckets.push(bucket);
    return buckets;
  };
  const found = await Promise.all(TARGETS.map(readOf));
  for (const [place, target] of TARGETS.entries()) {
    for (const bucket of found[place] ?? []) {
      const fingerprint = keyOf(bucket, 'fingerprint');
      if (!wanted.has(fingerprint)) continue;
      const service = keyOf(bucket, 'service');
      const version = firstKeyOf(bucket, VERSIONS);
      const [first, last] = firstAndLast(bucket);
      if (!first || !last) continue;
      const newest = { target, recordId: textOf(last, 'recordId'), timeNanos: timeOf(last) };
      const id = idOf(service, fingerprint);
      const facts = known.get(id) ?? { service, fingerprint, versions: new Map(), newest };
      known.set(id, facts);
      if (newest.timeNanos > facts.newest.timeNanos) facts.newest = newest;
      const seen = facts.versions.get(version);
      const [firstNanos, lastNanos] = [timeOf(first), timeOf(last)];
      facts.versions.set(version, {
        version,
        firstNanos: seen && seen.firstNanos < firstNanos ? seen.firstNanos : firstNanos,
        lastNanos: seen && seen.lastNanos > lastNanos ? seen.lastNanos : lastNanos,
      });
    }
  }
}

const FIRST_AND_LAST = {
  first: oneHit('asc'),
  last: oneHit('desc'),
};

function oneHit(order: 'asc' | 'desc'): object {
  return {
    top_hits: { size: 1, _source: false, docvalue_fields: [TIME_FIELD, 'recordId'], sort: [{ '@timestamp': order }, { recordId: order }] },
  };
}

function firstAndLast(bucket: Bucket): readonly (Hit | undefined)[] {
  return [topHits(bucket, 'first')[0], topHits(bucket, 'last')[0]];
}

/** Type and template of groups, as their newest records have them. */
async function readNames(
  search: Search,
  groups: readonly Facts[],
  context: ReadContext,
): Promise<ReadonlyMap<string, { readonly type: string; readonly template: string }>> {
  const names = new ErrorNames();
  const found = new Map<string, { readonly type: string; readonly template: string }>();
  const readOf = async (target: QueryTarget): Promise<void> => {
    const wanted = groups.filter(({ newest }) => newest.target === target);
    const byRecord = Map.groupBy(wanted, ({ newest }) => newest.recordId);
    for await (const hit of records(search, target, [...byRecord.keys()], context)) {
      const indexed = target === 'logs' ? indexLog(logOf(hit)) : indexSpan(spanOf(hit));
      for (const exception of exceptionsOf(indexed)) {
        const { fingerprint, type, template } = names.of(exception);
        if (byRecord.get(indexed.id)?.some((group) => group.fingerprint === fingerprint))
          found.set(idOf(indexed.service, fingerprint), { type, template });
      }
    }
  };
  await Promise.all(TARGETS.map(readOf));
  return found;
}

async function* records(search: Search, target: QueryTarget, ids: readonly string[], context: ReadContext): AsyncGenerator<Hit> {
  let size = RECORDS_AT_A_TIME;
  for (let start = 0; start < ids.length; ) {
    const some = ids.slice(start, start + size);
    try {
      const { hits } = await search(target, { size: some.length, query: { terms: { recordId: some } }, ...RECORD_FIELD }, context);
      yield* hits.hits;
      start += some.length;
    } catch (error) {
      if (!(error instanceof ResponseTooLargeError) || size === 1) throw error;
      size = Math.ceil(size / 2);
    }
  }
}

function idOf(service: string, fingerprint: string): string {
  return `${fingerprint}\n${service}`;
}

function textOf(hit: Hit, field: string): string {
  const value = hit.fields?.[field]?.[0];
  return value === undefined ? '' : String(value);
}

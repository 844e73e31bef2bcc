import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  ContextKind,
  DeadLettersAnswer,
  DeploymentsAnswer,
  EnvironmentsAnswer,
  ErrorGroupAnswer,
  ErrorGroupsAnswer,
  ErrorOrder,
  FlowAnswer,
  HealthAnswer,
  LogContextAnswer,
  LogFieldsAnswer,
  LogFieldValuesAnswer,
  LogHistogramAnswer,
  LogPatternsAnswer,
  LogRecord,
  LogSearchAnswer,
  OperationsAnswer,
  PatternOrder,
  ServiceFiguresAnswer,
  ServiceMapAnswer,
  ServicesAnswer,
  StatsAnswer,
  StatusAnswer,
  TraceClocksAnswer,
  TraceSearchAnswer,
  TraceSpanAnswer,
} from '@threadline/collector/api';
import type { Environment } from '../logic/environment.ts';
import type { SearchBounds } from '../logic/list-anchor.ts';
import { STAT_PERCENTILES } from '../logic/log-stats.ts';
import { errorsOf } from '../logic/next-error.ts';
import type { TracesAsked } from '../logic/recent-flows.ts';
import { ROOT_PERCENTILES } from '../logic/root-durations.ts';
import { resolveRange, type TimeRange, type TimeRangeText } from '../logic/time-range.ts';
import { ApiError } from './api-error.ts';
import { type Parameters, requestJson } from './request-json.ts';

/** Rows a page of a list: more than any screen shows, little enough to draw at once. */
const LIST_PAGE_ROWS = 200;
/** Spans a page of a flow: the most that the collector gives. */
const FLOW_PAGE_SPANS = 1_000;
/** Services and operations are help for the eye: this old they may be. */
const CATALOG_STALE_MILLIS = 30_000;

/** How the collector fares is asked for again and again, while the page is in view: trouble has to show by itself. */
const STATUS_PERIOD_MILLIS = 10_000;
const MINUTE_MILLIS = 60_000;
/** A live map moves as often: figures are of minutes. */
const MAP_PERIOD_MILLIS = 5_000;
/** Rows a page of the dead letters: a table that a person reads. */
const DEAD_LETTER_ROWS = 50;

export interface LogSearch {
  readonly query: string;
  readonly range: TimeRange;
  readonly order: 'asc' | 'desc';
  /** A part of the range, to the nanosecond. */
  readonly bounds?: SearchBounds | undefined;
}

export type TraceOrder = 'newest' | 'slowest';

export interface TraceSearch {
  readonly query: string;
  readonly range: TimeRange;
  readonly service: string;
  readonly operation: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly status: string;
  readonly minTraceDuration: string;
  readonly maxTraceDuration: string;
  /** Queries that other spans of the trace fulfil. */
  readonly with: readonly string[];
  readonly order: TraceOrder;
  /** Cursor of the page that the list begins with; empty: the first. */
  readonly start: string;
}

/** Records by page; an answer about an absolute range is kept until the reader asks again. */
export function logsQuery({ query, range, order, bounds }: LogSearch) {
  return infiniteQueryOptions({
    queryKey: ['logs', query, range.fromMillis, range.toMillis, order, bounds],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      requestJson<LogSearchAnswer>(
        '/logs',
        { query, ...(bounds ?? rangeParameters(range)), order, limit: LIST_PAGE_ROWS, cursor: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The first errors of a part of a search. Asked anew each time: nothing shows it but the list that it leads to. */
export function nextErrorQuery({
  query,
  bounds,
  order,
  limit,
}: Omit<LogSearch, 'range'> & { readonly bounds: SearchBounds; readonly limit: number }) {
  return queryOptions({
    queryKey: ['logs', 'nextError', query, bounds, order, limit],
    queryFn: ({ signal }) => requestJson<LogSearchAnswer>('/logs', { query: errorsOf(query), ...bounds, order, limit }, signal),
    staleTime: 0,
    gcTime: 0,
  });
}

/** A page of matching records, for what they have in common: the list itself has `logsQuery`. */
export function sampleQuery({ query, range }: { readonly query: string; readonly range: TimeRange }) {
  return queryOptions({
    queryKey: ['logs', 'sample', query, range.fromMillis, range.toMillis],
    queryFn: ({ signal }) => requestJson<LogSearchAnswer>('/logs', { query, ...rangeParameters(range), limit: LIST_PAGE_ROWS }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function histogramQuery({ query, range, buckets }: { readonly query: string; readonly range: TimeRange; readonly buckets: number }) {
  return queryOptions({
    queryKey: ['histogram', query, range.fromMillis, range.toMillis, buckets],
    queryFn: ({ signal }) => requestJson<LogHistogramAnswer>('/logs/histogram', { query, ...rangeParameters(range), buckets }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface PatternSearch {
  readonly query: string;
  readonly range: TimeRange;
  readonly order: PatternOrder;
  readonly limit: number;
}

/** Matching records folded into patterns. */
export function logPatternsQuery({ query, range, order, limit }: PatternSearch) {
  return queryOptions({
    queryKey: ['logPatterns', query, range.fromMillis, range.toMillis, order, limit],
    queryFn: ({ signal }) => requestJson<LogPatternsAnswer>('/logs/patterns', { query, ...rangeParameters(range), order, limit }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface LogStatsSearch {
  readonly query: string;
  readonly range: TimeRange;
  /** A numeric field; empty: records are counted. */
  readonly field: string;
  /** Empty: all records together. */
  readonly by: string;
}

/** Groups that are told apart, and stretches of time that each is told of. */
const STAT_GROUPS = 50;
const STAT_STRETCHES = 60;

/** Figures of matching records by the values of a field, over time. */
export function logStatsQuery({ query, range, field, by }: LogStatsSearch) {
  return queryOptions({
    queryKey: ['logStats', query, range.fromMillis, range.toMillis, field, by],
    queryFn: ({ signal }) =>
      requestJson<StatsAnswer>(
        '/logs/stats',
        {
          query,
          ...rangeParameters(range),
          field,
          by,
          limit: STAT_GROUPS,
          buckets: STAT_STRETCHES,
          percentile: field === '' ? [] : STAT_PERCENTILES.map(String),
        },
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** So many fields are listed at most; a name that the collector does not list for another reason, as an empty one, cannot be asked for. */
export const LISTED_FIELDS = 200;

/** The fields that matching records have. */
export function logFieldsQuery({ query, range }: { readonly query: string; readonly range: TimeRange }) {
  return queryOptions({
    queryKey: ['logFields', query, range.fromMillis, range.toMillis],
    queryFn: ({ signal }) =>
      requestJson<LogFieldsAnswer>('/logs/fields', { query, ...rangeParameters(range), limit: LISTED_FIELDS }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface FieldValuesSearch {
  readonly query: string;
  readonly range: TimeRange;
  /** As the list of fields has it, or an attribute's key without its place. */
  readonly field: string;
  readonly prefix: string;
  readonly limit: number;
}

/** The most frequent values of one field in matching records. */
export function logFieldValuesQuery({ query, range, field, prefix, limit }: FieldValuesSearch) {
  return queryOptions({
    queryKey: ['logFieldValues', query, range.fromMillis, range.toMillis, field, prefix, limit],
    queryFn: ({ signal }) =>
      requestJson<LogFieldValuesAnswer>(
        `/logs/fields/${encodeURIComponent(field)}/values`,
        { query, ...rangeParameters(range), prefix, limit },
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What stands around a record. What came after it may have become more. */
export function logContextQuery({ id, by, before, after }: { id: string; by: ContextKind; before: number; after: number }) {
  return queryOptions({
    queryKey: ['logContext', id, by, before, after],
    queryFn: ({ signal }) => requestJson<LogContextAnswer>(`/logs/${encodeURIComponent(id)}/context`, { by, before, after }, signal),
    staleTime: CATALOG_STALE_MILLIS,
  });
}

/** One record, whole. */
export function logRecordQuery(id: string) {
  return queryOptions({
    queryKey: ['log', id],
    queryFn: ({ signal }) => requestJson<LogRecord>(`/logs/${encodeURIComponent(id)}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function tracesQuery({ range, start, ...search }: TraceSearch) {
  return infiniteQueryOptions({
    queryKey: ['traces', search, range.fromMillis, range.toMillis, start],
    initialPageParam: start,
    queryFn: ({ pageParam, signal }) =>
      requestJson<TraceSearchAnswer>('/traces', { ...search, ...rangeParameters(range), limit: LIST_PAGE_ROWS, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** As many as a search gives at a time: in the same order, they reach as far as the first so many of the search without their condition. */
const MAX_FOUND = 1_000;

/** Traces that are known by their ids. */
export function tracesByIdQuery({ traceIds, range }: TracesAsked) {
  return queryOptions({
    queryKey: ['traces-by-id', traceIds, range.fromMillis, range.toMillis],
    queryFn: async ({ signal }) => {
      const query = `traceId:(${traceIds.join(' OR ')})`;
      const limit = traceIds.length;
      const { traces } = await requestJson<TraceSearchAnswer>('/traces', { query, ...rangeParameters(range), limit }, signal);
      return traces;
    },
  });
}

/** Ids of the traces of a search, from its beginning on. */
export function traceIdsQuery({ range, start: _, ...search }: TraceSearch) {
  return queryOptions({
    queryKey: ['traceIds', search, range.fromMillis, range.toMillis],
    queryFn: async ({ signal }) => {
      const { traces } = await requestJson<TraceSearchAnswer>(
        '/traces',
        { ...search, ...rangeParameters(range), limit: MAX_FOUND },
        signal,
      );
      return new Set(traces.map(({ traceId }) => traceId));
    },
    staleTime: Number.POSITIVE_INFINITY,
    // Help for the eye: without it the list is what it is.
    retry: false,
  });
}

/** Stretches of a range that are told apart: each is some ten pixels wide. */
const ROOT_STRETCHES = 100;

/** How long root spans took all over a range, whatever part of them a list has read. */
export function rootDurationsQuery(query: string, range: TimeRange) {
  return queryOptions({
    queryKey: ['rootDurations', query, range.fromMillis, range.toMillis],
    queryFn: ({ signal }) =>
      requestJson<StatsAnswer>(
        '/spans/stats',
        {
          query,
          ...rangeParameters(range),
          field: 'duration',
          buckets: ROOT_STRETCHES,
          percentile: ROOT_PERCENTILES.map(String),
        },
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    // Help for the eye: without it the list is what it is.
    retry: false,
  });
}

/** One span, whole, and what links to it. */
export function traceSpanQuery(traceId: string, spanId: string) {
  return queryOptions({
    queryKey: ['traceSpan', traceId, spanId],
    queryFn: ({ signal }) =>
      requestJson<TraceSpanAnswer>(`/traces/${encodeURIComponent(traceId)}/spans/${encodeURIComponent(spanId)}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** How far the clocks of a trace's machines are apart. */
export function traceClocksQuery(traceId: string) {
  return queryOptions({
    queryKey: ['traceClocks', traceId],
    queryFn: ({ signal }) => requestJson<TraceClocksAnswer>(`/traces/${encodeURIComponent(traceId)}/clocks`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
    // Help for the eye: without it the trace is drawn as it is.
    retry: false,
  });
}

/** As a parameter: an empty one is one too. */
function environmentParameter(environment: Environment): Parameters {
  return environment === undefined ? {} : { environment: [environment] };
}

/** Where what was sent in a range is from; of all services or of one. */
export function environmentsQuery(range: TimeRangeText, service?: string) {
  return queryOptions({
    queryKey: ['environments', range.from, range.to, service],
    queryFn: ({ signal }) => {
      const now = resolveRange(range, Date.now());
      return requestJson<EnvironmentsAnswer>('/environments', { service, ...(now && rangeParameters(now)) }, signal);
    },
    staleTime: CATALOG_STALE_MILLIS,
    // Help for the eye: without it the page is of everywhere.
    retry: false,
  });
}

export interface MapSearch {
  readonly range: TimeRange;
  readonly environment: Environment;
  /** A range that ends now, asked for again and again while somebody sees it. */
  readonly live?: TimeRangeText | undefined;
}

/** Who calls whom, and how every service fares. */
export function serviceMapQuery({ range, environment, live }: MapSearch) {
  return queryOptions({
    queryKey: ['serviceMap', ...(live ? [live.from, live.to] : [range.fromMillis, range.toMillis]), environment],
    queryFn: ({ signal }) => {
      const now = live && resolveRange(live, Date.now());
      return requestJson<ServiceMapAnswer>(
        '/service-map',
        { ...rangeParameters(now ?? range), ...environmentParameter(environment) },
        signal,
      );
    },
    ...(live ? { refetchInterval: MAP_PERIOD_MILLIS, meta: { isRenewed: true } } : { staleTime: Number.POSITIVE_INFINITY }),
  });
}

/** How a service and its operations fared in a range. */
export function serviceFiguresQuery(service: string, range: TimeRange, environment?: Environment) {
  return queryOptions({
    queryKey: ['serviceFigures', service, range.fromMillis, range.toMillis, environment],
    queryFn: ({ signal }) =>
      requestJson<ServiceFiguresAnswer>(
        `/services/${encodeURIComponent(service)}/figures`,
        { ...rangeParameters(range), ...environmentParameter(environment) },
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function flowQuery(correlationId: string) {
  return infiniteQueryOptions({
    queryKey: ['flow', correlationId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      requestJson<FlowAnswer>(`/flows/${encodeURIComponent(correlationId)}`, { limit: FLOW_PAGE_SPANS, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface ErrorsSearch {
  /** Undefined: of all services. */
  readonly service?: string | undefined;
  readonly range: TimeRange;
  readonly environment: Environment;
  readonly order: ErrorOrder;
  readonly limit: number;
}

/** Errors by where they come from. */
export function errorsQuery({ service, range, environment, order, limit }: ErrorsSearch) {
  const path = service === undefined ? '/errors' : `/services/${encodeURIComponent(service)}/errors`;
  return queryOptions({
    queryKey: ['errors', service, range.fromMillis, range.toMillis, environment, order, limit],
    queryFn: ({ signal }) =>
      requestJson<ErrorGroupsAnswer>(path, { ...rangeParameters(range), ...environmentParameter(environment), order, limit }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface ErrorSearch {
  readonly fingerprint: string;
  readonly service: string;
  readonly range: TimeRange;
  readonly environment: Environment;
}

/** One error of one service, with its stack and the newest requests that met it. */
export function errorQuery({ fingerprint, service, range, environment }: ErrorSearch) {
  return queryOptions({
    queryKey: ['error', fingerprint, service, range.fromMillis, range.toMillis, environment],
    queryFn: ({ signal }) =>
      requestJson<ErrorGroupAnswer>(
        `/errors/${encodeURIComponent(fingerprint)}`,
        { service, ...rangeParameters(range), ...environmentParameter(environment) },
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/**
 * The versions of a service that are in a range, for the marks of its charts; those of the range before until they are known. They are counted by the minute: a range that
 * moves with the clock asks no more often.
 */
export function deploymentsQuery(service: string, { fromMillis, toMillis }: TimeRange) {
  const range = {
    fromMillis: Math.floor(fromMillis / MINUTE_MILLIS) * MINUTE_MILLIS,
    toMillis: Math.ceil(toMillis / MINUTE_MILLIS) * MINUTE_MILLIS,
  };
  return queryOptions({
    queryKey: ['deployments', service, range],
    queryFn: ({ signal }) =>
      requestJson<DeploymentsAnswer>(`/services/${encodeURIComponent(service)}/deployments`, rangeParameters(range), signal),
    staleTime: CATALOG_STALE_MILLIS,
    placeholderData: (before, query) => (query?.queryKey[1] === service ? before : undefined),
  });
}

export function servicesQuery() {
  return queryOptions({
    queryKey: ['services'],
    queryFn: ({ signal }) => requestJson<ServicesAnswer>('/services', {}, signal),
    staleTime: CATALOG_STALE_MILLIS,
  });
}

export function operationsQuery(service: string) {
  return queryOptions({
    queryKey: ['operations', service],
    queryFn: ({ signal }) => requestJson<OperationsAnswer>(`/services/${encodeURIComponent(service)}/operations`, {}, signal),
    staleTime: CATALOG_STALE_MILLIS,
    enabled: service !== '',
  });
}

export function healthQuery() {
  return queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => requestJson<HealthAnswer>('/health', {}, signal),
    staleTime: CATALOG_STALE_MILLIS,
  });
}

export function statusQuery() {
  return queryOptions({
    queryKey: ['status'],
    queryFn: ({ signal }) => requestJson<StatusAnswer>('/status', {}, signal),
    staleTime: STATUS_PERIOD_MILLIS / 2,
    // Without the read key there is nothing to ask for; once the reader has given it, everything is asked again.
    refetchInterval: ({ state }) => (state.error instanceof ApiError && state.error.status === 401 ? false : STATUS_PERIOD_MILLIS),
  });
}

export function deadLettersQuery() {
  return infiniteQueryOptions({
    queryKey: ['deadLetters'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      requestJson<DeadLettersAnswer>('/dead-letters', { limit: DEAD_LETTER_ROWS, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.nextCursor,
    staleTime: STATUS_PERIOD_MILLIS,
  });
}

export function rangeParameters({ fromMillis, toMillis }: TimeRange): Parameters {
  return { from: fromMillis, to: toMillis };
}

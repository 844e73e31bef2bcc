import type { QueryNode } from '@threadline/query-language';
import type { TimeRange } from '../../storage/storage.ts';
import type { RouteInput } from '../api-route.ts';
import { invalidValue, type ParameterNames, type Parameters, tooManyTimes } from '../parameters/parameters.ts';
import { toStorageRange } from '../parameters/time-range.ts';
import { and, equals, recordField } from '../query-nodes.ts';
import { parseGoDuration } from './go-duration.ts';
import { parseTagFilters } from './tag-filter.ts';
import { KIND_TAGS } from './to-jaeger-trace.ts';
import { parseJaegerTraceId } from './trace-ids.ts';

/** Traces of an answer without `limit`, as in Jaeger. */
const DEFAULT_LIMIT = 100;
/** The most that Jaeger UI lets one ask for. */
const MAX_TRACES = 1_500;
const NANOS_PER_MICRO = 1_000n;
const DAY_NANOS = 86_400_000_000_000n;
/** How far back a search without `start` looks, as in Jaeger. */
const DEFAULT_LOOKBACK_NANOS = 2n * DAY_NANOS;

export const SEARCH_NAMES: ParameterNames = {
  single: ['service', 'operation', 'minDuration', 'maxDuration', 'start', 'end', 'lookback', 'limit'],
  repeated: ['tag', 'tags', 'traceID'],
  ignoresOthers: true,
};

/** The traces of these ids, whatever else is asked for, or those that a search finds. */
export type SearchRequest =
  | { readonly type: 'ids'; readonly traceIds: readonly string[] }
  | { readonly type: 'search'; readonly query: QueryNode; readonly range: TimeRange; readonly limit: number };

/** What the parameters of a search are called. */
export interface SearchParameterNames {
  readonly service: string;
  readonly operation: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  /** The JSON object of tags. */
  readonly tags: string;
  readonly limit: string;
}

const NAMES: SearchParameterNames = {
  service: 'service',
  operation: 'operation',
  minDuration: 'minDuration',
  maxDuration: 'maxDuration',
  tags: 'tags',
  limit: 'limit',
};

/** Throws `ThreadlineError` for the first parameter that is wrong. An empty parameter is an absent one. */
export function parseSearchRequest({ parameters, nowNanos }: Pick<RouteInput, 'parameters' | 'nowNanos'>): SearchRequest {
  const traceIds = parameters.all('traceID').map((id) => parseJaegerTraceId(id));
  const search = {
    query: parseSpanFilters(parameters, NAMES),
    range: parseRange(parameters, nowNanos),
    limit: parseLimit(parameters, NAMES),
  };
  if (traceIds.length > MAX_TRACES) throw tooManyTimes('traceID', traceIds.length, MAX_TRACES);
  if (traceIds.length > 0) return { type: 'ids', traceIds: [...new Set(traceIds)] };
  if (given(parameters, 'service') === undefined) throw invalidValue('service', 'there; a search needs it, or traceID');
  return { type: 'search', ...search };
}

/** What one span has to fulfil; everything that no parameter names is free. */
export function parseSpanFilters(parameters: Parameters, names: SearchParameterNames): QueryNode {
  const service = given(parameters, names.service);
  const operation = given(parameters, names.operation);
  return and(
    ...(service === undefined ? [] : [equals('service', service)]),
    ...(operation === undefined ? [] : [equals('name', operation)]),
    ...durationFilter(parameters, names),
    ...parseTagFilters(parameters, names.tags),
  );
}

/** Traces of an answer; 0 is no limit of the reader's own. */
export function parseLimit(parameters: Parameters, names: SearchParameterNames): number {
  const meaning = `a whole number from 0 to ${MAX_TRACES}`;
  const limit = parseWhole(parameters, names.limit, meaning) ?? 0n;
  if (limit > BigInt(MAX_TRACES)) throw invalidValue(names.limit, meaning);
  return limit === 0n ? DEFAULT_LIMIT : Number(limit);
}

/** The parameter's text; an empty one is as good as none, since forms send every field that they have. */
export function given(parameters: Parameters, name: string): string | undefined {
  const text = parameters.get(name);
  return text === '' ? undefined : text;
}

/** The kind's number in OTLP; undefined where every kind is asked for. */
export function parseSpanKind(parameters: Parameters, name: string): number | undefined {
  const text = given(parameters, name);
  if (text === undefined) return undefined;
  if (text !== 'unspecified' && !KIND_TAGS.includes(text)) throw invalidValue(name, `one of unspecified, ${KIND_TAGS.slice(1).join(', ')}`);
  return Math.max(0, KIND_TAGS.indexOf(text));
}

/** A whole number that is not negative, of at most 18 digits. */
export function parseWhole(parameters: Parameters, name: string, meaning: string): bigint | undefined {
  const text = given(parameters, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,18}$/.test(text)) throw invalidValue(name, meaning);
  return BigInt(text);
}

/** Both ends inclusive; a duration of 0 sets no bound. */
function durationFilter(parameters: Parameters, names: SearchParameterNames): QueryNode[] {
  const min = parseDurationParameter(parameters, names.minDuration);
  const max = parseDurationParameter(parameters, names.maxDuration);
  if (min === 0n && max === 0n) return [];
  if (max !== 0n && min > max) throw invalidValue(names.maxDuration, `as long as "${names.minDuration}"`);
  return [
    {
      type: 'range',
      field: recordField('duration'),
      ...(min === 0n ? {} : { min: { value: min.toString(), inclusive: true } }),
      ...(max === 0n ? {} : { max: { value: max.toString(), inclusive: true } }),
    },
  ];
}

function parseDurationParameter(parameters: Parameters, name: string): bigint {
  const text = given(parameters, name);
  if (text === undefined) return 0n;
  const nanos = parseGoDuration(text);
  if (nanos === undefined) throw invalidValue(name, 'a duration with units of ns, us, ms, s, m or h, as in 1.5s');
  return nanos;
}

/**
 * Both ends are microseconds and in the range, all of the last microsecond too. `lookback` counts only where there is no `start`, as Jaeger UI sends both.
 */
function parseRange(parameters: Parameters, nowNanos: bigint): TimeRange {
  const start = parseWhole(parameters, 'start', 'a time in microseconds since 1970');
  const end = parseWhole(parameters, 'end', 'a time in microseconds since 1970');
  const lookbackNanos = parseLookback(parameters);
  const toNanos = end === undefined ? nowNanos : (end + 1n) * NANOS_PER_MICRO;
  const fromNanos = start === undefined ? toNanos - lookbackNanos : start * NANOS_PER_MICRO;
  if (fromNanos > toNanos) throw invalidValue('start', 'before the end');
  return toStorageRange({ fromNanos: fromNanos < 0n ? 0n : fromNanos, toNanos });
}

/** Go's duration, or Jaeger UI's: `2d`, `3w`; `custom` says that start and end have it. */
function parseLookback(parameters: Parameters): bigint {
  const text = given(parameters, 'lookback');
  if (text === undefined || text === 'custom') return DEFAULT_LOOKBACK_NANOS;
  const days = /^(\d{1,6})([dw])$/.exec(text);
  const nanos = days === null ? parseGoDuration(text) : BigInt(days[1] ?? 0) * DAY_NANOS * (days[2] === 'w' ? 7n : 1n);
  if (nanos === undefined) throw invalidValue('lookback', 'a duration, as in 1h or 2d');
  return nanos;
}

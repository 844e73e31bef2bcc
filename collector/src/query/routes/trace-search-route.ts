import { formatDuration, parseDuration, type QueryNode, QuerySyntaxError } from '@threadline/query-language';
import type { TraceSearchAnswer } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { SlowestPosition } from '../../storage/slowest-traces.ts';
import type { TracePage, TraceSearch } from '../../storage/storage.ts';
import { answerNotes, withCursor } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { atField } from '../http/error-answer.ts';
import { invalidCursor } from '../parameters/cursor.ts';
import { type Paging, parsePaging } from '../parameters/paging.ts';
import { invalidValue, type Parameters, parseChoice, tooManyTimes } from '../parameters/parameters.ts';
import { parseQueryParameter, parseQueryParameters } from '../parameters/query-parameter.ts';
import { DEFAULT_FROM, DEFAULT_TO, toStorageRange } from '../parameters/time-range.ts';
import { and, equals, recordField } from '../query-nodes.ts';
import { findSlowestTraces, type SlowestTraces, slowestPosition } from '../slowest-traces.ts';

const path = '/api/v1/traces';
const names = {
  single: [
    'query',
    'service',
    'operation',
    'minDuration',
    'maxDuration',
    'status',
    'minTraceDuration',
    'maxTraceDuration',
    'order',
    'from',
    'to',
    'limit',
    'cursor',
  ],
  repeated: ['attribute', 'with'],
};
const STATUSES = ['unset', 'ok', 'error'] as const;
const ORDERS = ['newest', 'slowest'] as const;
/** Each costs a look at every trace that might match; people ask for two or three services. */
const MAX_WITH = 8;

/**
 * Searches traces of which one single span fulfils everything that is asked for, and one each of the queries in `with`; newest root start first, or the
 * slowest.
 */
export const traceSearchRoute = defineRoute({
  path,
  names,
  parse({ parameters, nowNanos }, { capabilities }) {
    const { query, warnings } = parseQueryParameter(parameters, 'spans', capabilities);
    const others = parseQueryParameters(parameters, 'with', { target: 'spans', capabilities });
    if (others.length > MAX_WITH) throw tooManyTimes('with', others.length, MAX_WITH);
    const paging = parsePaging(parameters, { endpoint: path, names, defaultFrom: DEFAULT_FROM, defaultTo: DEFAULT_TO, nowNanos });
    const conditions = {
      query: and(query, ...namedFilters(parameters)),
      with: others.map((other) => other.query),
      ...traceDurationOf(parameters),
    };
    return {
      conditions,
      warnings: [...new Set([...warnings, ...others.flatMap((other) => other.warnings)])],
      paging,
      order: parseChoice(parameters, 'order', ORDERS, 'newest'),
      position: readPosition(paging),
    };
  },
  async answer({ conditions, warnings, paging, order, position }, { storage, context }): Promise<TraceSearchAnswer> {
    const search = { ...conditions, range: toStorageRange(paging.range), limit: paging.limit, ...(position && { after: position }) };
    const page: SlowestTraces =
      order === 'slowest' ? await findSlowestTraces(search, { storage, context }) : await storage.searchTraces(search, context);
    const [first, last] = [page.traces[0], page.traces.at(-1)];
    return {
      traces: page.traces.map(({ summary }) => summary),
      ...withCursor(page.hasMore && last !== undefined ? paging.nextCursor(cursorPosition(last)) : undefined),
      ...(first !== undefined && { startCursor: paging.nextCursor(positionBefore(first)) }),
      ...answerNotes({ partial: page.partial, warnings: [...warnings, ...notCompared(page)] }),
    };
  },
});

/** What the slowest of a page may not be the slowest of. */
function notCompared({ isCapped, leastSpanNanos, compared }: SlowestTraces): string[] {
  const { fromNanos, toNanos } = compared ?? {};
  const ends = [
    ...(fromNanos === undefined ? [] : [`before ${formatRfc3339(fromNanos)}`]),
    ...(toNanos === undefined ? [] : [`from ${formatRfc3339(toNanos)} on`]),
  ];
  return [
    ...(isCapped ? ['More traces are as slow as these than could be looked at: they are some of them.'] : []),
    ...(leastSpanNanos === undefined ? [] : [`Only traces with a span of at least ${formatDuration(leastSpanNanos)} were looked at.`]),
    ...(compared ? [`Traces were compared without their spans ${ends.join(' and ')}.`] : []),
  ];
}

/** Each named parameter as the node that the query language has for it. */
function namedFilters(parameters: Parameters): QueryNode[] {
  const filters: QueryNode[] = [];
  const service = parameters.get('service');
  if (service !== undefined) filters.push(equals('service', service));
  const operation = parameters.get('operation');
  if (operation !== undefined) filters.push(equals('name', operation));
  const status = parseChoice(parameters, 'status', STATUSES, undefined);
  if (status !== undefined) filters.push(equals('status', status));
  filters.push(...durationFilter(parameters), ...parameters.all('attribute').map(attributeFilter));
  return filters;
}

/** Of the whole trace. */
function traceDurationOf(parameters: Parameters): Pick<TraceSearch, 'traceDuration'> {
  const { min, max } = readDurations(parameters, 'minTraceDuration', 'maxTraceDuration');
  if (min === undefined && max === undefined) return {};
  return { traceDuration: { ...(min === undefined ? {} : { minNanos: min }), ...(max === undefined ? {} : { maxNanos: max }) } };
}

/** Both ends inclusive. */
function durationFilter(parameters: Parameters): QueryNode[] {
  const { min, max } = readDurations(parameters, 'minDuration', 'maxDuration');
  if (min === undefined && max === undefined) return [];
  return [
    {
      type: 'range',
      field: recordField('duration'),
      ...(min === undefined ? {} : { min: { value: min.toString(), inclusive: true } }),
      ...(max === undefined ? {} : { max: { value: max.toString(), inclusive: true } }),
    },
  ];
}

function readDurations(parameters: Parameters, minName: string, maxName: string) {
  const min = readDuration(parameters, minName);
  const max = readDuration(parameters, maxName);
  if (min !== undefined && max !== undefined && min > max) {
    throw new ThreadlineError('invalid_argument', `The parameter "${minName}" is more than "${maxName}".`, {
      field: minName,
      position: 0,
      expected: [`a duration of at most "${maxName}"`],
    });
  }
  return { min, max };
}

function readDuration(parameters: Parameters, name: string): bigint | undefined {
  const text = parameters.get(name);
  try {
    return text === undefined ? undefined : parseDuration(text);
  } catch (error) {
    throw error instanceof QuerySyntaxError ? atField(error, name) : error;
  }
}

/** `key:value`, split at the first colon; the value is taken as it stands, wildcards too. */
function attributeFilter(text: string): QueryNode {
  const colon = text.indexOf(':');
  if (colon < 1) throw invalidValue('attribute', 'key:value, as in http.route:/orders');
  return equals({ type: 'attribute', place: 'any', key: text.slice(0, colon) }, text.slice(colon + 1));
}

/** Of the list that begins with this trace, or with one of the same instant. */
function positionBefore({ key, summary }: TracePage['traces'][number]): readonly string[] {
  return [(key.startNanos + 1n).toString(), '', summary.durationNano];
}

/** One for both orders; of the newest first the duration says nothing. */
function cursorPosition(trace: TracePage['traces'][number]): readonly string[] {
  const { startNanos, traceId, durationNanos } = slowestPosition(trace);
  return [startNanos.toString(), traceId, durationNanos.toString()];
}

function readPosition({ position }: Paging): SlowestPosition | undefined {
  if (position === undefined) return undefined;
  const [start, traceId, duration] = position;
  if (!isWhole(start) || typeof traceId !== 'string' || !isWhole(duration)) throw invalidCursor('has no trace in it');
  return { startNanos: BigInt(start), traceId, durationNanos: BigInt(duration) };
}

function isWhole(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^\d{1,30}$/.test(text);
}

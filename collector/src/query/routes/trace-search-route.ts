import { parseDuration, type QueryNode, QuerySyntaxError } from '@threadline/query-language';
import type { TraceSearchAnswer } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { answerNotes, withCursor } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { atField } from '../http/error-answer.ts';
import { invalidCursor } from '../parameters/cursor.ts';
import { type Paging, parsePaging } from '../parameters/paging.ts';
import { invalidValue, type Parameters, parseChoice } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { DEFAULT_FROM, DEFAULT_TO, toStorageRange } from '../parameters/time-range.ts';
import { and, equals, recordField } from '../query-nodes.ts';

const path = '/api/v1/traces';
const names = {
  single: ['query', 'service', 'operation', 'minDuration', 'maxDuration', 'status', 'from', 'to', 'limit', 'cursor'],
  repeated: ['attribute'],
};
const STATUSES = ['unset', 'ok', 'error'] as const;

/** Searches traces of which one single span fulfils everything that is asked for, newest root start first. */
export const traceSearchRoute = defineRoute({
  path,
  names,
  parse({ parameters, nowNanos }, { capabilities }) {
    const { query, warnings } = parseQueryParameter(parameters, 'spans', capabilities);
    const paging = parsePaging(parameters, { endpoint: path, names, defaultFrom: DEFAULT_FROM, defaultTo: DEFAULT_TO, nowNanos });
    return { query: and(query, ...namedFilters(parameters)), warnings, paging, after: readPosition(paging) };
  },
  async answer({ query, warnings, paging, after }, { storage, context }): Promise<TraceSearchAnswer> {
    const search = { query, range: toStorageRange(paging.range), limit: paging.limit, ...(after === undefined ? {} : { after }) };
    const page = await storage.searchTraces(search, context);
    const last = page.traces.at(-1)?.key;
    return {
      traces: page.traces.map(({ summary }) => summary),
      ...withCursor(page.hasMore && last !== undefined ? paging.nextCursor([last.startNanos.toString(), last.traceId]) : undefined),
      ...answerNotes({ partial: page.partial, warnings }),
    };
  },
});

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

/** Both ends inclusive. */
function durationFilter(parameters: Parameters): QueryNode[] {
  const min = readDuration(parameters, 'minDuration');
  const max = readDuration(parameters, 'maxDuration');
  if (min === undefined && max === undefined) return [];
  if (min !== undefined && max !== undefined && min > max) {
    throw new ThreadlineError('invalid_argument', 'The parameter "minDuration" is more than "maxDuration".', {
      field: 'minDuration',
      position: 0,
      expected: ['a duration of at most "maxDuration"'],
    });
  }
  return [
    {
      type: 'range',
      field: recordField('duration'),
      ...(min === undefined ? {} : { min: { value: min.toString(), inclusive: true } }),
      ...(max === undefined ? {} : { max: { value: max.toString(), inclusive: true } }),
    },
  ];
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

function readPosition({ position }: Paging): { startNanos: bigint; traceId: string } | undefined {
  if (position === undefined) return undefined;
  const [start, traceId] = position;
  if (typeof start !== 'string' || !/^\d{1,30}$/.test(start) || typeof traceId !== 'string') throw invalidCursor('has no trace in it');
  return { startNanos: BigInt(start), traceId };
}

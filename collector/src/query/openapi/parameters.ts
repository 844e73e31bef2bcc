import { DEFAULT_LIMIT, MAX_LIMIT } from '../parameters/paging.ts';
import { DEFAULT_FIGURES_FROM, DEFAULT_FROM, DEFAULT_TO } from '../parameters/time-range.ts';
import type { JsonSchema } from './json-schema.ts';

export interface ParameterObject {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: string | number;
}

const TIME = 'RFC 3339, epoch milliseconds, `now`, or a distance from now as in `now-15m`.';

export function queryParameter(name: string, description: string, schema: JsonSchema, example?: string | number): ParameterObject {
  return { name, in: 'query', required: false, description, schema, ...(example === undefined ? {} : { example }) };
}

export function pathParameter(name: string, description: string, example: string): ParameterObject {
  return { name, in: 'path', required: true, description, schema: { type: 'string', minLength: 1 }, example };
}

/** The two ends of a range with the defaults of lists. */
export const RECENT_RANGE: readonly ParameterObject[] = [
  queryParameter('from', `Start, inclusive: ${TIME}`, { type: 'string', default: DEFAULT_FROM }, 'now-1h'),
  queryParameter('to', `End, exclusive: ${TIME}`, { type: 'string', default: DEFAULT_TO }, '2026-11-23T10:00:00Z'),
];

/** The two ends of a range that is all time by default. */
export const OPEN_RANGE: readonly ParameterObject[] = [
  queryParameter('from', `Start, inclusive; without it all time. ${TIME}`, { type: 'string' }),
  queryParameter('to', `End, exclusive; without it all time. ${TIME}`, { type: 'string' }),
];

/** The two ends of a range that is the last hour by default. */
export const HOUR_RANGE: readonly ParameterObject[] = [
  queryParameter('from', `Start, inclusive: ${TIME}`, { type: 'string', default: DEFAULT_FIGURES_FROM }, 'now-6h'),
  queryParameter('to', `End, exclusive: ${TIME}`, { type: 'string', default: DEFAULT_TO }, '2026-11-23T10:00:00Z'),
];

export const ENVIRONMENT: ParameterObject = queryParameter(
  'environment',
  'Only what says that it is from there (`deployment.environment.name`); empty: only what does not say; without it all.',
  { type: 'string' },
  'production',
);

/** The two ends of a range of figures. */
export const FIGURES_TIMES: readonly ParameterObject[] = [
  queryParameter('from', `Start; its minute counts as a whole: ${TIME}`, { type: 'string', default: DEFAULT_FIGURES_FROM }, 'now-1h'),
  queryParameter('to', `End; its minute counts as a whole: ${TIME}`, { type: 'string', default: DEFAULT_TO }, '2026-11-23T10:00:00Z'),
];

/** What figures can be asked for. */
export const FIGURES_RANGE: readonly ParameterObject[] = [...FIGURES_TIMES, ENVIRONMENT];

export const PAGING: readonly ParameterObject[] = [
  queryParameter('limit', 'Rows of a page; of logs fewer where they are very large, and `nextCursor` tells that more follow.', {
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
  }),
  queryParameter(
    'cursor',
    'The nextCursor of the page before, with the same other parameters. It holds the range of the first page: `from` and `to` may be left out or repeated.',
    { type: 'string' },
  ),
];

/** The query language's parameter. */
export function query(target: 'logs' | 'spans', example: string): ParameterObject {
  return queryParameter(
    'query',
    `A query on ${target} in the query language; empty: all of them.`,
    { type: 'string', default: '', maxLength: 32_768 },
    example,
  );
}

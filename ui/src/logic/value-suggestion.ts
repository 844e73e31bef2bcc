import { completionAt, type Field } from '@threadline/query-language';
import { topLevelClauses, withoutClause } from './query-edit.ts';
import { queryProblem } from './query-problem.ts';

/** A place of a query at which the data's own values are worth asking for. */
export interface ValueSuggestion {
  /** As the collector takes it for a path: `service`, `http.route`, `resource.host.name`. */
  readonly field: string;
  /** What is written of the value so far. */
  readonly prefix: string;
  /** The query without the part that is being written. */
  readonly rest: string;
}

/** Reads the most frequent of those values, with the number of records of each. */
export type LoadValues = (suggestion: ValueSuggestion, signal: AbortSignal) => Promise<ReadonlyMap<string, number>>;

/** What a list offers, each with its count of the range; undefined where it has none. */
export type OfferedCounts = ReadonlyMap<string, number | undefined>;

/** Values have come that the list lacks, or that it counts otherwise, as by what is loaded alone. */
export function hasNews(offered: OfferedCounts, values: ReadonlyMap<string, number>): boolean {
  return [...values].some(([value, count]) => offered.get(value) !== count);
}

/** As many as a list of completions has room for: an answer with fewer has all of them. */
export const SUGGESTED_VALUES = 50;
/** More than this is pasted, not looked for; also the most that the collector takes. */
const MAX_PREFIX_LENGTH = 100;
const PLACES: ReadonlySet<string> = new Set(['any', 'attributes', 'resource', 'scope']);

/** What to ask for at a place of the query; undefined where no value of a field that the collector counts is expected. */
export function valueSuggestionAt(query: string, position: number, target: 'logs' | 'spans'): ValueSuggestion | undefined {
  const { expected, field, typed: written, isQuoted } = completionAt(query, position, target);
  const typed = isQuoted ? written.slice(0, -1) : written;
  const name = field === undefined ? undefined : countedName(field);
  const prefix = typed.replace(/\\(.)/g, '$1');
  // What has a wildcard in it is no start of a value.
  if (name === undefined || !expected.includes('value') || /[*?]/.test(typed) || prefix.length > MAX_PREFIX_LENGTH) return undefined;
  return { field: name, prefix, rest: restOf(query, position, target) };
}

function countedName(field: Field): string | undefined {
  if (field.type === 'record') return field.name === 'service' || field.name === 'scope' ? field.name : undefined;
  if (!PLACES.has(field.place) || field.key === '') return undefined;
  return field.place === 'any' ? field.key : `${field.place}.${field.key}`;
}

/** Nothing where the rest is no query by itself: then all of the range is asked. */
function restOf(query: string, position: number, target: 'logs' | 'spans'): string {
  const clause = topLevelClauses(query).find(({ start, end }) => start <= position && position <= end);
  const rest = clause === undefined ? query.trim() : withoutClause(query, clause);
  return queryProblem(rest, target) === undefined ? rest : '';
}

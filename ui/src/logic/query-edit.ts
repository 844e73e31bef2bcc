import { type QueryToken, tokenizeQuery } from './query-tokens.ts';

/** A part of a query that all records have to fulfil, with its place in the text. */
export interface QueryClause {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The parts that a query joins with AND at its outermost level, in order; one part when it has an OR there.
 * `a AND b -c` is `a`, `b`, `-c`.
 */
export function topLevelClauses(query: string): QueryClause[] {
  const tokens = tokenizeQuery(query);
  const clauses: { start: number; end: number }[] = [];
  let depth = 0;
  let joinsNext = false;
  for (const token of tokens) {
    if (depth === 0 && isOperator(query, token, 'OR')) return wholeQuery(query);
    if (depth === 0 && isOperator(query, token, 'AND')) {
      joinsNext = false;
      continue;
    }
    const current = clauses.at(-1);
    if (current !== undefined && (depth > 0 || joinsNext)) current.end = token.end;
    else clauses.push({ start: token.start, end: token.end });
    if (token.type === 'open') depth += 1;
    if (token.type === 'close') depth = Math.max(0, depth - 1);
    joinsNext = token.type === 'field' || token.type === 'negation' || isOperator(query, token, 'NOT');
  }
  return clauses.map(({ start, end }) => ({ text: query.slice(start, end), start, end }));
}

/** The query without one of its clauses. The joints that are left are put right, so that the rest still parses. */
export function withoutClause(query: string, clause: QueryClause): string {
  return topLevelClauses(query)
    .filter((other) => other.start !== clause.start)
    .map((other) => other.text)
    .join(' ');
}

/** The query narrowed by one more filter; as it was when it has that filter already; the filter's opposite gives way to it. */
export function addFilter(query: string, filter: string): string {
  const trimmed = query.trim();
  if (trimmed === '' || trimmed === '*') return filter;
  const opposite = filter.startsWith('-') ? filter.slice(1) : `-${filter}`;
  const clauses = topLevelClauses(trimmed);
  if (clauses.some((clause) => clause.text === filter)) return trimmed;
  if (clauses.length === 1 && hasTopLevelOr(trimmed)) return `(${trimmed}) ${filter}`;
  return [...clauses.map((clause) => clause.text).filter((text) => text !== opposite), filter].join(' ');
}

/** Whether all records have to fulfil this filter, as it is written. */
export function hasFilter(query: string, filter: string): boolean {
  return topLevelClauses(query).some((clause) => clause.text === filter);
}

/** The query with the filter, or without it where it has it already. */
export function toggleFilter(query: string, filter: string): string {
  const clause = topLevelClauses(query).find(({ text }) => text === filter);
  return clause === undefined ? addFilter(query, filter) : withoutClause(query, clause);
}

function hasTopLevelOr(query: string): boolean {
  let depth = 0;
  for (const token of tokenizeQuery(query)) {
    if (token.type === 'open') depth += 1;
    if (token.type === 'close') depth -= 1;
    if (depth === 0 && isOperator(query, token, 'OR')) return true;
  }
  return false;
}

function isOperator(query: string, token: QueryToken, word: 'AND' | 'OR' | 'NOT'): boolean {
  return token.type === 'operator' && query.slice(token.start, token.end) === word;
}

function wholeQuery(query: string): QueryClause[] {
  const text = query.trim();
  return text === '' ? [] : [{ text, start: query.indexOf(text), end: query.indexOf(text) + text.length }];
}

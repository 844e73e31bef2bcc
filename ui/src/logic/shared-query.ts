import { parseQuery, QuerySyntaxError, type QueryTarget } from '@threadline/query-language';
import { topLevelClauses } from './query-edit.ts';

/** What of a query logs and spans have in common: of the parts that all records have to fulfil those that mean the same on both. */
export function sharedQuery(query: string): string {
  return topLevelClauses(query)
    .map(({ text }) => text)
    .filter((text) => {
      const meaning = meaningOf(text, 'logs');
      return meaning !== undefined && meaning === meaningOf(text, 'spans');
    })
    .join(' ');
}

/** Undefined for what is no query of the target. */
function meaningOf(text: string, target: QueryTarget): string | undefined {
  try {
    return JSON.stringify(parseQuery(text, target));
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    return undefined;
  }
}

import { parseQuery, QuerySyntaxError } from '@threadline/query-language';

/** What is wrong with a query and where, in UTF-16 units. */
export interface QueryProblem {
  readonly message: string;
  /** What would have been right there. */
  readonly expected: readonly string[];
  readonly position: number;
}

/** The first thing that is wrong with the text as a query of the target; undefined when it is a query. */
export function queryProblem(text: string, target: 'logs' | 'spans'): QueryProblem | undefined {
  try {
    parseQuery(text, target);
    return undefined;
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    const { message, expected, position } = error;
    return { message, expected, position };
  }
}

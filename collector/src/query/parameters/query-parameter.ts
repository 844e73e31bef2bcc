import { parseQuery, type QueryNode, QuerySyntaxError, type QueryTarget } from '@threadline/query-language';
import type { Capabilities } from '../../storage/capabilities.ts';
import { checkCapabilities } from '../capability-check.ts';
import { atField } from '../http/error-answer.ts';
import type { Parameters } from './parameters.ts';

export interface QueryParameter {
  readonly query: QueryNode;
  readonly warnings: readonly string[];
}

/** The parameter `query`, which this storage can answer; absent or empty it is every record. Errors name the place in its text. */
export function parseQueryParameter(parameters: Parameters, target: QueryTarget, capabilities: Capabilities): QueryParameter {
  const query = parse(parameters.get('query') ?? '', target);
  return { query, warnings: checkCapabilities(query, capabilities) };
}

/** Each value of a parameter that repeats, as `parseQueryParameter`. */
export function parseQueryParameters(
  parameters: Parameters,
  name: string,
  { target, capabilities }: { readonly target: QueryTarget; readonly capabilities: Capabilities },
): readonly QueryParameter[] {
  return parameters.all(name).map((text) => {
    const query = parse(text, target, name);
    return { query, warnings: checkCapabilities(query, capabilities) };
  });
}

function parse(text: string, target: QueryTarget, name = 'query'): QueryNode {
  try {
    return parseQuery(text, target);
  } catch (error) {
    throw error instanceof QuerySyntaxError ? atField(error, name) : error;
  }
}

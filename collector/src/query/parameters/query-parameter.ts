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

function parse(text: string, target: QueryTarget): QueryNode {
  try {
    return parseQuery(text, target);
  } catch (error) {
    throw error instanceof QuerySyntaxError ? atField(error, 'query') : error;
  }
}

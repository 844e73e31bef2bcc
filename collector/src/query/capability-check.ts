import type { QueryNode, TextSpan } from '@threadline/query-language';
import { ThreadlineError } from '../errors.ts';
import type { Capabilities } from '../storage/capabilities.ts';

/** What a reader is told where a pattern has no beginning to look up. */
export const LEADING_WILDCARD_WARNING =
  'A pattern that starts with a wildcard has to read every record of the range on this storage; a narrower range or a pattern with a beginning is faster.';

/**
 * Refuses a form that the storage cannot do with `unsupported_query`, the form's name and its place in the parameter `query`;
 * returns the warnings that the answer has to carry.
 */
export function checkCapabilities(query: QueryNode, capabilities: Capabilities): string[] {
  let scans = false;
  visit(query, (node) => {
    if (node.type === 'regex' && !capabilities.regex) throw unsupported('A regular expression (field:/…/)', node.span);
    if ((node.type === 'pattern' || node.type === 'wordPattern') && node.pattern[0]?.type !== 'literal') scans = true;
  });
  return scans && capabilities.leadingWildcardScans ? [LEADING_WILDCARD_WARNING] : [];
}

function visit(node: QueryNode, look: (node: QueryNode) => void): void {
  look(node);
  if (node.type === 'and' || node.type === 'or') for (const child of node.children) visit(child, look);
  if (node.type === 'not') visit(node.child, look);
}

function unsupported(form: string, span: TextSpan | undefined): ThreadlineError {
  return new ThreadlineError('unsupported_query', `${form} is not supported by this storage.`, {
    field: 'query',
    position: span?.start ?? 0,
    expected: ['an exact value', 'a pattern with * and ?'],
  });
}

import type { QueryNode } from './syntax-tree.ts';

/** The tree without its places in the text, for comparing trees of different texts. */
export function withoutSpans(node: QueryNode): unknown {
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'span' ? undefined : value)));
}

import type { QueryNode } from '@threadline/query-language';
import { probeOf } from '../filter/query-probe.ts';
import type { TableName } from '../layout.ts';
import type { RowGroup } from '../segments/segment.ts';

/** Gives those of the pages, as bits, all of whose rows match. There may be others. */
export type CertainPages = (group: RowGroup, pages: number) => number;

/** Queries whose pages are kept of a row group: one page of a UI asks for little else than that the SDK's own events are left out. */
const MAX_KEPT = 4;

const NONE: CertainPages = () => 0;

/** Which pages match as a whole, told by the filters alone: where a page has none of the tokens of what is to be left out, nothing is. */
export function certainPages(node: QueryNode, table: TableName): CertainPages {
  switch (node.type) {
    case 'all':
      return (_group, pages) => pages;
    case 'and': {
      const children = node.children.map((child) => certainPages(child, table));
      if (children.includes(NONE)) return NONE;
      return (group, pages) => children.reduce((left, child) => (left === 0 ? 0 : child(group, left)), pages);
    }
    case 'or': {
      const children = node.children.map((child) => certainPages(child, table)).filter((child) => child !== NONE);
      if (children.length === 0) return NONE;
      return (group, pages) => children.reduce((found, child) => found | child(group, pages & ~found), 0);
    }
    case 'not':
      return pagesWithout(node.child, table);
    default:
      return NONE;
  }
}

/** Row groups never change: what their filters say of a query is kept. */
const kept = new WeakMap<RowGroup, Map<string, number>>();

function pagesWithout(node: QueryNode, table: TableName): CertainPages {
  const probe = probeOf(node, table);
  if (probe.type === 'any') return NONE;
  const key = JSON.stringify(probe);
  return (group, pages) => {
    const known = kept.get(group) ?? new Map<string, number>();
    kept.set(group, known);
    let found = known.get(key);
    if (found === undefined) {
      found = group.probe(probe);
      if (known.size >= MAX_KEPT) known.clear();
      known.set(key, found);
    }
    return pages & ~found;
  };
}

import { membersOf, type Repeats } from './repeats.ts';
import { NODE, type TraceTree } from './trace-tree.ts';

/** What the mark of links says in a row, from its span and to it; how many they are where there are several. */
export const LINKS_SIGNS = { to: '↗', from: '↙' } as const;

/** To how many spans, of this and other traces, a span links, and how many of other traces link to it. */
export interface LinkCounts {
  readonly to: number;
  readonly from: number;
}

const NONE: LinkCounts = { to: 0, from: 0 };

export function linksOf(tree: Pick<TraceTree, 'links' | 'linkedFrom' | 'type' | 'source'>, node: number): LinkCounts {
  if (tree.type[node] !== NODE.span || !hasLinks(tree)) return NONE;
  const source = tree.source[node] ?? 0;
  return { to: firstFrom(tree.links, source + 1) - firstFrom(tree.links, source), from: tree.linkedFrom.get(node) ?? 0 };
}

/** The same of all calls that the row of a repetition stands for. */
export function linksOfRepeat({ tree, repeats }: { readonly tree: TraceTree; readonly repeats: Repeats }, head: number): LinkCounts {
  if (!hasLinks(tree)) return NONE;
  let [to, from] = [0, 0];
  for (const member of membersOf(repeats, head)) {
    const links = linksOf(tree, member);
    to += links.to;
    from += links.from;
  }
  return { to, from };
}

function hasLinks({ links, linkedFrom }: Pick<TraceTree, 'links' | 'linkedFrom'>): boolean {
  return links.length > 0 || linkedFrom.size > 0;
}

/** The place of the first link of that span or a later one: links stand by their spans. */
function firstFrom(links: TraceTree['links'], span: number): number {
  let low = 0;
  let high = links.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((links[middle]?.span ?? 0) < span) low = middle + 1;
    else high = middle;
  }
  return low;
}

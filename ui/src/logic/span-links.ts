import { membersOf, type Repeats } from './repeats.ts';
import { NODE, type TraceTree } from './trace-tree.ts';

/** What the mark of links says in a row; how many they are where there are several. */
export const LINKS_SIGN = '↗';

/**
 * To how many spans a span links, of this and other traces. Which spans link to it nobody knows without a question for each span: the details of one that is
 * opened say that.
 */
export function linksOf(tree: Pick<TraceTree, 'links' | 'type' | 'source'>, node: number): number {
  if (tree.links.length === 0 || tree.type[node] !== NODE.span) return 0;
  const source = tree.source[node] ?? 0;
  return firstFrom(tree.links, source + 1) - firstFrom(tree.links, source);
}

/** The same of all calls that the row of a repetition stands for. */
export function linksOfRepeat({ tree, repeats }: { readonly tree: TraceTree; readonly repeats: Repeats }, head: number): number {
  if (tree.links.length === 0) return 0;
  let links = 0;
  for (const member of membersOf(repeats, head)) links += linksOf(tree, member);
  return links;
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

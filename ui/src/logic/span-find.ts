import { NODE, type TraceTree } from './trace-tree.ts';

/** What spans are looked for by: all of what is given has to hold. */
export interface SpanSearch {
  /** Of a name, a service or what is called, in any case; empty: any. */
  readonly text: string;
  /** Exactly this service, and exactly this operation. */
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
}

/** Whether a span is one of those that are looked for. Each name is looked at once, whatever the number of spans. */
export function matchesSpan(
  tree: Pick<TraceTree, 'type' | 'name' | 'service' | 'target' | 'names' | 'services' | 'targets'>,
  { text, service, operation }: SpanSearch,
): (node: number) => boolean {
  const wanted = text.toLowerCase();
  const hasText = (texts: readonly string[]): Uint8Array => Uint8Array.from(texts, (one) => (one.toLowerCase().includes(wanted) ? 1 : 0));
  const isExactly = (texts: readonly string[], exact: string | undefined): Uint8Array =>
    Uint8Array.from(texts, (one) => (exact === undefined || one === exact ? 1 : 0));
  const names = { text: hasText(tree.names), exact: isExactly(tree.names, operation) };
  const services = { text: hasText(tree.services), exact: isExactly(tree.services, service) };
  const targets = hasText(tree.targets);
  return (node) => {
    if (tree.type[node] === NODE.log || tree.type[node] === NODE.missing) return false;
    const [ofName, ofService] = [tree.name[node] ?? 0, tree.service[node] ?? 0];
    if (names.exact[ofName] !== 1 || services.exact[ofService] !== 1) return false;
    return names.text[ofName] === 1 || services.text[ofService] === 1 || targets[tree.target[node] ?? 0] === 1;
  };
}

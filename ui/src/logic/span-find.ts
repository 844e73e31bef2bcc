import { NODE, type TraceTree } from './trace-tree.ts';

/**
 * Whether a name or service of a span has the text, in any case. Each name is looked at once, whatever the number of spans.
 */
export function matchesSpan(tree: TraceTree, text: string): (node: number) => boolean {
  const wanted = text.toLowerCase();
  const names = Uint8Array.from(tree.names, (name) => (name.toLowerCase().includes(wanted) ? 1 : 0));
  const services = Uint8Array.from(tree.services, (service) => (service.toLowerCase().includes(wanted) ? 1 : 0));
  return (node) => {
    if (tree.type[node] === NODE.log || tree.type[node] === NODE.missing) return false;
    return names[tree.name[node] ?? 0] === 1 || services[tree.service[node] ?? 0] === 1;
  };
}

import type { CallGraph } from './call-graph.ts';

/** The nodes of a graph that a diagram shows: all, or as many as it has room for, those with the most own time; in the graph's order. */
export function chooseNodes({ statistics: { size, self } }: CallGraph, most: number): number[] {
  const places = Array.from({ length: size }, (_, place) => place);
  if (size <= most) return places;
  return places
    .sort((left, right) => (self[right] ?? 0) - (self[left] ?? 0) || left - right)
    .slice(0, most)
    .sort((left, right) => left - right);
}

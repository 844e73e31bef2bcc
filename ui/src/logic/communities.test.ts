import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { communities, type WeightedEdge } from './communities.ts';

const edge = (from: number, to: number, weight = 1): WeightedEdge => ({ from, to, weight });
/** Each node of a clique is joined to all others. */
const clique = (first: number, count: number): WeightedEdge[] =>
  Array.from({ length: count }, (_, left) => Array.from({ length: left }, (__, right) => edge(first + left, first + right))).flat();

describe('communities', () => {
  it('are the cliques of a graph of cliques that are joined by one edge each', () => {
    const found = communities(15, [...clique(0, 5), ...clique(5, 5), ...clique(10, 5), edge(0, 5), edge(5, 10), edge(10, 0)]);
    expect(new Set(found.slice(0, 5)).size).toBe(1);
    expect(new Set(found.slice(5, 10)).size).toBe(1);
    expect(new Set(found.slice(10)).size).toBe(1);
    expect(new Set(found).size).toBe(3);
  });

  it('go by how much nodes have to do with each other', () => {
    const found = communities(4, [edge(0, 1, 100), edge(1, 2, 1), edge(2, 3, 100)]);
    expect(found[0]).toBe(found[1]);
    expect(found[2]).toBe(found[3]);
    expect(found[1]).not.toBe(found[2]);
  });

  it('are one for each node that is joined to none', () => {
    expect(new Set(communities(4, [])).size).toBe(4);
  });

  it('never join what no way joins, and are the same for the same graph', () => {
    const edges = fc.array(fc.record({ from: fc.nat(9), to: fc.nat(9), weight: fc.integer({ min: 1, max: 9 }) }), { maxLength: 30 });
    fc.assert(
      fc.property(edges, (all) => {
        const found = communities(10, all);
        expect(communities(10, all)).toEqual(found);
        const reach = Array.from({ length: 10 }, (_, node) => node);
        const top = (node: number): number => (reach[node] === node ? node : top(reach[node] ?? node));
        for (const { from, to } of all) reach[top(from)] = top(to);
        for (let left = 0; left < 10; left += 1)
          for (let right = 0; right < left; right += 1) if (found[left] === found[right]) expect(top(left)).toBe(top(right));
      }),
    );
  });
});

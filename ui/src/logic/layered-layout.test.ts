import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layeredLayout, routedLayers, routedLayout } from './layered-layout.ts';

describe('layeredLayout', () => {
  it('puts a node as far as the longest way to it, and a circle in the order that it is met', () => {
    const { layer, layers } = layeredLayout(4, { from: [0, 0, 1, 2, 3], to: [1, 2, 2, 3, 1] });
    expect([...layer]).toEqual([0, 1, 2, 3]);
    expect(layers).toBe(4);
  });

  it('begins a circle with what calls more than it is called by', () => {
    // 0 to 2 call in a circle, and 1 calls 3 too.
    const { layer } = layeredLayout(4, { from: [0, 1, 2, 1], to: [1, 2, 0, 3] });
    expect([...layer]).toEqual([2, 0, 1, 1]);
  });

  it('uncrosses what can be', () => {
    // 0 calls 3 and 1 calls 2.
    const { row } = layeredLayout(4, { from: [0, 1], to: [3, 2] });
    expect(Math.sign((row[0] ?? 0) - (row[1] ?? 0))).toBe(Math.sign((row[3] ?? 0) - (row[2] ?? 0)));
  });

  it('gives every node a place of its own, and leads forwards where there is no circle', () => {
    const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 30 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const any = layeredLayout(12, { from: pairs.map(([from]) => from), to: pairs.map(([, to]) => to) });
        expect(new Set(Array.from({ length: 12 }, (_, node) => `${any.layer[node]} ${any.row[node]}`)).size).toBe(12);
        const acyclic = pairs.filter(([from, to]) => from < to);
        const { layer } = layeredLayout(12, { from: acyclic.map(([from]) => from), to: acyclic.map(([, to]) => to) });
        for (const [from, to] of acyclic) expect(layer[to] ?? 0).toBeGreaterThan(layer[from] ?? 0);
      }),
    );
  });
});

describe('routedLayout', () => {
  it('gives an edge a place in each layer that it leads over, where nothing else is', () => {
    // The last edge leads from the first node to the last, over the two between.
    const { layer, row, routes } = routedLayout(4, { from: [0, 1, 2, 0], to: [1, 2, 3, 3] });
    expect(routes.map(({ length }) => length)).toEqual([0, 0, 0, 2]);
    expect(routes[3]?.map((node) => layer[node])).toEqual([1, 2]);
    const places = Array.from(layer, (value, node) => `${value} ${row[node]}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('leaves edges that close a circle as they are', () => {
    const { routes, layer } = routedLayout(3, { from: [0, 1, 2], to: [1, 2, 0] });
    expect(routes).toEqual([[], [], []]);
    expect([...layer]).toEqual([0, 1, 2]);
  });
});

describe('routedLayers', () => {
  it('gives an edge a place in each layer between, in the order in which it goes through them, back too', () => {
    const { layer, row, routes } = routedLayers(Int32Array.of(0, 1, 2, 3), { from: [0, 1, 2, 3, 0], to: [1, 2, 3, 0, 3] });
    expect(routes.map((route) => route.map((node) => layer[node]))).toEqual([[], [], [], [2, 1], [1, 2]]);
    const places = Array.from(layer, (value, node) => `${value} ${row[node]}`);
    expect(new Set(places).size).toBe(places.length);
  });
});

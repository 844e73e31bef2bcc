import type { MapEdge, MapNode } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { refreshedMap } from './map-changes.ts';

const node = (name: string, count: number): MapNode => ({
  id: `service:${name}`,
  type: 'service',
  name,
  state: 'healthy',
  namespace: 'shop',
  figures: { count, errors: 0, perSecond: count },
});
const edge = (from: string, to: string, count: number): MapEdge => ({
  from: `service:${from}`,
  to: `service:${to}`,
  protocol: 'http',
  figures: { count, errors: 0, perSecond: count },
});

describe('a map that is renewed', () => {
  const drawn = { nodes: [node('a', 1), node('gone', 1), node('b', 1)], edges: [edge('a', 'b', 1), edge('a', 'gone', 1)] };
  const newer = { nodes: [node('b', 5), node('new', 5), node('a', 5)], edges: [edge('a', 'new', 5), edge('a', 'b', 5)] };
  const { map, newNodeCount, newEdgeCount } = refreshedMap(drawn, newer);

  it('has what is drawn in its order, with the newest figures', () => {
    expect(map.nodes.map(({ name, figures }) => [name, figures?.count])).toEqual([
      ['a', 5],
      ['gone', undefined],
      ['b', 5],
    ]);
    expect(map.edges.map(({ to, figures }) => [to, figures.count])).toEqual([
      ['service:b', 5],
      ['service:gone', 0],
    ]);
    expect(map.nodes[1]).toMatchObject({ namespace: 'shop' });
    expect(map.nodes[1]?.state).toBeUndefined();
  });

  it('counts what is new', () => {
    expect([newNodeCount, newEdgeCount]).toEqual([1, 1]);
    expect(refreshedMap(newer, newer)).toEqual({ map: newer, newNodeCount: 0, newEdgeCount: 0 });
  });
});

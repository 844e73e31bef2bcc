import type { MapEdge, MapNode, TrafficFigures } from '@threadline/collector/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownMap } from './service-map.ts';

const figures = (count: number): TrafficFigures => ({
  count,
  errors: 0,
  perSecond: count / 60,
});
const node = (name: string, state: MapNode['state'] = 'healthy'): MapNode => ({ id: `service:${name}`, type: 'service', name, state });
const edge = (from: string, to: string, count = 1): MapEdge => ({
  from: `service:${from}`,
  to: `service:${to}`,
  protocol: 'http',
  figures: figures(count),
});
const namesOf = (nodes: readonly MapNode[]): string[] => nodes.map(({ name }) => name);

const CHAIN = {
  nodes: ['a', 'b', 'c', 'd', 'e'].map((name) => node(name)),
  edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'd'), edge('d', 'e')],
};

describe('the shown map', () => {
  it('is all of it where nothing is wished for', () => {
    expect(shownMap(CHAIN, { steps: 1, find: '' })).toEqual({ ...CHAIN, left: 0 });
  });

  it.each([
    [1, ['b', 'c', 'd']],
    [2, ['a', 'b', 'c', 'd', 'e']],
  ])('is a node and what it is joined to in %d steps, in either direction', (steps, expected) => {
    expect(namesOf(shownMap(CHAIN, { focus: 'service:c', steps, find: 'ignored' }).nodes)).toEqual(expected);
  });

  it('is what has a text in its name, and its neighbours', () => {
    expect(namesOf(shownMap(CHAIN, { steps: 2, find: ' E' }).nodes)).toEqual(['d', 'e']);
  });

  it('has room for what is wished for, then for what is in trouble, then for what is called most', () => {
    const map = {
      nodes: [node('busy'), node('calm'), node('ill', 'degraded'), node('wished')],
      edges: [edge('busy', 'wished', 100), edge('calm', 'wished', 1), edge('ill', 'wished', 1)],
    };
    const wish = { focus: 'service:wished', steps: 1, find: '' };
    expect(namesOf(shownMap(map, wish, 1).nodes)).toEqual(['wished']);
    expect(namesOf(shownMap(map, wish, 2).nodes)).toEqual(['ill', 'wished']);
    expect(namesOf(shownMap(map, wish, 3).nodes)).toEqual(['busy', 'ill', 'wished']);
    expect(shownMap(map, wish, 3)).toMatchObject({ left: 1, edges: [{ from: 'service:busy' }, { from: 'service:ill' }] });
  });

  it('never has an edge without both of its nodes, nor more nodes than there is room for', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const pairs = fc.array(fc.tuple(name, name, fc.nat(9)), { maxLength: 20 });
    fc.assert(
      fc.property(pairs, fc.option(name, { nil: undefined }), fc.nat(3), fc.nat(6), (links, focus, steps, room) => {
        const map = { nodes: ['a', 'b', 'c', 'd', 'e', 'f'].map((each) => node(each)), edges: links.map((link) => edge(...link)) };
        const shown = shownMap(map, { focus: focus && `service:${focus}`, steps, find: '' }, room);
        const ids = new Set(shown.nodes.map(({ id }) => id));
        expect(ids.size).toBeLessThanOrEqual(room);
        for (const { from, to } of shown.edges) expect(ids.has(from) && ids.has(to)).toBe(true);
        if (focus !== undefined && room > 0) expect(ids.has(`service:${focus}`)).toBe(true);
      }),
    );
  });
});

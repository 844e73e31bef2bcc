import type { MapEdge, MapNode } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { MAP_GROUPINGS } from './map-grouping.ts';
import { groupNodes, sharedGroup, typeOfShared, usualGrouping } from './map-groups.ts';

const service = (name: string, namespace?: string): MapNode => ({
  id: `service:${name}`,
  type: 'service',
  name,
  ...(namespace && { namespace }),
});
const database = (name: string): MapNode => ({ id: `database:${name}`, type: 'database', name });
const edge = (from: string, to: string, count = 1): MapEdge => ({
  from,
  to,
  protocol: 'http',
  figures: { count, errors: 0, perSecond: 1 },
});
const many = (count: number, node: (number: number) => MapNode): MapNode[] => Array.from({ length: count }, (_, number) => node(number));

describe('groups of a map', () => {
  it('are namespaces of at least two', () => {
    const nodes = [service('a', 'shop'), service('b', 'shop'), service('c', 'alone'), service('d')];
    expect([...groupNodes({ nodes, edges: [] }, 'namespace')]).toEqual([
      ['service:a', 'shop'],
      ['service:b', 'shop'],
    ]);
  });

  it('are first words of names, and more words where too many begin alike', () => {
    const nodes = [
      ...many(70, (number) => service(`team-${number % 2}-s${number}`)),
      service('mail.in'),
      service('mail/out'),
      service('web'),
    ];
    const groups = groupNodes({ nodes, edges: [] }, 'name');
    expect(groups.get('service:team-0-s2')).toBe('team-0');
    expect(groups.get('service:team-1-s3')).toBe('team-1');
    expect(groups.get('service:mail.in')).toBe('mail');
    expect(groups.get('service:mail/out')).toBe('mail');
    expect(groups.has('service:web')).toBe(false);
  });

  it('are those who call each other, named after the one with most calls', () => {
    const nodes = ['a', 'b', 'c', 'x', 'y'].map((name) => service(name));
    const edges = [
      edge('service:a', 'service:b', 9),
      edge('service:a', 'service:c', 8),
      edge('service:x', 'service:y', 9),
      edge('service:c', 'service:x'),
    ];
    const groups = groupNodes({ nodes, edges }, 'calls');
    expect(['a', 'b', 'c', 'x', 'y'].map((name) => groups.get(`service:${name}`))).toEqual(['a', 'a', 'a', 'x', 'x']);
  });

  it('have what only they use; what several use is grouped by what it is where there is much of it', () => {
    const nodes = [
      service('a-1'),
      service('a-2'),
      service('b-1'),
      service('b-2'),
      database('own'),
      ...many(7, (number) => database(`shared ${number}`)),
    ];
    const edges = [
      edge('service:a-1', 'database:own'),
      edge('service:a-2', 'database:own'),
      ...many(7, (number) => database(`shared ${number}`)).flatMap(({ id }) => [edge('service:a-1', id), edge('service:b-1', id)]),
    ];
    const groups = groupNodes({ nodes, edges }, 'name');
    expect(groups.get('database:own')).toBe('a');
    expect(groups.get('database:shared 3')).toBe(sharedGroup('database'));
    expect(typeOfShared(groups.get('database:shared 3') ?? '')).toBe('database');
    expect(typeOfShared('database')).toBeUndefined();
    expect(groupNodes({ nodes: nodes.slice(0, 6), edges }, 'name').has('database:shared 0')).toBe(false);
  });

  it.each([
    ['none', many(40, (number) => service(`s${number}`, 'shop'))],
    ['namespace', many(60, (number) => service(`s${number}`, number < 20 ? 'left' : number < 40 ? 'right' : undefined))],
    ['name', many(60, (number) => service(`team${number % 5}-${number}`))],
    // One group of all, or one for each, tells nothing.
    ['calls', many(60, (number) => service(`s${number}`, 'all'))],
  ])('are by %s where that is what most services say', (by, nodes) => {
    expect(usualGrouping({ nodes, edges: [] })).toBe(by);
    expect(MAP_GROUPINGS).toContain(by);
  });

  it('are by calls where names leave more boxes than are read, unless calls leave more', () => {
    // Half of them begin alike; the others are each alone by their names.
    const nodes = many(400, (number) => service(number < 210 ? `team${number % 10}-${number}` : `s${number}.team`));
    const rings = many(400, () => service('')).map((_, number) =>
      edge(nodes[number]?.id ?? '', nodes[number - (number % 20) + ((number + 1) % 20)]?.id ?? ''),
    );
    expect(usualGrouping({ nodes, edges: rings })).toBe('calls');
    expect(usualGrouping({ nodes, edges: [] })).toBe('name');
  });
});

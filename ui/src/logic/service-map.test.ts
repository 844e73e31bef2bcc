import type { MapEdge, MapNode, TrafficFigures } from '@threadline/collector/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAP_GROUPINGS } from './map-grouping.ts';
import { gravestBox, largestGroup, type MapWish, planMap, type ShownMap, shownMap } from './service-map.ts';

const figures = (count: number, errors = 0): TrafficFigures => ({
  count,
  errors,
  perSecond: count / 60,
  p50Millis: 1,
  p95Millis: 2,
  p99Millis: 3,
});
const node = (name: string, rest: Partial<MapNode> = {}): MapNode => ({
  id: `service:${name}`,
  type: 'service',
  name,
  state: 'healthy',
  ...rest,
});
const edge = (from: string, to: string, count = 1, protocol = 'http'): MapEdge => ({
  from: `service:${from}`,
  to: `service:${to}`,
  protocol,
  figures: figures(count),
});
const ALL: MapWish = { steps: 1, find: '', grouping: undefined, open: [] };
const show = (map: { nodes: MapNode[]; edges: MapEdge[] }, wish: Partial<MapWish> = {}): ShownMap => {
  const whole = { ...ALL, ...wish };
  return shownMap(map, whole, planMap(map, whole));
};
const namesOf = ({ boxes }: ShownMap): string[] => boxes.map((box) => ('group' in box ? box.group.id : box.node.name));

const CHAIN = {
  nodes: ['a', 'b', 'c', 'd', 'e'].map((name) => node(name)),
  edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'd'), edge('d', 'e')],
};
const TEAMS = {
  nodes: [
    node('shop-web', { figures: figures(10) }),
    node('shop-orders', { figures: figures(20, 5), state: 'down' }),
    node('mail-out', { figures: figures(3) }),
    node('mail-in', { state: 'silent' }),
    node('alone'),
    { id: 'database:pg', type: 'database', name: 'pg' } as const,
  ],
  edges: [
    edge('shop-web', 'shop-orders', 8),
    edge('shop-web', 'mail-out', 2),
    edge('shop-orders', 'mail-out', 4),
    edge('shop-orders', 'mail-in', 1),
    edge('alone', 'shop-web', 5),
    { from: 'service:shop-orders', to: 'database:pg', protocol: 'database', figures: figures(20) },
  ],
};

describe('the shown map', () => {
  it('is all of it, node by node, where it is small and nothing is wished for', () => {
    const shown = show(CHAIN);
    expect(namesOf(shown)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(shown.lines.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(shown).toMatchObject({ frames: [], found: [], nodeCount: 5 });
  });

  it.each([
    [1, ['b', 'c', 'd']],
    [2, ['a', 'b', 'c', 'd', 'e']],
  ])('is a node and what it is joined to in %d steps, in either direction', (steps, expected) => {
    expect(namesOf(show(CHAIN, { focus: 'service:c', steps, find: 'ignored' }))).toEqual(expected);
  });

  it('is what has a text in its name, and its neighbours', () => {
    const shown = show(CHAIN, { find: ' E' });
    expect(namesOf(shown)).toEqual(['d', 'e']);
    expect(shown.found).toEqual(['service:e']);
  });

  it('has one box for each group, with sums of its services and those in trouble, and what only it uses', () => {
    const shown = show(TEAMS, { grouping: 'name' });
    expect(namesOf(shown)).toEqual(['group:shop', 'group:mail', 'alone']);
    expect(shown.boxes[0]).toMatchObject({
      group: { serviceCount: 2, nodeCount: 3, states: { healthy: 1, down: 1 }, figures: { count: 30, errors: 5 } },
    });
    expect(shown.lines.map(({ from, to, edges, figures: sum }) => [from, to, edges.length, sum.count, sum.p95Millis])).toEqual([
      [0, 1, 3, 7, undefined],
      [2, 0, 1, 5, 2],
    ]);
  });

  it('sums what failed for callers with what failed for all that is called', () => {
    const late = { ...edge('shop-web', 'mail-out', 10), figures: { ...figures(10, 1), callerErrors: 4 } };
    const failing = { ...edge('shop-orders', 'mail-out', 10), figures: figures(10, 2) };
    const sumOf = (edges: MapEdge[]) => show({ nodes: TEAMS.nodes, edges }, { grouping: 'name' }).lines[0]?.figures;
    expect(sumOf([late, failing])).toMatchObject({ count: 20, errors: 3, callerErrors: 6 });
    expect(sumOf([failing, failing])).not.toHaveProperty('callerErrors');
  });

  it('counts in a group in trouble the databases, queues and hosts too', () => {
    const nodes = TEAMS.nodes.map((each) => (each.type === 'database' ? { ...each, state: 'down' as const } : each));
    expect(show({ ...TEAMS, nodes }, { grouping: 'name' }).boxes[0]).toMatchObject({
      group: { serviceCount: 2, nodeCount: 3, states: { healthy: 1, down: 2 } },
    });
  });

  it('draws the nodes of a group that is open each, in its frame', () => {
    const shown = show(TEAMS, { grouping: 'name', open: ['shop', 'no such group'] });
    expect(namesOf(shown)).toEqual(['shop-web', 'shop-orders', 'group:mail', 'alone', 'pg']);
    expect(shown.frames.map(({ name }) => name)).toEqual(['shop']);
    expect(shown.boxes.map((box) => ('group' in box ? 'group' : box.frame))).toEqual([0, 0, 'group', undefined, 0]);
    expect(shown.lines).toHaveLength(5);
  });

  it('says how much of what was looked for is in a group that is closed', () => {
    const shown = show(TEAMS, { grouping: 'name', find: 'orders' });
    expect(shown.boxes[0]).toMatchObject({ group: { name: 'shop', foundCount: 1 } });
  });

  it('reaches every node, whatever is grouped and open, and has no line without both of its boxes', () => {
    const name = fc.constantFrom('x-a', 'x-b', 'y-c', 'y-d', 'z-e', 'f');
    const pairs = fc.array(fc.tuple(name, name, fc.nat(9)), { maxLength: 20 });
    const wishes = fc.record({
      grouping: fc.constantFrom(...MAP_GROUPINGS),
      focus: fc.option(
        name.map((each) => `service:${each}`),
        { nil: undefined },
      ),
      steps: fc.integer({ min: 1, max: 3 }),
      open: fc.subarray(['x', 'y', 'z', 'x-a', 'f']),
    });
    fc.assert(
      fc.property(pairs, wishes, (links, wish) => {
        const map = {
          nodes: ['x-a', 'x-b', 'y-c', 'y-d', 'z-e', 'f'].map((each) => node(each)),
          edges: links.map((link) => edge(...link)),
        };
        const shown = show(map, wish);
        const reached = shown.boxes.reduce((sum, box) => sum + ('group' in box ? box.group.nodeCount : 1), 0);
        expect(reached).toBe(shown.nodeCount);
        if (wish.focus === undefined) expect(reached).toBe(6);
        for (const { from, to } of shown.lines) {
          expect(from).not.toBe(to);
          expect(shown.boxes[from] && shown.boxes[to]).toBeDefined();
        }
        const drawn = shown.lines.reduce((sum, line) => sum + line.figures.count, 0);
        expect(drawn).toBeLessThanOrEqual(links.reduce((sum, [, , count]) => sum + count, 0));
      }),
    );
  });
});

describe('largestGroup', () => {
  it('is how many boxes the largest group stands for, nothing where no group is closed', () => {
    const crowd = ['a', 'b'].flatMap((team) => Array.from({ length: team === 'a' ? 50 : 20 }, (_, at) => node(`${team}-${at}`)));
    expect(largestGroup(show({ nodes: crowd, edges: [] }, { grouping: 'name' }).boxes)).toBe(50);
    expect(largestGroup(show({ nodes: [node('web')], edges: [] }, { grouping: 'name' }).boxes)).toBe(0);
  });
});

describe('gravestBox', () => {
  const place = (states: readonly NonNullable<MapNode['state']>[]): number =>
    gravestBox(states.map((state, at) => ({ node: node(`n${at}`, { state }), frame: undefined, isFound: false })));

  it('is the first that is down, else the first that is degraded, a group as the worst that is in it', () => {
    expect(place(['healthy', 'degraded', 'down', 'down'])).toBe(2);
    expect(place(['healthy', 'silent', 'degraded'])).toBe(2);
    expect(place(['healthy', 'silent'])).toBe(-1);
    const crowd = Array.from({ length: 60 }, (_, at) => node(`team-${at}`, { state: at === 50 ? 'down' : 'healthy' }));
    const { boxes } = show({ nodes: [node('web', { state: 'degraded' }), ...crowd], edges: [] }, { grouping: 'name' });
    expect(boxes[gravestBox(boxes)]).toMatchObject({ group: { name: 'team' } });
  });
});

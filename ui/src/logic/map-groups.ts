import type { MapEdge, MapNode, ServiceMapAnswer } from '@threadline/collector/api';
import { communities } from './communities.ts';
import type { MapGrouping } from './map-grouping.ts';

type Drawn = Pick<ServiceMapAnswer, 'nodes' | 'edges'>;

/** So many boxes are read one by one. */
const FEW_NODES = 40;
/** More groups, and services in none, are found by searching, not by looking. */
const MAX_BOXES = 80;
/** A group of more is looked into further, by so many words. */
const MANY_NODES = 60;
const MAX_WORDS = 3;
/** Of what several groups use, more than this of one type are put together. */
const FEW_SHARED = 6;
/** What ends the first word of a name: `team-orders`, `shop.orders`, `shop/orders`. */
const SEPARATOR = /[-._/:\s]/;

/** The group of each node that has one, by the node's id. A group has at least two nodes. */
export type NodeGroups = ReadonlyMap<string, string>;

/** What most services say of themselves, where that leaves few boxes; else what leaves fewest. A map that is read as it is has none. */
export function usualGrouping({ nodes, edges }: Drawn): MapGrouping {
  if (nodes.length <= FEW_NODES) return 'none';
  const services = nodes.filter(({ type }) => type === 'service');
  const boxesBy = (by: MapGrouping) => {
    const groups = groupServices(services, edges, by);
    const count = new Set(groups.values()).size;
    const isTold = groups.size * 2 >= services.length && count > 1 && count * 2 <= services.length;
    return { by, isTold, boxes: count + services.length - groups.size };
  };
  const told = (['namespace', 'name'] as const).map(boxesBy).filter(({ isTold }) => isTold);
  const [first] = told.filter(({ boxes }) => boxes <= MAX_BOXES);
  if (first !== undefined) return first.by;
  const [least] = [...told, boxesBy('calls')].sort((left, right) => left.boxes - right.boxes);
  return least?.by ?? 'calls';
}

/** What services use belongs to their group where all of them are in one; of what several groups use, each type is a group where there is much of it. */
export function groupNodes({ nodes, edges }: Drawn, by: MapGrouping): NodeGroups {
  if (by === 'none') return new Map();
  const groups = groupServices(
    nodes.filter(({ type }) => type === 'service'),
    edges,
    by,
  );
  const users = new Map<string, Set<string | undefined>>();
  const isService = new Set(nodes.filter(({ type }) => type === 'service').map(({ id }) => id));
  for (const { from, to } of edges) {
    for (const [used, user] of [
      [from, to],
      [to, from],
    ] as const) {
      if (isService.has(used)) continue;
      const known = users.get(used) ?? new Set();
      users.set(used, known.add(groups.get(user)));
    }
  }
  const all = new Map(groups);
  const shared = new Map<MapNode['type'], string[]>();
  for (const { id, type } of nodes) {
    if (isService.has(id)) continue;
    const [only, ...others] = users.get(id) ?? [];
    if (only !== undefined && others.length === 0) all.set(id, only);
    else shared.set(type, [...(shared.get(type) ?? []), id]);
  }
  for (const [type, ids] of shared) if (ids.length > FEW_SHARED) for (const id of ids) all.set(id, sharedGroup(type));
  return all;
}

/** The name of the group of what several groups use; no name of a service's group. */
export function sharedGroup(type: MapNode['type']): string {
  return `\u0000${type}`;
}

/** The type whose group it is; undefined for a group of services. */
export function typeOfShared(group: string): MapNode['type'] | undefined {
  return (['database', 'queue', 'external'] as const).find((type) => sharedGroup(type) === group);
}

function groupServices(services: readonly MapNode[], edges: readonly MapEdge[], by: MapGrouping): Map<string, string> {
  if (by === 'calls') return groupByCalls(services, edges);
  if (by === 'name') return groupByName(services);
  return withoutSingles(new Map(services.flatMap(({ id, namespace = '' }) => (namespace === '' ? [] : [[id, namespace] as const]))));
}

/** By the first word; where that is the first of very many, as of `team-7-orders`, by one more. */
function groupByName(services: readonly MapNode[]): Map<string, string> {
  let open: readonly MapNode[] = services;
  const groups = new Map<string, string>();
  for (let words = 1; words <= MAX_WORDS && open.length > 0; words += 1) {
    const byStart = Map.groupBy(open, ({ name }) => firstWords(name, words));
    const next: MapNode[] = [];
    for (const [start, members] of byStart) {
      for (const { id } of members) groups.set(id, start);
      if (members.length > MANY_NODES) next.push(...members);
    }
    open = next;
  }
  return withoutSingles(groups);
}

function firstWords(name: string, count: number): string {
  let end = 0;
  for (let word = 0; word < count; word += 1) {
    const next = name.slice(end + 1).search(SEPARATOR);
    if (next === -1) return name;
    end += next + 1;
  }
  return name.slice(0, end);
}

/** Named after the service that has most calls. */
function groupByCalls(services: readonly MapNode[], edges: readonly MapEdge[]): Map<string, string> {
  const places = new Map(services.map(({ id }, place) => [id, place]));
  const joined = edges.flatMap(({ from, to, figures }) => {
    const [source, target] = [places.get(from), places.get(to)];
    return source === undefined || target === undefined || source === target ? [] : [{ from: source, to: target, weight: figures.count }];
  });
  const calls = new Float64Array(services.length);
  for (const { from, to, weight } of joined) for (const place of [from, to]) calls[place] = (calls[place] ?? 0) + weight;
  const members = communities(services.length, joined);
  const heads = new Map<number, number>();
  for (const [place, community] of members.entries()) {
    const head = heads.get(community);
    if (head === undefined || (calls[place] ?? 0) > (calls[head] ?? 0)) heads.set(community, place);
  }
  return withoutSingles(
    new Map(
      services.flatMap(({ id }, place) => {
        const head = services[heads.get(members[place] ?? -1) ?? -1];
        return head ? [[id, head.name] as const] : [];
      }),
    ),
  );
}

function withoutSingles(groups: ReadonlyMap<string, string>): Map<string, string> {
  const counts = new Map<string, number>();
  for (const group of groups.values()) counts.set(group, (counts.get(group) ?? 0) + 1);
  return new Map([...groups].filter(([, group]) => (counts.get(group) ?? 0) > 1));
}

import type { MapEdge, MapNode, ServiceMapAnswer, ServiceState, TrafficFigures } from '@threadline/collector/api';
import type { MapGrouping } from './map-grouping.ts';
import { groupNodes, type NodeGroups, usualGrouping } from './map-groups.ts';

export interface MapWish {
  /** The id of the node that the map is about; only it and what it is joined to in so many steps. */
  readonly focus?: string | undefined;
  readonly steps: number;
  /** Text of names: those nodes and their direct neighbours, where there is no focus. */
  readonly find: string;
  /** Undefined: what suits the map. */
  readonly grouping: MapGrouping | undefined;
  /** Names of groups whose nodes are drawn each. */
  readonly open: readonly string[];
}

/** What of a group stands for its nodes. */
export interface MapGroup {
  readonly type: 'group';
  /** `group:` and its name. */
  readonly id: string;
  readonly name: string;
  readonly serviceCount: number;
  readonly nodeCount: number;
  /** How many of its nodes fare so. */
  readonly states: Readonly<Partial<Record<ServiceState, number>>>;
  /** Sums of its services' own; there are no percentiles of sums. */
  readonly figures: TrafficFigures;
  /** Nodes in it that were looked for. */
  readonly foundCount: number;
}

export type MapBox =
  | { readonly node: MapNode; readonly frame: number | undefined; readonly isFound: boolean }
  | { readonly group: MapGroup };

export interface MapLine {
  /** Places of boxes. */
  readonly from: number;
  readonly to: number;
  /** Several where it stands for several calls. */
  readonly edges: readonly MapEdge[];
  readonly figures: TrafficFigures;
}

export interface ShownMap {
  readonly boxes: readonly MapBox[];
  readonly lines: readonly MapLine[];
  /** Groups that are open, whose nodes are drawn each in their frame. */
  readonly frames: readonly MapGroup[];
  /** Ids of what was looked for, in the map's order. */
  readonly found: readonly string[];
  readonly nodeCount: number;
}

type Drawn = Pick<ServiceMapAnswer, 'nodes' | 'edges'>;

/** How a map is drawn that is being read: the same for newer figures of it. */
export interface MapPlan {
  readonly grouping: MapGrouping;
  /** Those of the whole map, whatever is drawn of it. */
  readonly groups: NodeGroups;
}

export function planMap(map: Drawn, wish: MapWish): MapPlan {
  const { wanted } = wantedNodes(map, wish);
  const grouping =
    wish.grouping ??
    usualGrouping({
      nodes: map.nodes.filter(({ id }) => wanted.has(id)),
      edges: map.edges.filter(({ from, to }) => wanted.has(from) && wanted.has(to)),
    });
  return { grouping, groups: groupNodes(map, grouping) };
}

/** The part of a map that is wished for, as boxes: each node, or a group in place of its nodes. In the map's own order. */
export function shownMap(map: Drawn, wish: MapWish, { groups }: MapPlan): ShownMap {
  const { wanted, found } = wantedNodes(map, wish);
  const nodes = map.nodes.filter(({ id }) => wanted.has(id));
  const edges = map.edges.filter(({ from, to }) => wanted.has(from) && wanted.has(to));
  const isFound = new Set(found);
  const members = Map.groupBy(nodes, ({ id }) => groups.get(id));
  const groupOf = new Map<string, MapGroup>();
  for (const [name, own] of members) if (name !== undefined) groupOf.set(name, summary(name, own, isFound));
  const isOpen = new Set(wish.open);
  const frames = [...groupOf.values()].filter(({ name }) => isOpen.has(name));
  const boxes: MapBox[] = [];
  const placeOf = new Map<string, number>();
  for (const node of nodes) {
    const group = groupOf.get(groups.get(node.id) ?? '');
    if (group === undefined || isOpen.has(group.name)) {
      placeOf.set(node.id, boxes.length);
      boxes.push({ node, frame: group && frames.indexOf(group), isFound: isFound.has(node.id) });
    } else if (!placeOf.has(group.id)) {
      placeOf.set(group.id, boxes.length);
      boxes.push({ group });
    }
  }
  return { boxes, lines: linesOf(edges, { placeOf, groups }), frames, found, nodeCount: nodes.length };
}

/** Calls of one box to another are one line. Those inside of a group that is closed are none. */
function linesOf(edges: readonly MapEdge[], { placeOf, groups }: { placeOf: ReadonlyMap<string, number>; groups: NodeGroups }): MapLine[] {
  const place = (id: string): number => placeOf.get(id) ?? placeOf.get(groupId(groups.get(id) ?? '')) ?? -1;
  const lines = new Map<string, { from: number; to: number; edges: MapEdge[] }>();
  for (const edge of edges) {
    const [from, to] = [place(edge.from), place(edge.to)];
    if (from === -1 || to === -1 || from === to) continue;
    const id = `${from} ${to}`;
    const known = lines.get(id) ?? { from, to, edges: [] };
    lines.set(id, known);
    known.edges.push(edge);
  }
  return Array.from(lines.values(), (line) => ({ ...line, figures: sumOf(line.edges.map(({ figures }) => figures)) }));
}

/** Of one alone its own. */
function sumOf(all: readonly TrafficFigures[]): TrafficFigures {
  const [only, ...others] = all;
  if (only !== undefined && others.length === 0) return only;
  const sum = { count: 0, errors: 0, perSecond: 0 };
  let callerErrors = 0;
  for (const { count, errors, perSecond, ...ofCaller } of all) {
    sum.count += count;
    sum.errors += errors;
    callerErrors += ofCaller.callerErrors ?? errors;
    sum.perSecond += perSecond;
  }
  return { ...sum, perSecond: Number(sum.perSecond.toPrecision(3)), ...(callerErrors > sum.errors && { callerErrors }) };
}

export function groupId(name: string): string {
  return `group:${name}`;
}

function summary(name: string, nodes: readonly MapNode[], isFound: ReadonlySet<string>): MapGroup {
  const services = nodes.filter(({ type }) => type === 'service');
  const states: Partial<Record<ServiceState, number>> = {};
  for (const { state } of nodes) if (state) states[state] = (states[state] ?? 0) + 1;
  const { count, errors, perSecond } = sumOf(services.flatMap(({ figures }) => figures ?? []));
  return {
    type: 'group',
    id: groupId(name),
    name,
    serviceCount: services.length,
    nodeCount: nodes.length,
    states,
    figures: { count, errors, perSecond },
    foundCount: nodes.filter(({ id }) => isFound.has(id)).length,
  };
}

/** The place of the box that is worst off, a group's as its worst service; -1 where all are well. */
export function gravestBox(boxes: readonly MapBox[]): number {
  for (const state of ['down', 'degraded'] as const) {
    const found = boxes.findIndex((box) => ('group' in box ? (box.group.states[state] ?? 0) > 0 : box.node.state === state));
    if (found !== -1) return found;
  }
  return -1;
}

/** How many boxes the largest of the groups stands for; 0 where there is none. */
export function largestGroup(boxes: readonly MapBox[]): number {
  return boxes.reduce((most, box) => ('group' in box ? Math.max(most, box.group.nodeCount) : most), 0);
}

/** What is drawn, and what of it was looked for. */
function wantedNodes({ nodes, edges }: Drawn, { focus, steps, find }: MapWish) {
  const text = find.trim().toLowerCase();
  if (focus === undefined && text === '') return { wanted: new Set(nodes.map(({ id }) => id)), found: [] };
  const found = nodes
    .filter(({ id, name }) => (focus === undefined ? name.toLowerCase().includes(text) : id === focus))
    .map(({ id }) => id);
  const wanted = new Set(found);
  for (let step = 1; step <= (focus === undefined ? 1 : steps); step += 1) {
    const before = new Set(wanted);
    for (const { from, to } of edges) {
      if (before.has(from)) wanted.add(to);
      if (before.has(to)) wanted.add(from);
    }
  }
  return { wanted, found };
}

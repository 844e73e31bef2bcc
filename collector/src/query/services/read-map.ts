import { serviceState } from '../../analysis/service-state.ts';
import type { MapEdge, MapNode, MapNodeType, ServiceMapAnswer, ServiceState } from '../../api/index.ts';
import { MAP_NODE_TYPES } from '../../api/index.ts';
import { Cell, differenceOf } from '../../storage/figures/figure-set.ts';
import type { Figure, FigureCounts, FigureKey } from '../../storage/figures/figures.ts';
import { answerNotes } from '../answer-notes.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import type { FiguresRange } from './figures-range.ts';
import { formatMinute, trafficFigures, trafficPoints } from './traffic-figures.ts';

type KeyOf<T extends FigureKey['type']> = Extract<FigureKey, { type: T }>;

/** Figures of one type of key. */
export function figuresOf<T extends FigureKey['type']>(
  type: T,
  figures: readonly Figure[],
): { readonly key: KeyOf<T>; readonly figure: Figure }[] {
  return figures.flatMap((figure) => (isOfType(type, figure.key) ? [{ key: figure.key, figure }] : []));
}

function isOfType<T extends FigureKey['type']>(type: T, key: FigureKey): key is KeyOf<T> {
  return key.type === type;
}

/** An edge before its figures are worked out. */
export interface Edge {
  readonly from: { readonly type: MapNodeType; readonly name: string };
  readonly to: { readonly type: MapNodeType; readonly name: string };
  readonly protocol: string;
  readonly counts: FigureCounts;
}

/**
 * Who talks to whom. A host that was found to be a service's, since calls that name it arrived there, is no node of its own: such calls are counted
 * where they arrived.
 */
export function edgesOf(figures: readonly Figure[]): Edge[] {
  const calls = figuresOf('call', figures);
  const hosts = new Set(calls.map(({ key }) => key.host));
  const edges = new Map<string, { edge: Omit<Edge, 'counts'>; counts: Cell }>();
  const add = (edge: Omit<Edge, 'counts'>, counts: FigureCounts): void => {
    const id = JSON.stringify(edge);
    const known = edges.get(id) ?? { edge, counts: new Cell() };
    edges.set(id, known);
    known.counts.merge(counts);
  };
  for (const { key, figure } of calls) {
    const [from, to] = [key.caller, key.service].map((name) => ({ type: 'service' as const, name }));
    if (from && to) add({ from, to, protocol: key.protocol }, figure.counts);
  }
  for (const { key, figure } of figuresOf('peer', figures)) {
    if (key.peerType === 'external' && hosts.has(key.peer)) continue;
    const service = { type: 'service' as const, name: key.service };
    const peer = { type: key.peerType, name: key.peer };
    const ends = key.isSource ? { from: peer, to: service } : { from: service, to: peer };
    add({ ...ends, protocol: key.protocol }, figure.counts);
  }
  return Array.from(edges.values(), ({ edge, counts }) => ({ ...edge, counts }));
}

export function nodeId({ type, name }: { readonly type: MapNodeType; readonly name: string }): string {
  return `${type}:${name}`;
}

/** Everything that was seen in the range, and how each service fares. */
export async function readMap(asked: FiguresRange, { storage, context }: Reader): Promise<ServiceMapAnswer> {
  const { range, recentFromMinute, seconds, stepMinutes } = asked;
  const all = await storage.serviceFigures({ range, types: ['service', 'call', 'peer'], stepMinutes, recentFromMinute }, context);
  const edges = edgesOf(all.figures);
  const nodes = new Map<string, MapNode>();
  for (const end of edges.flatMap(({ from, to }) => [from, to])) nodes.set(nodeId(end), { id: nodeId(end), ...end });
  for (const { key, figure } of figuresOf('service', all.figures)) {
    const node = { type: 'service' as const, name: key.service };
    nodes.set(nodeId(node), {
      id: nodeId(node),
      ...node,
      state: stateOf(figure),
      figures: trafficFigures(figure.counts, seconds),
      lastSeen: formatMinute(figure.lastMinute),
      points: trafficPoints(figure),
    });
  }
  return {
    from: formatRfc3339(asked.fromNanos),
    to: formatRfc3339(asked.toNanos),
    stepMinutes,
    nodes: [...nodes.values()].sort(byTypeAndName),
    edges: edges.map((edge) => mapEdge(edge, seconds)).sort((left, right) => compare(left.from, right.from) || compare(left.to, right.to)),
    ...answerNotes({ partial: all.partial }),
  };
}

/** How a service fares by the figures of its entries. */
export function stateOf({ counts, recent }: Figure): ServiceState {
  return serviceState(trafficFigures(recent, 1), trafficFigures(differenceOf(counts, recent), 1));
}

function mapEdge({ from, to, protocol, counts }: Edge, seconds: number): MapEdge {
  return { from: nodeId(from), to: nodeId(to), protocol, figures: trafficFigures(counts, seconds) };
}

function byTypeAndName(left: MapNode, right: MapNode): number {
  return MAP_NODE_TYPES.indexOf(left.type) - MAP_NODE_TYPES.indexOf(right.type) || compare(left.name, right.name);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

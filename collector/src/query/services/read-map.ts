import type { DurationWindow } from '../../analysis/usual-duration.ts';
import type { MapEdge, MapNode, ServiceMapAnswer } from '../../api/index.ts';
import { MAP_NODE_TYPES } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import type { Figure } from '../../storage/figures/figures.ts';
import { answerNotes } from '../answer-notes.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { inEnvironment } from './environments.ts';
import type { FiguresRange } from './figures-range.ts';
import { peerNodes } from './peer-nodes.ts';
import { figuresOf, lastMinuteOf, processesOf, readHeard, readRhythms, recentRange, stateOf } from './processes.ts';
import { type Edge, edgesOf, nodeId, unansweredOf } from './service-edges.ts';
import { edgeFigures, formatMinute, trafficFigures, trafficPoints } from './traffic-figures.ts';
import type { ServicesReader } from './usual-durations.ts';

/** Everything that was seen in the range, and how each of it fares. */
export async function readMap(asked: FiguresRange, reader: ServicesReader): Promise<ServiceMapAnswer> {
  const { storage, context, usualDurations } = reader;
  const { range, recentFromMinute, seconds, stepMinutes, environment } = asked;
  const types = ['service', 'call', 'peer', 'instance', 'logs'] as const;
  const [all, heard, usual] = await Promise.all([
    storage.serviceFigures({ range, types, stepMinutes, pointsOf: ['service'], recentFromMinute, environment }, context),
    readHeard({ range: recentRange(asked), environment }, reader),
    usualDurations.read(asked, reader),
  ]);
  const figures = inEnvironment(all.figures, environment);
  const ofServices = figures.filter(({ key: { type } }) => type === 'service' || type === 'instance' || type === 'logs');
  const byName = Map.groupBy(ofServices, ({ key }) => key.service);
  const names = new Set([...byName.keys(), ...heard.keys()]);
  const edges = edgesOf(figures, names);
  const unanswered = unansweredOf(figures, names);
  const nodes = new Map<string, MapNode>();
  for (const end of edges.flatMap(({ from, to }) => [from, to])) nodes.set(nodeId(end), { id: nodeId(end), ...end });
  for (const node of await peerNodes(edges, asked, reader)) nodes.set(node.id, node);
  const nodeOf = (name: string, rhythm?: Figure): MapNode => {
    const own = byName.get(name) ?? [];
    const lastMinute = lastMinuteOf(own, heard.get(name));
    return serviceNode(name, own, { ...asked, lastMinute, usual: usual.get(name), rhythm, unanswered: unanswered.get(name) });
  };
  const services = Array.from(names, (name) => nodeOf(name));
  const silent = services.filter(({ state }) => state === 'silent').map(({ name }) => name);
  const rhythms = await readRhythms(asked, silent, reader);
  for (const node of services)
    nodes.set(node.id, rhythms.has(node.name) && node.state === 'silent' ? nodeOf(node.name, rhythms.get(node.name)) : node);
  return {
    from: formatRfc3339(asked.fromNanos),
    to: formatRfc3339(asked.toNanos),
    stepMinutes,
    nodes: [...nodes.values()].sort(byTypeAndName),
    edges: edges.map((edge) => mapEdge(edge, seconds)).sort(byEnds),
    ...answerNotes({ partial: all.partial }),
  };
}

function serviceNode(
  name: string,
  figures: readonly Figure[],
  asked: FiguresRange & {
    readonly lastMinute: number;
    readonly usual: readonly DurationWindow[] | undefined;
    readonly rhythm: Figure | undefined;
    readonly unanswered: number | undefined;
  },
): MapNode {
  const node = { type: 'service' as const, name };
  const own = figuresOf('service', figures)[0]?.figure;
  const { running, namespace } = processesOf(figures);
  return {
    id: nodeId(node),
    ...node,
    ...stateOf(figures, asked),
    ...(namespace !== '' && { namespace }),
    ...running,
    ...(own && { figures: trafficFigures(own.counts, asked.seconds), points: trafficPoints(own) }),
    lastSeen: formatMinute(asked.lastMinute),
  };
}

function mapEdge(edge: Edge, seconds: number): MapEdge {
  const { from, to, protocol } = edge;
  return { from: nodeId(from), to: nodeId(to), protocol, figures: edgeFigures(edge, seconds) };
}

function byTypeAndName(left: MapNode, right: MapNode): number {
  return MAP_NODE_TYPES.indexOf(left.type) - MAP_NODE_TYPES.indexOf(right.type) || ascending(left.name, right.name);
}

function byEnds(left: MapEdge, right: MapEdge): number {
  return ascending(left.from, right.from) || ascending(left.to, right.to) || ascending(left.protocol, right.protocol);
}

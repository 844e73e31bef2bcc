import type { ServiceFiguresAnswer, ServiceNeighbour, ServiceOperation } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { Figure } from '../../storage/figures/figures.ts';
import { answerNotes } from '../answer-notes.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import type { FiguresRange } from './figures-range.ts';
import { type Edge, edgesOf, figuresOf, nodeId, stateOf } from './read-map.ts';
import { formatMinute, trafficFigures, trafficPoints } from './traffic-figures.ts';

/** One service in the range. Throws `not_found` where it sent no spans in it. */
export async function readService(service: string, asked: FiguresRange, { storage, context }: Reader): Promise<ServiceFiguresAnswer> {
  const { range, recentFromMinute, seconds, stepMinutes } = asked;
  const types = ['service', 'operation', 'call', 'peer', 'instance'] as const;
  const all = await storage.serviceFigures({ range, service, types, stepMinutes, recentFromMinute }, context);
  const instances = figuresOf('instance', all.figures);
  if (instances.length === 0)
    throw new ThreadlineError('not_found', 'The service sent no spans in this time: widen the time range', { field: 'service' });
  const own = figuresOf('service', all.figures)[0]?.figure;
  const edges = edgesOf(all.figures);
  const isItself = ({ type, name }: Edge['from']): boolean => type === 'service' && name === service;
  return {
    name: service,
    from: formatRfc3339(asked.fromNanos),
    to: formatRfc3339(asked.toNanos),
    stepMinutes,
    state: own ? stateOf(own) : 'silent',
    lastSeen: formatMinute(instances.reduce((latest, { figure }) => Math.max(latest, figure.lastMinute), 0)),
    figures: own ? trafficFigures(own.counts, seconds) : { count: 0, errors: 0, perSecond: 0 },
    points: own ? trafficPoints(own) : [],
    operations: operationsOf(all.figures, seconds),
    callers: edges
      .filter(({ to }) => isItself(to))
      .map((edge) => neighbour(edge.from, edge, seconds))
      .sort(mostFirst),
    dependencies: edges
      .filter(({ from }) => isItself(from))
      .map((edge) => neighbour(edge.to, edge, seconds))
      .sort(mostFirst),
    instances: instances
      .sort((left, right) => right.figure.firstMinute - left.figure.firstMinute || (left.key.instance < right.key.instance ? -1 : 1))
      .map(({ key, figure }) => ({
        version: key.version,
        instance: key.instance,
        spanCount: figure.counts.spans,
        firstSeen: formatMinute(figure.firstMinute),
        lastSeen: formatMinute(figure.lastMinute),
      })),
    ...answerNotes({ partial: all.partial }),
  };
}

/** Of one service, most frequent first. */
export function operationsOf(figures: readonly Figure[], seconds: number): ServiceOperation[] {
  return figuresOf('operation', figures)
    .sort((left, right) => right.figure.counts.count - left.figure.counts.count || (left.key.name < right.key.name ? -1 : 1))
    .map(({ key, figure }) => ({ name: key.name, kind: key.kind, figures: trafficFigures(figure.counts, seconds) }));
}

function neighbour(node: Edge['from'], { protocol, counts }: Edge, seconds: number): ServiceNeighbour {
  return { node: { id: nodeId(node), ...node }, protocol, figures: trafficFigures(counts, seconds) };
}

function mostFirst(left: ServiceNeighbour, right: ServiceNeighbour): number {
  return right.figures.count - left.figures.count || (left.node.id < right.node.id ? -1 : 1);
}

import type { ServiceFiguresAnswer, ServiceNeighbour, ServiceOperation } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { ascending } from '../../model/ascending.ts';
import type { Figure } from '../../storage/figures/figures.ts';
import { answerNotes } from '../answer-notes.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { inEnvironment } from './environments.ts';
import type { FiguresRange } from './figures-range.ts';
import { figuresOf, instancesOf, lastMinuteOf, processesOf, readHeard, readRhythms, recentRange, stateOf } from './processes.ts';
import { type Edge, edgesOf, nodeId, unansweredOf } from './service-edges.ts';
import { edgeFigures, formatMinute, trafficFigures, trafficPoints } from './traffic-figures.ts';
import type { ServicesReader } from './usual-durations.ts';

/** One service in the range. Throws `not_found` where it sent nothing in it. */
export async function readService(
  { service, range: asked }: { readonly service: string; readonly range: FiguresRange },
  reader: ServicesReader,
): Promise<ServiceFiguresAnswer> {
  const { storage, context, usualDurations } = reader;
  const { fromNanos, toNanos, range, recentFromMinute, seconds, stepMinutes, environment } = asked;
  const types = ['service', 'operation', 'instance', 'entry', 'logs'] as const;
  const [all, talk, usualOf] = await Promise.all([
    storage.serviceFigures({ range, service, types, stepMinutes, pointsOf: ['service', 'logs'], recentFromMinute, environment }, context),
    // Of all services: which calls did not arrive is known by those that did, and where by their names.
    storage.serviceFigures({ range, types: ['service', 'call', 'peer'], recentFromMinute, environment }, context),
    usualDurations.read({ ...asked, service }, reader),
  ]);
  const figures = inEnvironment(
    all.figures.filter(({ key }) => key.service === service),
    environment,
  );
  const { processes, namespace } = processesOf(figures);
  const heard = await readHeard({ range: processes.length === 0 ? { fromNanos, toNanos } : recentRange(asked), environment }, reader);
  if (processes.length === 0 && !heard.has(service))
    throw new ThreadlineError(
      'not_found',
      environment === undefined
        ? 'The service sent no spans and no logs in this time: widen the time range'
        : 'The service sent no spans and no logs from this environment in this time: widen the time range, or leave the environment out',
      { field: 'service' },
    );
  const own = figuresOf('service', figures)[0]?.figure;
  const lastMinute = lastMinuteOf(figures, heard.get(service));
  const names = new Set([service, ...heard.keys(), ...talk.figures.map(({ key }) => key.service)]);
  const unanswered = unansweredOf(talk.figures, names).get(service);
  const judging = { ...asked, lastMinute, usual: usualOf.get(service), unanswered };
  const state = stateOf(figures, judging);
  const rhythms = await readRhythms(asked, state.state === 'silent' ? [service] : [], reader);
  const edges = edgesOf(talk.figures, names);
  const isItself = ({ type, name }: Edge['from']): boolean => type === 'service' && name === service;
  return {
    name: service,
    from: formatRfc3339(asked.fromNanos),
    to: formatRfc3339(asked.toNanos),
    stepMinutes,
    ...(rhythms.size === 0 ? state : stateOf(figures, { ...judging, rhythm: rhythms.get(service) })),
    ...(namespace !== '' && { namespace }),
    lastSeen: formatMinute(lastMinute),
    figures: own ? trafficFigures(own.counts, seconds) : { count: 0, errors: 0, perSecond: 0 },
    points: own ? trafficPoints(own) : [],
    logs: logsOf(figures),
    operations: operationsOf(figures, seconds),
    callers: edges
      .filter(({ to }) => isItself(to))
      .map((edge) => neighbour(edge.from, edge, seconds))
      .sort(mostFirst),
    dependencies: edges
      .filter(({ from }) => isItself(from))
      .map((edge) => neighbour(edge.to, edge, seconds))
      .sort(mostFirst),
    ...instancesOf(processes, seconds),
    ...answerNotes({ partial: all.partial }),
  };
}

/** Of one service, most frequent first, then by name and kind. */
export function operationsOf(figures: readonly Figure[], seconds: number): ServiceOperation[] {
  return figuresOf('operation', figures)
    .sort(
      (left, right) =>
        right.figure.counts.count - left.figure.counts.count || ascending(left.key.name, right.key.name) || left.key.kind - right.key.kind,
    )
    .map(({ key, figure }) => ({ name: key.name, kind: key.kind, figures: trafficFigures(figure.counts, seconds) }));
}

function logsOf(figures: readonly Figure[]): ServiceFiguresAnswer['logs'] {
  const logs = figuresOf('logs', figures).map(({ figure }) => figure);
  const points = new Map<number, { count: number; errors: number }>();
  for (const { minute, counts } of logs.flatMap((figure) => figure.points)) {
    const known = points.get(minute) ?? { count: 0, errors: 0 };
    points.set(minute, { count: known.count + counts.count, errors: known.errors + counts.errors });
  }
  return {
    count: logs.reduce((sum, { counts }) => sum + counts.count, 0),
    errors: logs.reduce((sum, { counts }) => sum + counts.errors, 0),
    points: [...points].sort(([left], [right]) => left - right).map(([minute, counts]) => ({ from: formatMinute(minute), ...counts })),
  };
}

function neighbour(node: Edge['from'], edge: Edge, seconds: number): ServiceNeighbour {
  return { node: { id: nodeId(node), ...node }, protocol: edge.protocol, figures: edgeFigures(edge, seconds) };
}

function mostFirst(left: ServiceNeighbour, right: ServiceNeighbour): number {
  return right.figures.count - left.figures.count || ascending(left.node.id, right.node.id) || ascending(left.protocol, right.protocol);
}

import { judgeService, MIN_CALLS } from '../../analysis/service-state.ts';
import type { MapNode } from '../../api/index.ts';
import { Cell } from '../../storage/figures/figure-set.ts';
import type { FiguresRange } from './figures-range.ts';
import { recentFiguresOf } from './processes.ts';
import { type Edge, nodeId } from './service-edges.ts';
import { trafficFigures } from './traffic-figures.ts';
import type { ServicesReader } from './usual-durations.ts';

/** What sends no spans itself. */
interface Peer {
  readonly node: Edge['to'];
  /** All calls to it, and those of the last minutes. */
  readonly to: Cell;
  readonly recent: Cell;
  /** All that is taken from it. */
  readonly from: Cell;
}

/**
 * What sends no spans itself, with all calls to it, or of what nothing calls, as a queue that others fill, with all that is taken from it. How it fares is told by the
 * calls to it of the last minutes, as of a service: where there were none, nobody knows. What is taken tells how the taker fares.
 */
export async function peerNodes(
  edges: readonly Edge[],
  asked: Pick<FiguresRange, 'fromNanos' | 'toNanos' | 'recentFromMinute' | 'seconds' | 'environment'>,
  reader: ServicesReader,
): Promise<MapNode[]> {
  const peers = peersOf(edges);
  // Of fewer calls no duration is judged.
  const isMeasured = peers.some(({ recent }) => recent.count >= MIN_CALLS);
  const usual = isMeasured ? await reader.usualDurations.readPeers(asked, reader) : undefined;
  return peers.map(({ node, to, recent, from }) => {
    const id = nodeId(node);
    const before = usual?.get(id) ?? [];
    return {
      id,
      ...node,
      ...(recent.count > 0 && judgeService({ recent: recentFiguresOf(recent), before, logs: NO_LOGS, isHeard: true })),
      figures: trafficFigures(to.spans > 0 ? to : from, asked.seconds),
    };
  });
}

const NO_LOGS = { count: 0, errors: 0 };

function peersOf(edges: readonly Edge[]): Peer[] {
  const peers = new Map<string, Peer>();
  const peerOf = (node: Edge['to']): Peer => {
    const known = peers.get(nodeId(node)) ?? { node, to: new Cell(), recent: new Cell(), from: new Cell() };
    peers.set(nodeId(node), known);
    return known;
  };
  for (const { from, to, counts, recent } of edges) {
    if (from.type !== 'service') peerOf(from).from.merge(counts);
    if (to.type === 'service') continue;
    const peer = peerOf(to);
    peer.to.merge(counts);
    peer.recent.merge(recent);
  }
  return [...peers.values()];
}

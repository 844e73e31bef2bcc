import type { MapEdge, ServiceMapAnswer, TrafficFigures } from '@threadline/collector/api';

type Drawn = Pick<ServiceMapAnswer, 'nodes' | 'edges'>;

export interface RefreshedMap {
  /** What is drawn, with what is known of it now. */
  readonly map: Drawn;
  /** What has come and is not drawn yet. */
  readonly newNodeCount: number;
  readonly newEdgeCount: number;
}

const NOTHING: TrafficFigures = { count: 0, errors: 0, perSecond: 0 };

/**
 * The nodes and calls of a map that is being read, with the figures of a newer one: nothing moves under the reader. What is no more has no figures;
 * what is new is counted.
 */
export function refreshedMap(drawn: Drawn, newer: Drawn): RefreshedMap {
  if (drawn === newer) return { map: drawn, newNodeCount: 0, newEdgeCount: 0 };
  const nodes = new Map(newer.nodes.map((node) => [node.id, node]));
  const edges = new Map(newer.edges.map((edge) => [edgeId(edge), edge]));
  const map = {
    nodes: drawn.nodes.map(({ id, type, name, namespace }) => nodes.get(id) ?? { id, type, name, ...(namespace && { namespace }) }),
    edges: drawn.edges.map((edge) => edges.get(edgeId(edge)) ?? { ...edge, figures: NOTHING }),
  };
  const known = new Set(drawn.nodes.map(({ id }) => id));
  const knownEdges = new Set(drawn.edges.map(edgeId));
  return {
    map,
    newNodeCount: newer.nodes.filter(({ id }) => !known.has(id)).length,
    newEdgeCount: newer.edges.filter((edge) => !knownEdges.has(edgeId(edge))).length,
  };
}

function edgeId({ from, to, protocol }: MapEdge): string {
  return JSON.stringify([from, to, protocol]);
}

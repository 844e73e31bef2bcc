import type { Grouping } from './groupings.ts';
import { NODE, type TraceTree } from './trace-tree.ts';

/** The columns of a tree that its other views are made of: little enough to be copied to a worker at once. */
export type SpanTree = Pick<
  TraceTree,
  | 'size'
  | 'type'
  | 'parent'
  | 'subtreeEnd'
  | 'start'
  | 'duration'
  | 'name'
  | 'service'
  | 'target'
  | 'kind'
  | 'status'
  | 'idHigh'
  | 'idLow'
  | 'names'
  | 'services'
  | 'targets'
  | 'durationNanos'
>;

/** A tree and what was measured of each of its nodes, nanoseconds. */
export interface TraceMeasures {
  readonly tree: SpanTree;
  readonly self: Float64Array;
  /** On the critical path. */
  readonly critical: Float64Array;
}

/** Only what a worker needs of a tree: structured cloning would take all of it. */
export function spanTreeOf(tree: TraceTree): SpanTree {
  const { size, type, parent, subtreeEnd, start, duration, name, service, target, kind, status, idHigh, idLow, ...texts } = tree;
  const { names, services, targets, durationNanos } = texts;
  return {
    ...{ size, type, parent, subtreeEnd, start, duration, name, service, target, kind, status, idHigh, idLow },
    ...{ names, services, targets, durationNanos },
  };
}

/** Spans that have a service and an operation, finished or not. */
export function isNamedNode(tree: Pick<SpanTree, 'type'>, node: number): boolean {
  return tree.type[node] === NODE.span || tree.type[node] === NODE.unfinished;
}

/** Spans by service, or by service and operation, in the order in which they are first met. */
export interface SpanGroups {
  readonly count: number;
  /** Of each node its group; -1 for what is no span. */
  readonly of: Int32Array;
  readonly service: Uint32Array;
  /** Beyond the end of `names` where spans are grouped by service. */
  readonly name: Uint32Array;
}

const NO_NAME = 0xffffffff;

export function groupSpans(tree: SpanTree, by: Grouping): SpanGroups {
  const of = new Int32Array(tree.size).fill(-1);
  const groups = new Map<number, number>();
  const service: number[] = [];
  const name: number[] = [];
  for (let node = 0; node < tree.size; node += 1) {
    if (!isNamedNode(tree, node)) continue;
    const [ofService, ofName] = [tree.service[node] ?? 0, tree.name[node] ?? 0];
    const key = by === 'service' ? ofService : ofService * tree.names.length + ofName;
    let group = groups.get(key);
    if (group === undefined) {
      group = groups.size;
      groups.set(key, group);
      service.push(ofService);
      name.push(by === 'service' ? NO_NAME : ofName);
    }
    of[node] = group;
  }
  return { count: groups.size, of, service: Uint32Array.from(service), name: Uint32Array.from(name) };
}

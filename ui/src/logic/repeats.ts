import { isSpanNode, type TraceTree } from './trace-tree.ts';

/** So many equal calls of one parent are called a repetition; Sentry folds as many. */
const MIN_REPEATS = 5;

/** Calls that one parent made again and again (N+1): the first of each group stands for all. */
export interface Repeats {
  /** Of each node of a group its first node, else -1. */
  readonly headOf: Int32Array;
  /** Of each first node how many there are, else 0. */
  readonly count: Uint32Array;
  /** Of each first node how long all of them took together, nanoseconds. */
  readonly total: Float64Array;
  /** Of each node of a group the one after it, -1 for the last. */
  readonly next: Int32Array;
  readonly groups: number;
}

/** Groups are at least `MIN_REPEATS` spans of one service and name under one parent, in a row or not. */
export function findRepeats(tree: TraceTree): Repeats {
  const headOf = new Int32Array(tree.size).fill(-1);
  const count = new Uint32Array(tree.size);
  const total = new Float64Array(tree.size);
  const next = new Int32Array(tree.size).fill(-1);
  /** Of each first node the last one so far. */
  const last = new Int32Array(tree.size);
  /** By parent, service and name, as one number: exact as long as their product is below 2 to the 53rd. */
  const heads = new Map<number, number>();
  for (let node = 0; node < tree.size; node += 1) {
    const parent = tree.parent[node] ?? -1;
    if (parent === -1 || !isSpanNode(tree, node)) continue;
    const key = (parent * tree.services.length + (tree.service[node] ?? 0)) * tree.names.length + (tree.name[node] ?? 0);
    let head = heads.get(key);
    if (head === undefined) {
      head = node;
      heads.set(key, node);
    } else next[last[head] ?? head] = node;
    last[head] = node;
    headOf[node] = head;
    count[head] = (count[head] ?? 0) + 1;
    total[head] = (total[head] ?? 0) + (tree.duration[node] ?? 0);
  }
  let groups = 0;
  for (let node = 0; node < tree.size; node += 1) {
    const head = headOf[node] ?? -1;
    if (head === -1) continue;
    if ((count[head] ?? 0) < MIN_REPEATS) headOf[node] = -1;
    else if (head === node) groups += 1;
  }
  for (let node = 0; node < tree.size; node += 1) {
    if (headOf[node] === node) continue;
    count[node] = 0;
    total[node] = 0;
  }
  return { headOf, count, total, next, groups };
}

/** Groups whose nodes were asked for: a group that is in view is drawn again in every frame. */
const known = new WeakMap<Repeats, Map<number, Int32Array>>();

/** The nodes of a group in their order: by start. */
export function membersOf(repeats: Repeats, head: number): Int32Array {
  const groups = known.get(repeats) ?? new Map<number, Int32Array>();
  known.set(repeats, groups);
  let members = groups.get(head);
  if (members === undefined) {
    members = new Int32Array(repeats.count[head] ?? 0);
    for (let node = head, place = 0; place < members.length; node = repeats.next[node] ?? -1, place += 1) members[place] = node;
    groups.set(head, members);
  }
  return members;
}

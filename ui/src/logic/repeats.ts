import { targetHost } from './call-target.ts';
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

/**
 * Groups are at least `MIN_REPEATS` spans of one service and name that called one host, or database, under one parent, in a row or not. Clients of HTTP name all that
 * they call `GET` or `POST`: where such calls reached several services, those of each are a group, and those that reached none.
 */
export function findRepeats(tree: TraceTree): Repeats {
  const headOf = new Int32Array(tree.size).fill(-1);
  const count = new Uint32Array(tree.size);
  const total = new Float64Array(tree.size);
  const next = new Int32Array(tree.size).fill(-1);
  const called = calledServices(tree);
  const { alike, reached } = alikeCalls(tree, called);
  /** Of each first node the last one so far. */
  const last = new Int32Array(tree.size);
  /** Where those of one name reached several services, by the first of them and what was called. */
  const heads = new Map<number, number>();
  for (let node = 0; node < tree.size; node += 1) {
    const first = alike[node] ?? -1;
    if (first === -1) continue;
    let head = first;
    if (reached[first] === SEVERAL) {
      const key = first * (tree.services.length + 1) + (called[node] ?? NOBODY) + 1;
      head = heads.get(key) ?? node;
      if (head === node) heads.set(key, node);
    }
    if (head !== node) next[last[head] ?? head] = node;
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

/** Of a node that no other service has a span under. */
const NOBODY = -1;
/** Of calls with one name. */
const SEVERAL = -2;

/** Of each node the place of the other service that has the first span under it, or `NOBODY`. */
function calledServices(tree: TraceTree): Int32Array {
  const called = new Int32Array(tree.size).fill(NOBODY);
  for (let node = 0; node < tree.size; node += 1) {
    const parent = tree.parent[node] ?? -1;
    if (parent === -1 || called[parent] !== NOBODY || !isSpanNode(tree, node)) continue;
    if (tree.service[node] !== tree.service[parent]) called[parent] = tree.service[node] ?? NOBODY;
  }
  return called;
}

/** Of each call the first one of its parent, service, name and host, and of each such first one the service that they reached, `NOBODY` or `SEVERAL`. */
function alikeCalls(tree: TraceTree, called: Int32Array): { readonly alike: Int32Array; readonly reached: Int32Array } {
  const alike = new Int32Array(tree.size).fill(-1);
  const reached = new Int32Array(tree.size).fill(NOBODY);
  /** By parent, service and what is called, as one number: exact as long as their product is below 2 to the 53rd. */
  const firsts = new Map<number, number>();
  const { callOf, calls } = numberCalls(tree);
  for (let node = 0; node < tree.size; node += 1) {
    const parent = tree.parent[node] ?? -1;
    if (parent === -1 || !isSpanNode(tree, node)) continue;
    const key = (parent * tree.services.length + (tree.service[node] ?? 0)) * calls + callOf(node);
    const first = firsts.get(key) ?? node;
    if (first === node) firsts.set(key, node);
    alike[node] = first;
    const service = called[node] ?? NOBODY;
    if (service === NOBODY) continue;
    const before = reached[first];
    reached[first] = before === NOBODY || before === service ? service : SEVERAL;
  }
  return { alike, reached };
}

/** Gives numbers below `calls` to pairs of a name and a host: as many as there are nodes at the most. */
function numberCalls(tree: TraceTree): { readonly callOf: (node: number) => number; readonly calls: number } {
  const places = new Map<string, number>();
  const hosts = tree.targets.map((target) => {
    const host = targetHost(target);
    const place = places.get(host) ?? places.size;
    places.set(host, place);
    return place;
  });
  const numbers = new Map<number, number>();
  const callOf = (node: number): number => {
    const pair = (tree.name[node] ?? 0) * (places.size + 1) + (hosts[tree.target[node] ?? 0] ?? places.size);
    const number = numbers.get(pair) ?? numbers.size;
    numbers.set(pair, number);
    return number;
  };
  return { callOf, calls: tree.size };
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

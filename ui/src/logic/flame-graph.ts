import type { FlameWay } from './flame-ways.ts';
import { groupSpans, isNamedNode, type TraceMeasures } from './trace-measures.ts';
import { endOf, isSpanNode, NODE } from './trace-tree.ts';

/** Boxes in rows from the top. Those of row `r` are the boxes from `first[r]` to `first[r + 1]`, by place, none over another. */
export interface FlameGraph {
  readonly way: FlameWay;
  readonly rows: number;
  readonly first: Int32Array;
  /** On an axis from 0 to `whole`, nanoseconds. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly whole: number;
  /** -1 in the first row, and below what has no box. */
  readonly parent: Int32Array;
  /** Beyond the ends of the tree's `services` and `names` for a parent that has not arrived. */
  readonly service: Uint32Array;
  readonly name: Uint32Array;
  readonly count: Uint32Array;
  readonly errors: Uint32Array;
  /** Of its spans together, nanoseconds. */
  readonly total: Float64Array;
  readonly self: Float64Array;
  /** The one that took longest of its spans, by its node. */
  readonly longest: Int32Array;
  /** Of each node of the tree its box; -1 for what has none. */
  readonly boxOf: Int32Array;
}

export function flameGraph(measures: TraceMeasures, way: FlameWay): FlameGraph {
  if (way === 'time') return timeFlame(measures);
  return mergedFlame(measures, way, way === 'critical' ? measures.critical : measures.self);
}

const NONE = 0xffffffff;

interface Frames {
  readonly count: number;
  readonly of: Int32Array;
  readonly parent: Int32Array;
  readonly service: Uint32Array;
  readonly name: Uint32Array;
  readonly spans: Uint32Array;
  readonly errors: Uint32Array;
  readonly total: Float64Array;
  readonly self: Float64Array;
  readonly longest: Int32Array;
  /** The weight of a frame and of all below it. */
  readonly width: Float64Array;
}

/** Spans of one path of services and operations are one box; the widest stands first. What has no width has no box. */
function mergedFlame(measures: TraceMeasures, way: FlameWay, weight: Float64Array): FlameGraph {
  const frames = framesOf(measures, weight);
  const children = byParent(frames);
  /** Boxes in their order: row by row, and in each the boxes under the first box of the row above before those under the second. */
  const order = new Int32Array(frames.count);
  const box = new Int32Array(frames.count).fill(-1);
  const from = new Float64Array(frames.count);
  const first: number[] = [0];
  let size = 0;
  const put = (list: Int32Array, at: number): void => {
    let place = at;
    for (const frame of list) {
      const width = frames.width[frame] ?? 0;
      if (width <= 0) continue;
      order[size] = frame;
      box[frame] = size;
      from[size] = place;
      place += width;
      size += 1;
    }
  };
  put(children(-1), 0);
  for (let row = 0; size > (first[row] ?? 0); row += 1) {
    first.push(size);
    for (let at = first[row] ?? 0, end = size; at < end; at += 1) put(children(order[at] ?? 0), from[at] ?? 0);
  }
  const rows = first.length - 1;
  const at = <Column extends Float64Array | Uint32Array | Int32Array>(column: Column, target: Column): Column => {
    for (let place = 0; place < size; place += 1) target[place] = column[order[place] ?? 0] ?? 0;
    return target;
  };
  const to = from.slice(0, size);
  for (let place = 0; place < size; place += 1) to[place] = (from[place] ?? 0) + (frames.width[order[place] ?? 0] ?? 0);
  return {
    way,
    rows,
    first: Int32Array.from(first),
    from: from.slice(0, size),
    to,
    whole: rows === 0 ? 0 : (to[(first[1] ?? 0) - 1] ?? 0),
    parent: Int32Array.from({ length: size }, (_, place) => box[frames.parent[order[place] ?? 0] ?? -1] ?? -1),
    service: at(frames.service, new Uint32Array(size)),
    name: at(frames.name, new Uint32Array(size)),
    count: at(frames.spans, new Uint32Array(size)),
    errors: at(frames.errors, new Uint32Array(size)),
    total: at(frames.total, new Float64Array(size)),
    self: at(frames.self, new Float64Array(size)),
    longest: at(frames.longest, new Int32Array(size)),
    boxOf: frames.of.map((frame) => box[frame] ?? -1),
  };
}

/** A parent that has not arrived is a frame like the others, so that what hangs under it stays together. */
function framesOf({ tree, self }: TraceMeasures, weight: Float64Array): Frames {
  const groups = groupSpans(tree, 'operation');
  const of = new Int32Array(tree.size).fill(-1);
  const known = new Map<number, number>();
  const heads: number[] = [];
  const parents: number[] = [];
  for (let node = 0; node < tree.size; node += 1) {
    if (tree.type[node] === NODE.log) continue;
    const above = of[tree.parent[node] ?? -1] ?? -1;
    const group = groups.of[node] ?? -1;
    const key = (above + 1) * (groups.count + 1) + group + 1;
    let frame = known.get(key);
    if (frame === undefined) {
      frame = heads.push(node) - 1;
      parents.push(above);
      known.set(key, frame);
    }
    of[node] = frame;
  }
  const count = heads.length;
  const isNamed = (frame: number): boolean => isNamedNode(tree, heads[frame] ?? 0);
  const frames = {
    count,
    of,
    parent: Int32Array.from(parents),
    service: Uint32Array.from({ length: count }, (_, frame) => (isNamed(frame) ? (tree.service[heads[frame] ?? 0] ?? NONE) : NONE)),
    name: Uint32Array.from({ length: count }, (_, frame) => (isNamed(frame) ? (tree.name[heads[frame] ?? 0] ?? NONE) : NONE)),
    spans: new Uint32Array(count),
    errors: new Uint32Array(count),
    total: new Float64Array(count),
    self: new Float64Array(count),
    longest: Int32Array.from(heads),
    width: new Float64Array(count),
  };
  for (let node = 0; node < tree.size; node += 1) {
    const frame = of[node] ?? -1;
    if (frame === -1) continue;
    frames.width[frame] = (frames.width[frame] ?? 0) + (weight[node] ?? 0);
    if (tree.type[node] === NODE.missing) continue;
    frames.spans[frame] = (frames.spans[frame] ?? 0) + 1;
    if (!isSpanNode(tree, node)) continue;
    frames.total[frame] = (frames.total[frame] ?? 0) + (tree.duration[node] ?? 0);
    frames.self[frame] = (frames.self[frame] ?? 0) + (self[node] ?? 0);
    if (tree.status[node] === 2) frames.errors[frame] = (frames.errors[frame] ?? 0) + 1;
    if ((tree.duration[node] ?? 0) > (tree.duration[frames.longest[frame] ?? 0] ?? 0)) frames.longest[frame] = node;
  }
  // Frames come after the frames that they are under.
  for (let frame = count - 1; frame >= 0; frame -= 1) {
    const above = frames.parent[frame] ?? -1;
    if (above !== -1) frames.width[above] = (frames.width[above] ?? 0) + (frames.width[frame] ?? 0);
  }
  return frames;
}

/** The frames under one (-1: at the top), the widest first, as they came where equal. */
function byParent({ count, parent, width }: Frames): (above: number) => Int32Array {
  const first = new Int32Array(count + 2);
  for (let frame = 0; frame < count; frame += 1) {
    const slot = (parent[frame] ?? -1) + 2;
    first[slot] = (first[slot] ?? 0) + 1;
  }
  for (let slot = 1; slot < first.length; slot += 1) first[slot] = (first[slot] ?? 0) + (first[slot - 1] ?? 0);
  const next = first.slice();
  const sorted = new Int32Array(count);
  for (let frame = 0; frame < count; frame += 1) {
    const slot = (parent[frame] ?? -1) + 1;
    sorted[next[slot] ?? 0] = frame;
    next[slot] = (next[slot] ?? 0) + 1;
  }
  return (above) =>
    sorted.subarray(first[above + 1], first[above + 2]).sort((left, right) => (width[right] ?? 0) - (width[left] ?? 0) || left - right);
}

/** Each span from its start to its end, in the first free row below its parent's. */
function timeFlame({ tree, self }: TraceMeasures): FlameGraph {
  const nodes = Int32Array.from(Array.from({ length: tree.size }, (_, node) => node).filter((node) => isNamedNode(tree, node)));
  /** A span that begins before its parent, by a clock that is wrong, is placed after it all the same. */
  const since = Float64Array.from(tree.start);
  for (const node of nodes) since[node] = Math.max(since[node] ?? 0, since[tree.parent[node] ?? -1] ?? 0);
  nodes.sort((left, right) => (since[left] ?? 0) - (since[right] ?? 0) || left - right);
  const free = createFreeRows(nodes.length + 1);
  const rowOf = new Int32Array(tree.size).fill(-1);
  let rows = 0;
  for (const node of nodes) {
    const row = free((rowOf[tree.parent[node] ?? -1] ?? -1) + 1, { from: tree.start[node] ?? 0, to: endOf(tree, node) });
    rowOf[node] = row;
    rows = Math.max(rows, row + 1);
  }
  const first = new Int32Array(rows + 1);
  for (const node of nodes) first[(rowOf[node] ?? 0) + 1] = (first[(rowOf[node] ?? 0) + 1] ?? 0) + 1;
  for (let row = 0; row < rows; row += 1) first[row + 1] = (first[row + 1] ?? 0) + (first[row] ?? 0);
  const next = first.slice();
  const longest = new Int32Array(nodes.length);
  const boxOf = new Int32Array(tree.size).fill(-1);
  for (const node of nodes) {
    const row = rowOf[node] ?? 0;
    const place = next[row] ?? 0;
    next[row] = place + 1;
    longest[place] = node;
    boxOf[node] = place;
  }
  return {
    way: 'time',
    rows,
    first,
    from: Float64Array.from(longest, (node) => tree.start[node] ?? 0),
    to: Float64Array.from(longest, (node) => endOf(tree, node)),
    whole: tree.durationNanos,
    parent: longest.map((node) => boxOf[tree.parent[node] ?? -1] ?? -1),
    service: Uint32Array.from(longest, (node) => tree.service[node] ?? NONE),
    name: Uint32Array.from(longest, (node) => tree.name[node] ?? NONE),
    count: new Uint32Array(longest.length).fill(1),
    errors: Uint32Array.from(longest, (node) => (tree.status[node] === 2 ? 1 : 0)),
    total: Float64Array.from(longest, (node) => tree.duration[node] ?? 0),
    self: Float64Array.from(longest, (node) => self[node] ?? 0),
    longest,
    boxOf,
  };
}

/** Finds the first row from one on that is free at a time, and takes it: a tree of the least ends, so that a thousand spans at once cost no search of a thousand rows. */
function createFreeRows(count: number): (least: number, span: { readonly from: number; readonly to: number }) => number {
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
  const ends = new Float64Array(2 * leaves).fill(Number.NEGATIVE_INFINITY);
  return (least, { from, to }) => {
    let at = Math.min(least, leaves - 1) + leaves;
    while ((ends[at] ?? 0) > from) {
      // Up to where there is something to the right, and there.
      while (at % 2 === 1 && at > 1) at >>= 1;
      at += 1;
    }
    while (at < leaves) at = (ends[2 * at] ?? 0) <= from ? 2 * at : 2 * at + 1;
    const row = at - leaves;
    ends[at] = to;
    for (at >>= 1; at >= 1; at >>= 1) ends[at] = Math.min(ends[2 * at] ?? 0, ends[2 * at + 1] ?? 0);
    return row;
  };
}

import type { FlameGraph } from './flame-graph.ts';
import type { TimeWindow } from './time-window.ts';

/** The box of a row at a place of the axis; -1 where there is none. */
export function boxAt(graph: FlameGraph, row: number, place: number): number {
  const first = graph.first[row] ?? 0;
  const end = graph.first[row + 1] ?? first;
  const box = firstEndingAfter(graph, { first, end, place });
  return box < end && (graph.from[box] ?? 0) <= place ? box : -1;
}

/** The row of a box. */
export function rowOfBox({ first, rows }: FlameGraph, box: number): number {
  let low = 0;
  let high = rows - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((first[middle] ?? 0) <= box) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A box's part of the axis, as a window of it. */
export function windowOfBox({ from, to, whole }: FlameGraph, box: number): TimeWindow {
  const size = Math.max(1, whole);
  return { from: (from[box] ?? 0) / size, to: Math.max((to[box] ?? 0) / size, (from[box] ?? 0) / size + 1e-9) };
}

interface BoxInSight {
  /** The box that is zoomed to; -1 for the whole. */
  readonly zoomed: number;
  /** The least share of what is shown that a box is seen at. */
  readonly minShare: number;
}

/**
 * What to zoom to so that a box is in sight: what is zoomed to already where the box is seen in it, else the widest of the whole (-1), what the box is
 * under and the box itself that shows it wide enough.
 */
export function zoomForBox(graph: FlameGraph, box: number, { zoomed, minShare }: BoxInSight): number {
  const isSeenIn = (frame: number): boolean => {
    if (frame === box) return true;
    const [from, to] = frame === -1 ? [0, graph.whole] : [graph.from[frame] ?? 0, graph.to[frame] ?? 0];
    const [start, end] = [graph.from[box] ?? 0, graph.to[box] ?? 0];
    return start >= from && end <= to && end - start >= (to - from) * minShare;
  };
  if (isSeenIn(zoomed)) return zoomed;
  const above = [box];
  for (let frame = graph.parent[box] ?? -1; frame !== -1; frame = graph.parent[frame] ?? -1) above.push(frame);
  above.push(-1);
  return above.findLast(isSeenIn) ?? box;
}

export interface RowPart {
  readonly row: number;
  /** Of the axis. */
  readonly from: number;
  readonly to: number;
  /** As wide as a pixel: of what is narrower one box is drawn for all that fall on it. */
  readonly pixel: number;
}

/** The boxes of a row that are drawn in a part of the axis: as many as it has pixels at most, whatever the number of spans. */
export function boxesInPart(graph: FlameGraph, { row, from, to, pixel }: RowPart): number[] {
  const boxes: number[] = [];
  const first = graph.first[row] ?? 0;
  const end = graph.first[row + 1] ?? first;
  for (let box = firstEndingAfter(graph, { first, end, place: from }); box < end && (graph.from[box] ?? 0) < to; ) {
    boxes.push(box);
    const drawnTo = Math.max(graph.to[box] ?? 0, (graph.from[box] ?? 0) + pixel);
    box = (graph.to[box + 1] ?? 0) > drawnTo ? box + 1 : firstEndingAfter(graph, { first: box + 1, end, place: drawnTo });
  }
  return boxes;
}

/** Boxes of a row are by place, so their ends rise. */
function firstEndingAfter({ to }: FlameGraph, { first, end, place }: { first: number; end: number; place: number }): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((to[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where an arrow key leads from a box: up to what it is under, down to the first below it, sideways in its row; the box itself where there is nothing. */
export function neighbourBox(graph: FlameGraph, box: number, key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'): number {
  const row = rowOfBox(graph, box);
  if (key === 'ArrowUp') return graph.parent[box] === -1 ? box : (graph.parent[box] ?? box);
  if (key === 'ArrowLeft') return box > (graph.first[row] ?? 0) ? box - 1 : box;
  if (key === 'ArrowRight') return box + 1 < (graph.first[row + 1] ?? 0) ? box + 1 : box;
  const first = graph.first[row + 1] ?? 0;
  const end = graph.first[row + 2] ?? first;
  const below = firstEndingAfter(graph, { first, end, place: graph.from[box] ?? 0 });
  return below < end && (graph.from[below] ?? 0) < (graph.to[box] ?? 0) ? below : box;
}

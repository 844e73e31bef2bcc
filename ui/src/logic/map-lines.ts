import type { Point, Rectangle } from './map-layout.ts';

/** A line between two boxes as it is drawn. */
export interface DrawnLine {
  /** Of an SVG path, from box to box. */
  readonly path: string;
  /** What its text stands on, at its end, and on which side of that point. */
  readonly text: Point & { readonly anchor: 'start' | 'end' };
  /** All of it is inside. */
  readonly bounds: Rectangle;
}

/** From this box a line ends so far from the middle of its side. */
interface Ends {
  readonly from: Rectangle;
  readonly to: Rectangle;
  readonly route: readonly Point[];
  readonly shift: number;
}

const TEXT_GAP = 14;
/** How far a line bends out whose ends are one above the other. */
const BEND = 60;

/** To the right from side to side, by its route; back to the left as directly; within a column round the right side. */
export function drawLine({ from, to, route, shift }: Ends): DrawnLine {
  const isForward = to.x >= from.x + from.width;
  const isBack = to.x + to.width <= from.x;
  const start = { x: isBack ? from.x : from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: isForward ? to.x : to.x + to.width, y: to.y + to.height / 2 + shift };
  const points = isForward ? [start, ...route, end] : [start, end];
  let path = `M${at(start)}`;
  for (let stop = 1; stop < points.length; stop += 2) {
    const [before, next, after] = [points[stop - 1] ?? start, points[stop] ?? end, points[stop + 1]];
    const bend = isForward || isBack ? (next.x - before.x) / 2 : BEND;
    const endBend = isForward || isBack ? bend : -BEND;
    path += `C${at({ x: before.x + bend, y: before.y })} ${at({ x: next.x - endBend, y: next.y })} ${at(next)}`;
    if (after) path += `L${at(after)}`;
  }
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return {
    path,
    text: { x: end.x + (isForward ? -TEXT_GAP : TEXT_GAP), y: end.y, anchor: isForward ? 'end' : 'start' },
    bounds: { x: left - BEND, y: top - BEND, width: Math.max(...xs) - left + BEND * 2, height: Math.max(...ys) - top + BEND * 2 },
  };
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

/** Whether any of the first is in the second. */
export function overlaps(one: Rectangle, other: Rectangle): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

/** Lines that end at one box do so under each other, in the order in which they come from; the heaviest have their texts. */
export function lineEnds(
  lines: readonly { readonly from: number; readonly to: number; readonly weight: number }[],
  boxes: readonly Rectangle[],
): { readonly shift: number; readonly hasText: boolean }[] {
  const ends: { readonly shift: number; readonly hasText: boolean }[] = [];
  for (const [to, group] of Map.groupBy(lines.keys(), (line) => lines[line]?.to ?? -1)) {
    const topOf = (line: number): number => boxes[lines[line]?.from ?? -1]?.y ?? 0;
    const order = group.toSorted((left, right) => topOf(left) - topOf(right) || left - right);
    const heaviest = new Set(group.toSorted((left, right) => (lines[right]?.weight ?? 0) - (lines[left]?.weight ?? 0)).slice(0, MAX_TEXTS));
    const step = Math.min(TEXT_STEP, ((boxes[to]?.height ?? 0) - 10) / Math.max(1, order.length - 1));
    let last = Number.NEGATIVE_INFINITY;
    for (const [number, line] of order.entries()) {
      const shift = (number - (order.length - 1) / 2) * step;
      const hasText = heaviest.has(line) && shift - last >= MIN_TEXT_STEP;
      if (hasText) last = shift;
      ends[line] = { shift, hasText };
    }
  }
  return ends;
}

/** A text has two lines; beside one box there is room for so many. */
const TEXT_STEP = 26;
const MIN_TEXT_STEP = 24;
const MAX_TEXTS = 3;

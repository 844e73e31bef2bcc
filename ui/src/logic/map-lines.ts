import type { MapLayout, Point, Rectangle } from './map-layout.ts';

/** A line between two boxes as it is drawn. */
export interface DrawnLine {
  /** Of an SVG path, from box to box. */
  readonly path: string;
  /** On it, from its start to its end, close to each other. */
  readonly points: readonly Point[];
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
  const drawn: Point[] = [start];
  for (let stop = 1; stop < points.length; stop += 2) {
    const [before, next, after] = [points[stop - 1] ?? start, points[stop] ?? end, points[stop + 1]];
    const bend = isForward || isBack ? (next.x - before.x) / 2 : BEND;
    const endBend = isForward || isBack ? bend : -BEND;
    const [out, into] = [
      { x: before.x + bend, y: before.y },
      { x: next.x - endBend, y: next.y },
    ];
    path += `C${at(out)} ${at(into)} ${at(next)}`;
    drawn.push(...pointsBetween([before, out, into, next]));
    if (after) {
      path += `L${at(after)}`;
      drawn.push(...pointsBetween([next, next, after, after]));
    }
  }
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return {
    path,
    points: drawn,
    text: { x: end.x + (isForward ? -TEXT_GAP : TEXT_GAP), y: end.y, anchor: isForward ? 'end' : 'start' },
    bounds: { x: left - BEND, y: top - BEND, width: Math.max(...xs) - left + BEND * 2, height: Math.max(...ys) - top + BEND * 2 },
  };
}

/** Of a cubic curve, without its start. */
function pointsBetween([from, out, into, to]: readonly [Point, Point, Point, Point]): Point[] {
  const count = Math.max(1, Math.ceil((Math.abs(to.x - from.x) + Math.abs(to.y - from.y)) / POINT_STEP));
  return Array.from({ length: count }, (_, number) => {
    const part = (number + 1) / count;
    const rest = 1 - part;
    const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * part, 3 * rest * part ** 2, part ** 3];
    return { x: a * from.x + b * out.x + c * into.x + d * to.x, y: a * from.y + b * out.y + c * into.y + d * to.y };
  });
}

/** Less than the height of a line of text: no line crosses a text unseen. */
const POINT_STEP = 8;

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

/**
 * Where the texts of lines stand: above or below their own line, near its end, where fewest lines cross them. Each text's width, or undefined where a line has
 * none; undefined where there is no place in the drawing that is free of boxes and other texts. What is given is the right end of the text's second line.
 */
export function placeTexts(
  lines: readonly (DrawnLine | undefined)[],
  {
    widths,
    boxes,
    width: mapWidth,
    height: mapHeight,
  }: Pick<MapLayout, 'boxes' | 'width' | 'height'> & { readonly widths: readonly (number | undefined)[] },
): (Point | undefined)[] {
  const taken = [...boxes];
  const points = lines.flatMap((line) => line?.points ?? []);
  const isInside = ({ x, y, width, height }: Rectangle): boolean => x >= 0 && y >= 0 && x + width <= mapWidth && y + height <= mapHeight;
  return lines.map((line, number) => {
    const width = widths[number];
    if (line === undefined || width === undefined) return undefined;
    const reach = line.points.at(-1)?.x ?? 0;
    let best: { readonly place: Rectangle; readonly cost: number } | undefined;
    for (const { x, y } of line.points.toReversed()) {
      for (const top of [y - TEXT_HEIGHT - TEXT_LIFT, y + TEXT_LIFT]) {
        const place = { x: Math.min(x, reach - TEXT_GAP) - width, y: top, width, height: TEXT_HEIGHT };
        // A text far from the end is hard to tell whose it is, one that a line goes through cannot be read.
        const way = Math.hypot(reach - x, (top < y ? 0 : 1) * TEXT_LIFT);
        if ((best !== undefined && way >= best.cost) || !isInside(place) || taken.some((other) => overlaps(other, place))) continue;
        const cost = points.filter((point) => isIn(point, place)).length * CROSSING + way;
        if (best === undefined || cost < best.cost) best = { place, cost };
      }
    }
    if (best === undefined) return undefined;
    const { x, y } = best.place;
    taken.push({ x: x - TEXT_ROOM, y: y - TEXT_ROOM, width: width + 2 * TEXT_ROOM, height: TEXT_HEIGHT + 2 * TEXT_ROOM });
    return { x: best.place.x + width, y: best.place.y + TEXT_HEIGHT - TEXT_LIFT };
  });
}

function isIn({ x, y }: Point, place: Rectangle): boolean {
  return x > place.x && x < place.x + place.width && y > place.y && y < place.y + place.height;
}

const TEXT_HEIGHT = 28;
/** Between a line and its text. */
const TEXT_LIFT = 3;
const CROSSING = 120;
/** Between two texts. */
const TEXT_ROOM = 4;

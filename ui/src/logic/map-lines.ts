import type { MapLayout, Point, Rectangle } from './map-layout.ts';
import type { Way } from './map-routes.ts';

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

interface Ends {
  readonly from: Rectangle;
  readonly to: Rectangle;
  readonly route: readonly Point[];
  /** So far from the middles of the sides of its boxes a line ends, and begins. */
  readonly shift: number;
  readonly startShift?: number;
  /** Absent: it turns at the boxes themselves. */
  readonly turns?: Turns | undefined;
}

type Turns = Pick<Way, 'start' | 'end'>;

const TEXT_GAP = 14;
/** How far a line bends out whose ends are one above the other. */
const BEND = 60;

/** From side to side by its route, in curves between columns and straight through them; within a column round the right side. */
export function drawLine({ from, to, route, shift, startShift = 0, turns = turnsBetween(from, to) }: Ends): DrawnLine {
  const start = { x: sideOf(from, turns.start), y: from.y + from.height / 2 + startShift };
  const end = { x: sideOf(to, turns.end), y: to.y + to.height / 2 + shift };
  const curved = [{ x: turns.start.x, y: start.y }, ...route, { x: turns.end.x, y: end.y }];
  let path = `M${at(start)}`;
  let last: Point = start;
  const drawn: Point[] = [start];
  const draw = (out: Point, into: Point, next: Point): void => {
    drawn.push(...pointsBetween([last, out, into, next]));
    last = next;
  };
  const goStraight = (next: Point): void => {
    if (next.x === last.x && next.y === last.y) return;
    path += `L${at(next)}`;
    draw(last, next, next);
  };
  for (const [stop, next] of curved.entries()) {
    if (stop % 2 === 0) {
      goStraight(next);
      continue;
    }
    const isRound = next.x === last.x;
    const bend = isRound ? BEND : (next.x - last.x) / 2;
    const [out, into] = [
      { x: last.x + bend, y: last.y },
      { x: next.x + (isRound ? bend : -bend), y: next.y },
    ];
    path += `C${at(out)} ${at(into)} ${at(next)}`;
    draw(out, into, next);
  }
  goStraight(end);
  const [xs, ys] = [drawn.map(({ x }) => x), drawn.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const isFromLeft = turns.end.side === 'left';
  return {
    path,
    points: drawn,
    text: { x: end.x + (isFromLeft ? -TEXT_GAP : TEXT_GAP), y: end.y, anchor: isFromLeft ? 'end' : 'start' },
    bounds: { x: left - BEND, y: top - BEND, width: Math.max(...xs) - left + BEND * 2, height: Math.max(...ys) - top + BEND * 2 },
  };
}

function sideOf({ x, width }: Rectangle, { side }: Turns['start']): number {
  return side === 'left' ? x : x + width;
}

/** Of boxes that are in no columns. */
function turnsBetween(from: Rectangle, to: Rectangle): Turns {
  if (to.x >= from.x + from.width) return { start: { side: 'right', x: from.x + from.width }, end: { side: 'left', x: to.x } };
  if (to.x + to.width <= from.x) return { start: { side: 'left', x: from.x }, end: { side: 'right', x: to.x + to.width } };
  const x = Math.max(from.x + from.width, to.x + to.width);
  return { start: { side: 'right', x }, end: { side: 'right', x } };
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

interface LineEnds {
  readonly shift: number;
  readonly startShift: number;
  readonly hasText: boolean;
}

/** A place on a side of a box at which a line ends, or at which all those begin that do so there. */
interface Port {
  readonly lines: readonly number[];
  readonly isStart: boolean;
  /** Of where they come from, or lead to. */
  readonly height: number;
}

/**
 * Lines that end at one side of a box do so under each other, in the order in which they come from; those that begin there do so at one place among them. Of two
 * boxes that call each other the line that leads to the right is above the other. The heaviest have their texts.
 */
export function lineEnds(
  lines: readonly { readonly from: number; readonly to: number; readonly weight: number }[],
  boxes: readonly Rectangle[],
  { routes, turns }: Partial<Pick<MapLayout, 'routes' | 'turns'>> = {},
): LineEnds[] {
  const ends = lines.map(() => ({ shift: 0, startShift: 0, hasText: false }));
  const place = (number: number): Rectangle => boxes[number] ?? NOWHERE;
  const ports = new Map<string, { readonly box: number; readonly starts: number[]; readonly ends: number[]; readonly side: string }>();
  for (const [number, { from, to }] of lines.entries()) {
    const { start, end } = turns?.[number] ?? turnsBetween(place(from), place(to));
    for (const [box, side, list] of [
      [from, start.side, 'starts'],
      [to, end.side, 'ends'],
    ] as const) {
      const known = ports.get(`${box} ${side}`) ?? { box, side, starts: [], ends: [] };
      ports.set(`${box} ${side}`, known);
      known[list].push(number);
    }
  }
  const heightOf = (line: number, isStart: boolean): number =>
    routes?.[line]?.at(isStart ? 0 : -1)?.y ?? middleOf(place(lines[line]?.[isStart ? 'to' : 'from'] ?? -1));
  for (const { box, side, starts, ends: ending } of ports.values()) {
    const start: Port[] =
      starts.length === 0
        ? []
        : [{ lines: starts, isStart: true, height: starts.reduce((sum, line) => sum + heightOf(line, true), 0) / starts.length }];
    const isUpper = ({ isStart }: Port): boolean => isStart === (side === 'right');
    const order = [...start, ...ending.map((line): Port => ({ lines: [line], isStart: false, height: heightOf(line, false) }))].sort(
      (left, right) =>
        left.height - right.height || Number(isUpper(right)) - Number(isUpper(left)) || (left.lines[0] ?? 0) - (right.lines[0] ?? 0),
    );
    const step = Math.min(TEXT_STEP, (place(box).height - 10) / Math.max(1, order.length - 1));
    for (const [number, { lines: own, isStart }] of order.entries())
      for (const line of own) {
        const known = ends[line];
        if (known) known[isStart ? 'startShift' : 'shift'] = (number - (order.length - 1) / 2) * step;
      }
    const weightOf = (line: number): number => lines[line]?.weight ?? 0;
    for (const line of ending.toSorted((left, right) => weightOf(right) - weightOf(left)).slice(0, MAX_TEXTS)) {
      const known = ends[line];
      if (known) known.hasText = true;
    }
  }
  return ends;
}

const NOWHERE: Rectangle = { x: 0, y: 0, width: 0, height: 0 };

function middleOf({ y, height }: Rectangle): number {
  return y + height / 2;
}

/** All lines of a map, each with whether it has a text; undefined where a box of it is not there. `weight`: 0 to 1, of the heaviest. */
export function drawLines(
  lines: readonly { readonly from: number; readonly to: number; readonly weight: number }[],
  { boxes, routes, turns }: Pick<MapLayout, 'boxes' | 'routes' | 'turns'>,
): ((DrawnLine & { readonly weight: number; readonly hasText: boolean }) | undefined)[] {
  const ends = lineEnds(lines, boxes, { routes, turns });
  return lines.map(({ from, to, weight }, at) => {
    const [start, end] = [boxes[from], boxes[to]];
    if (start === undefined || end === undefined) return undefined;
    const { shift = 0, startShift = 0, hasText = false } = ends[at] ?? {};
    return { ...drawLine({ from: start, to: end, route: routes[at] ?? [], shift, startShift, turns: turns[at] }), weight, hasText };
  });
}

/** Two lines that end at a side of a box are this far apart where there is room: a text has two lines. */
const TEXT_STEP = 26;
/** Beside one side of a box there is room for so many. */
const MAX_TEXTS = 3;

type TextRoom = Pick<MapLayout, 'boxes' | 'width' | 'height'> &
  Partial<Pick<MapLayout, 'frames'>> & { readonly widths: readonly (number | undefined)[] };

/**
 * Where the texts of lines stand: above or below their own line, near its end, where fewest lines cross them. Each text's width, or undefined where a line has
 * none; undefined where there is no place in the drawing that is free of boxes, titles of frames and other texts. What is given is the right end of the text's second line.
 */
export function placeTexts(
  lines: readonly (DrawnLine | undefined)[],
  { widths, boxes, frames = [], width: mapWidth, height: mapHeight }: TextRoom,
): (Point | undefined)[] {
  const taken = [...boxes, ...frames.map((frame) => ({ ...frame, height: BAR_HEIGHT }))].map(withRoom);
  const points = lines.flatMap((line) => line?.points ?? []);
  const isInside = ({ x, y, width, height }: Rectangle): boolean => x >= 0 && y >= 0 && x + width <= mapWidth && y + height <= mapHeight;
  return lines.map((line, number) => {
    const width = widths[number];
    if (line === undefined || width === undefined) return undefined;
    const end = line.points.at(-1) ?? { x: 0, y: 0 };
    const isBefore = line.text.anchor === 'end';
    let best: { readonly place: Rectangle; readonly cost: number } | undefined;
    for (const { x, y } of line.points.toReversed()) {
      // Before or behind the point, never nearer to the box than that.
      const lefts = [x - width, x].map((left) => (isBefore ? Math.min(left, end.x - TEXT_GAP - width) : Math.max(left, end.x + TEXT_GAP)));
      for (const left of lefts) {
        for (const top of [y - TEXT_HEIGHT - TEXT_LIFT, y + TEXT_LIFT]) {
          const place = { x: left, y: top, width, height: TEXT_HEIGHT };
          // A text far from the end is hard to tell whose it is, one that a line goes through cannot be read.
          const way = Math.hypot(end.x - x, end.y - y) + (top < y ? 0 : TEXT_LIFT);
          if ((best !== undefined && way >= best.cost) || !isInside(place) || taken.some((other) => overlaps(other, place))) continue;
          const cost = points.filter((point) => isIn(point, place)).length * CROSSING + way;
          if (best === undefined || cost < best.cost) best = { place, cost };
        }
      }
    }
    if (best === undefined) return undefined;
    taken.push(withRoom(best.place));
    return { x: best.place.x + width, y: best.place.y + TEXT_HEIGHT - TEXT_LIFT };
  });
}

/** The places of texts, and of those of lines that have none yet, where there is room beside them: what stands somewhere stays there. */
export function placeMoreTexts(
  lines: readonly (DrawnLine | undefined)[],
  places: readonly (Point | undefined)[],
  { widths, boxes, ...room }: TextRoom,
): (Point | undefined)[] {
  const placed = lines.flatMap((line, number): Rectangle[] => {
    const [place, width] = [places[number], widths[number]];
    if (line === undefined || place === undefined || width === undefined) return [];
    return [{ x: place.x - width, y: place.y - TEXT_HEIGHT + TEXT_LIFT, width, height: TEXT_HEIGHT }];
  });
  const more = placeTexts(lines, {
    ...room,
    boxes: [...boxes, ...placed],
    widths: widths.map((width, number) => (places[number] === undefined ? width : undefined)),
  });
  return lines.map((_, number) => places[number] ?? more[number]);
}

function withRoom({ x, y, width, height }: Rectangle): Rectangle {
  return { x: x - TEXT_ROOM, y: y - TEXT_ROOM, width: width + 2 * TEXT_ROOM, height: height + 2 * TEXT_ROOM };
}

function isIn({ x, y }: Point, place: Rectangle): boolean {
  return x > place.x && x < place.x + place.width && y > place.y && y < place.y + place.height;
}

/** The part of a frame that is its button. */
export const BAR_HEIGHT = 30;
const TEXT_HEIGHT = 28;
/** Between a line and its text. */
const TEXT_LIFT = 3;
const CROSSING = 120;
/** Round a box, and between two texts. */
const TEXT_ROOM = 4;

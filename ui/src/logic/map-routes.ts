import type { Point, Rectangle } from './map-layout.ts';

/** Where a line leaves its box, or comes to it: on this side, straight up to here or from here on. */
export interface Turn {
  readonly side: 'left' | 'right';
  readonly x: number;
}

/** How a line goes from box to box: it turns only between columns, and goes through a column straight, where no box is. */
export interface Way {
  readonly start: Turn;
  readonly end: Turn;
  /** The ends of each straight piece between. */
  readonly route: readonly Point[];
}

/** Boxes one above the other; nothing else is as far left and right as it reaches. */
export interface Column {
  readonly left: number;
  readonly right: number;
  readonly boxes: readonly Rectangle[];
}

/** Half of the least room between two boxes of a column. */
const CLEARANCE = 10;

/** From column to column, at the height that `heightIn` gives for each between: to the right from side to side, to the left likewise, and within one column round its right side. */
export function wayBetween(columns: readonly Column[], [from, to]: readonly [number, number], heightIn: (column: number) => number): Way {
  const edge = (column: number, side: Turn['side']): Turn => ({ side, x: columns[column]?.[side] ?? 0 });
  const route: Point[] = [];
  const step = from <= to ? 1 : -1;
  for (let at = from + step; at !== to && from !== to; at += step) route.push(...straight(columns[at], step, heightIn(at)));
  return { start: edge(from, from <= to ? 'right' : 'left'), end: edge(to, from < to ? 'left' : 'right'), route };
}

/** From a column at a height to the outside of all of them. */
export function wayOut(columns: readonly Column[], from: number, { side, y }: { readonly side: Turn['side']; readonly y: number }) {
  const route: Point[] = [];
  const step = side === 'right' ? 1 : -1;
  let height = y;
  for (let at = from + step; columns[at] !== undefined; at += step) {
    height = freeHeight(columns[at], height);
    route.push(...straight(columns[at], step, height));
  }
  return { turn: { side, x: columns[from]?.[side] ?? 0 }, route };
}

/** The height next to this one at which a line goes through a column and no box. */
export function freeHeight(column: Column | undefined, y: number): number {
  const boxes = column?.boxes ?? [];
  if (boxes.every(({ y: top, height }) => y <= top - CLEARANCE / 2 || y >= top + height + CLEARANCE / 2)) return y;
  return boxes
    .flatMap(({ y: top, height }) => [top - CLEARANCE, top + height + CLEARANCE])
    .reduce((best, next) => (Math.abs(next - y) <= Math.abs(best - y) ? next : best));
}

/** The same way, so much further to the right and down. */
export function movedWay({ start, end, route }: Way, right: number, down: number): Way {
  return {
    start: { ...start, x: start.x + right },
    end: { ...end, x: end.x + right },
    route: route.map(({ x, y }) => ({ x: x + right, y: y + down })),
  };
}

function straight(column: Column | undefined, step: number, y: number): Point[] {
  const { left, right } = column ?? { left: 0, right: 0 };
  return step > 0
    ? [
        { x: left, y },
        { x: right, y },
      ]
    : [
        { x: right, y },
        { x: left, y },
      ];
}

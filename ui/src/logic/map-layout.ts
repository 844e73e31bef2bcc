import { layeredLayout, orderLayers, routedLayers, withoutCircles } from './layered-layout.ts';
import { type Column, freeHeight, movedWay, type Way, wayBetween, wayOut } from './map-routes.ts';

/** What is to be placed: boxes of one size, some of them in frames, and the lines between them. Plain, as it goes to a worker. */
export interface MapDrawing {
  readonly boxCount: number;
  /** Of each box the number of its frame; -1: none. */
  readonly frameOf: readonly number[];
  readonly frameCount: number;
  /** Places of boxes, a pair for each line. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MapLayout {
  readonly boxes: readonly Rectangle[];
  readonly frames: readonly Rectangle[];
  /** Of each line the ends of its straight pieces on its way round others. */
  readonly routes: readonly (readonly Point[])[];
  /** Of each line where it turns first and last. */
  readonly turns: readonly Pick<Way, 'start' | 'end'>[];
  readonly width: number;
  readonly height: number;
  /** How far down things that lines join reach: what calls first is in the middle of that. Below are those that nothing joins. */
  readonly joinedHeight: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const BOX = { width: 208, height: 62 } as const;
/** Between two columns, for the texts of lines. */
const GAP = 170;
/** Between two rows: where a column has few, so much that together they take this height, and the texts of lines have room between them. */
const ROW_GAP = { least: 20, most: 80 } as const;
const COLUMN_HEIGHT = 420;
/** The way of a line between boxes. */
const LANE = 10;
const MARGIN = 16;
/** Lines within a column go round its right side; with their texts where they end there. */
const BEND_ROOM = 50;
const END_ROOM = 130;
/** Inside of a frame, above its title's height. */
const FRAME = { side: 20, top: 40, bottom: 20 } as const;
/** More columns than this are a strip that nobody can look over. */
const MAX_COLUMNS = 8;
/** Room for more lines that go round boxes would push those apart. */
const MAX_LANES = 240;
/** Rounds in which the height in the order of calls settles. */
const LEVEL_ROUNDS = 30;

/** Boxes from left to right in the order of the calls, those of a frame together. The same boxes and lines are always in the same places. */
export function layoutMap({ boxCount, frameOf, frameCount, from, to }: MapDrawing): MapLayout {
  const insides = Array.from({ length: frameCount }, (_, frame) => insideOf(frame, { frameOf, from, to }));
  // Of the whole: first the frames, then what is in none.
  const single = Array.from({ length: boxCount }, (_, box) => box).filter((box) => (frameOf[box] ?? -1) === -1);
  const itemOf = new Map(single.map((box, place) => [box, frameCount + place]));
  const sizes = [
    ...insides.map(({ placed }) => ({
      width: placed.width + FRAME.side * 2,
      height: placed.height + FRAME.top + FRAME.bottom,
    })),
    ...single.map(() => BOX),
  ];
  const item = (box: number): number => ((frameOf[box] ?? -1) === -1 ? (itemOf.get(box) ?? -1) : (frameOf[box] ?? -1));
  const lines: Line[] = [];
  for (let line = 0; line < from.length; line += 1) {
    const [source, target] = [item(from[line] ?? -1), item(to[line] ?? -1)];
    if (source !== target) lines.push({ from: source, to: target, line });
  }
  const whole = place(sizes, lines);
  const boxes = new Array<Rectangle>(boxCount);
  const frames = insides.map((_, frame) => moved(whole.items[frame] ?? NOWHERE, MARGIN, MARGIN));
  for (const [number, box] of single.entries()) boxes[box] = moved(whole.items[frameCount + number] ?? NOWHERE, MARGIN, MARGIN);
  const ways = new Map<number, Way>();
  for (const [frame, { members, placed }] of insides.entries()) {
    const { x, y } = frames[frame] ?? NOWHERE;
    for (const [number, box] of members.entries()) boxes[box] = moved(placed.items[number] ?? NOWHERE, x + FRAME.side, y + FRAME.top);
    for (const [line, way] of placed.ways) ways.set(line, movedWay(way, x + FRAME.side, y + FRAME.top));
  }
  /** Out of a box's frame, where it is in one, up to where the line turns outside. */
  const outOf = (box: number, turn: Way['start']): Pick<Way, 'start' | 'route'> => {
    const frame = frameOf[box] ?? -1;
    const { members = [], placed } = insides[frame] ?? {};
    const { columns = [], at = 0 } = placed?.gridOf[members.indexOf(box)] ?? {};
    const { x, y } = frames[frame] ?? NOWHERE;
    const [right, down] = [x + FRAME.side, y + FRAME.top];
    const { route } = wayOut(columns, at, { side: turn.side, y: middleOf(boxes[box]) - down });
    if (route.length === 0) return { start: turn, route };
    const first = { side: turn.side, x: (columns[at]?.[turn.side] ?? 0) + right };
    const inside = route.map((point) => ({ x: point.x + right, y: point.y + down }));
    return { start: first, route: [...inside.slice(0, -1), { x: turn.x, y: inside.at(-1)?.y ?? 0 }] };
  };
  for (const [line, found] of whole.ways) {
    const way = movedWay(found, MARGIN, MARGIN);
    const [start, end] = [outOf(from[line] ?? -1, way.start), outOf(to[line] ?? -1, way.end)];
    ways.set(line, { start: start.start, end: end.start, route: [...start.route, ...way.route, ...end.route.toReversed()] });
  }
  const hasEndsBehind = [...whole.ways.values()].some(({ end: { side, x } }) => side === 'right' && x === whole.width);
  const wayOf = (line: number): Way => ways.get(line) ?? STRAIGHT;
  return {
    boxes,
    frames,
    routes: Array.from(from, (_, line) => wayOf(line).route),
    turns: Array.from(from, (_, line) => ({ start: wayOf(line).start, end: wayOf(line).end })),
    width: whole.width + MARGIN * 2 + (hasEndsBehind ? END_ROOM : BEND_ROOM),
    height: whole.height + MARGIN * 2,
    joinedHeight: whole.joinedHeight,
  };
}

const NOWHERE: Rectangle = { x: 0, y: 0, width: 0, height: 0 };
const STRAIGHT: Way = { start: { side: 'right', x: 0 }, end: { side: 'left', x: 0 }, route: [] };

function middleOf({ y, height }: Rectangle = NOWHERE): number {
  return y + height / 2;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Line {
  readonly from: number;
  readonly to: number;
  /** Its number among all lines. */
  readonly line: number;
}

/** The columns that a thing is among, and in which of them it is. */
interface Grid {
  readonly columns: readonly Column[];
  readonly at: number;
}

interface Columns extends Size {
  readonly items: readonly Rectangle[];
  /** Of each thing. */
  readonly gridOf: readonly Grid[];
  /** Of each line, by its number among all lines. */
  readonly ways: ReadonlyMap<number, Way>;
}

interface Placed extends Columns {
  readonly joinedHeight: number;
}

function insideOf(frame: number, { frameOf, from, to }: Pick<MapDrawing, 'frameOf' | 'from' | 'to'>) {
  const members = frameOf.flatMap((of, box) => (of === frame ? [box] : []));
  const placeOf = new Map(members.map((box, number) => [box, number]));
  const lines: Line[] = [];
  for (let line = 0; line < from.length; line += 1) {
    const [source, target] = [placeOf.get(from[line] ?? -1), placeOf.get(to[line] ?? -1)];
    if (source !== undefined && target !== undefined) lines.push({ from: source, to: target, line });
  }
  return {
    members,
    placed: place(
      members.map(() => BOX),
      lines,
    ),
  };
}

/** Things that are joined in columns, and below them in rows what is not. */
function place(sizes: readonly Size[], lines: readonly Line[]): Placed {
  const isJoined = new Set(lines.flatMap(({ from, to }) => [from, to]));
  const joined = Array.from(sizes.keys()).filter((item) => isJoined.has(item));
  const alone = Array.from(sizes.keys()).filter((item) => !isJoined.has(item));
  const items = new Array<Rectangle>(sizes.length);
  const numberOf = new Map(joined.map((item, number) => [item, number]));
  const own = lines.map((line) => ({ ...line, from: numberOf.get(line.from) ?? 0, to: numberOf.get(line.to) ?? 0 }));
  const columns = placeColumns(
    joined.map((item) => sizes[item] ?? BOX),
    own,
  );
  const gridOf = new Array<Grid>(sizes.length);
  for (const [number, item] of joined.entries()) {
    items[item] = columns.items[number] ?? NOWHERE;
    gridOf[item] = columns.gridOf[number] ?? { columns: [], at: 0 };
  }
  const rows = placeRows(
    alone.map((item) => sizes[item] ?? BOX),
    columns.width,
  );
  const below = columns.height === 0 ? 0 : columns.height + ROW_GAP.least * 2;
  for (const [number, item] of alone.entries()) items[item] = moved(rows.items[number] ?? NOWHERE, 0, below);
  // Things of one size, as in a frame, stand in rows one below the other: lines lead out between the rows.
  const byLeft = [...Map.groupBy(alone, (item) => items[item]?.x ?? 0)].sort(([left], [right]) => left - right);
  const rowColumns = byLeft.map(([left, own]) =>
    columnOf(
      own.map((item) => items[item] ?? NOWHERE),
      left,
    ),
  );
  for (const [at, [, own]] of byLeft.entries()) for (const item of own) gridOf[item] = { columns: rowColumns, at };
  return {
    items,
    gridOf,
    ways: columns.ways,
    width: Math.max(columns.width, rows.width),
    height: alone.length === 0 ? columns.height : below + rows.height,
    joinedHeight: columns.height,
  };
}

function columnOf(boxes: readonly Rectangle[], left: number): Column {
  return { left, right: boxes.reduce((most, { x, width }) => Math.max(most, x + width), left), boxes };
}

/** In rows as wide as there is room, at least so that they are about as wide as high. */
function placeRows(sizes: readonly Size[], room: number): Size & { readonly items: readonly Rectangle[] } {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + ROW_GAP.least) * (height + ROW_GAP.least), 0);
  const most = Math.max(room, Math.sqrt(area * 2));
  const items: Rectangle[] = [];
  let [x, y, rowHeight, width] = [0, 0, 0, 0];
  for (const size of sizes) {
    if (x > 0 && x + size.width > most) {
      y += rowHeight + ROW_GAP.least;
      [x, rowHeight] = [0, 0];
    }
    items.push({ x, y, width: size.width, height: size.height });
    width = Math.max(width, x + size.width);
    x += size.width + ROW_GAP.least;
    rowHeight = Math.max(rowHeight, size.height);
  }
  return { items, width, height: y + rowHeight };
}

function placeColumns(sizes: readonly Size[], lines: readonly Line[]): Columns {
  const edges = { from: lines.map(({ from }) => from), to: lines.map(({ to }) => to) };
  const { layer, row, layers, routes } = columnsOf(sizes.length, edges);
  const columns: number[][] = Array.from({ length: layers }, () => []);
  for (let node = 0; node < layer.length; node += 1) columns[layer[node] ?? 0]?.push(node);
  const isLane = (node: number): boolean => node >= sizes.length;
  const heightOf = (node: number): number => (isLane(node) ? LANE : (sizes[node]?.height ?? 0));
  const rowGap = columns.reduce<number>((gap, column) => Math.min(gap, rowGapOf(column.map(heightOf))), ROW_GAP.most);
  const gapAfter = (node: number): number => (isLane(node) ? LANE / 2 : rowGap);
  for (const column of columns) column.sort((left, right) => (row[left] ?? 0) - (row[right] ?? 0));
  const heights = columns.map((column) => column.reduce((sum, node) => sum + heightOf(node) + gapAfter(node), 0));
  const height = heights.reduce((most, value) => Math.max(most, value), 0);
  const placed: Rectangle[] = [];
  const grid: Column[] = [];
  let x = 0;
  let width = 0;
  for (const [number, column] of columns.entries()) {
    const columnWidth = column.reduce((most, node) => Math.max(most, sizes[node]?.width ?? 0), 0);
    let y = (height - (heights[number] ?? 0)) / 2;
    for (const node of column) {
      const own = isLane(node) ? columnWidth : (sizes[node]?.width ?? 0);
      placed[node] = { x: x + (columnWidth - own) / 2, y, width: own, height: heightOf(node) };
      y += heightOf(node) + gapAfter(node);
    }
    width = x + columnWidth;
    grid.push({ left: x, right: width, boxes: column.filter((node) => !isLane(node)).map((node) => placed[node] ?? NOWHERE) });
    x = width + GAP;
  }
  const wayOf = ({ from, to }: Line, line: number): Way => {
    const [source, target] = [layer[from] ?? 0, layer[to] ?? 0];
    const [start, end] = [middleOf(placed[from]), middleOf(placed[to])];
    const lanes = new Map(routes[line]?.map((node) => [layer[node], middleOf(placed[node])]));
    return wayBetween(
      grid,
      [source, target],
      // Without a lane of its own it goes where a straight one would find the nearest way through.
      (at) => lanes.get(at) ?? freeHeight(grid[at], start + ((end - start) * (at - source)) / (target - source)),
    );
  };
  return {
    items: placed.slice(0, sizes.length),
    gridOf: sizes.map((_, item) => ({ columns: grid, at: layer[item] ?? 0 })),
    ways: new Map(lines.map((line, at) => [line.line, wayOf(line, at)])),
    width,
    height,
  };
}

function rowGapOf(heights: readonly number[]): number {
  const free = COLUMN_HEIGHT - heights.reduce((sum, height) => sum + height, 0);
  return Math.max(ROW_GAP.least, Math.floor(free / Math.max(1, heights.length - 1)));
}

/** Layers by the longest way, or where that makes a strip a few columns; with lanes for lines that lead over several, forth or back. */
function columnsOf(count: number, edges: { readonly from: readonly number[]; readonly to: readonly number[] }) {
  const layered = layeredLayout(count, edges);
  const layer = layered.layers > MAX_COLUMNS ? fewLayers(count, edges) : layered.layer;
  let lanes = 0;
  for (let edge = 0; edge < edges.from.length; edge += 1)
    lanes += Math.max(0, Math.abs((layer[edges.to[edge] ?? 0] ?? 0) - (layer[edges.from[edge] ?? 0] ?? 0)) - 1);
  return lanes > MAX_LANES ? { ...orderLayers(count, layer, edges), layer, routes: [] } : routedLayers(layer, edges);
}

/** Columns with about as many nodes each. A node's height in the order of calls is one below the middle of its callers; what calls back is none. */
function fewLayers(count: number, edges: { readonly from: readonly number[]; readonly to: readonly number[] }): Int32Array {
  const forward = withoutCircles(count, edges);
  let level = new Float64Array(count);
  for (let round = 0; round < LEVEL_ROUNDS; round += 1) {
    const [sum, calls] = [new Float64Array(count), new Float64Array(count)];
    for (const [source, target] of forward) {
      sum[target] = (sum[target] ?? 0) + (level[source] ?? 0) + 1;
      calls[target] = (calls[target] ?? 0) + 1;
    }
    level = sum.map((value, node) => (calls[node] === 0 ? 0 : value / (calls[node] ?? 1)));
  }
  const columns = Math.min(MAX_COLUMNS, Math.max(2, Math.round(Math.sqrt(count))));
  const layer = new Int32Array(count);
  const order = Array.from(level.keys()).sort((left, right) => (level[left] ?? 0) - (level[right] ?? 0) || left - right);
  for (const [at, node] of order.entries()) layer[node] = Math.floor((at * columns) / count);
  return layer;
}

function moved({ x, y, width, height }: Rectangle, right: number, down: number): Rectangle {
  return { x: x + right, y: y + down, width, height };
}

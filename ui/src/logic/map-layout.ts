import { layeredLayout, orderLayers, routedLayout } from './layered-layout.ts';

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
  /** Of each line the middles of the places that it goes through on its way round others. */
  readonly routes: readonly (readonly Point[])[];
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
/** Lines within a column go round its right side. */
const BEND_ROOM = 50;
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
  const routes: Point[][] = Array.from(from, () => []);
  for (const [line, route] of whole.routes) routes[line] = route.map(({ x, y }) => ({ x: x + MARGIN, y: y + MARGIN }));
  for (const [frame, { members, placed }] of insides.entries()) {
    const { x, y } = frames[frame] ?? NOWHERE;
    for (const [number, box] of members.entries()) boxes[box] = moved(placed.items[number] ?? NOWHERE, x + FRAME.side, y + FRAME.top);
    for (const [line, route] of placed.routes)
      routes[line] = route.map((point) => ({ x: point.x + x + FRAME.side, y: point.y + y + FRAME.top }));
  }
  return {
    boxes,
    frames,
    routes,
    width: whole.width + MARGIN * 2 + BEND_ROOM,
    height: whole.height + MARGIN * 2,
    joinedHeight: whole.joinedHeight,
  };
}

const NOWHERE: Rectangle = { x: 0, y: 0, width: 0, height: 0 };

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

interface Columns extends Size {
  readonly items: readonly Rectangle[];
  readonly routes: ReadonlyMap<number, readonly Point[]>;
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
  for (const [number, item] of joined.entries()) items[item] = columns.items[number] ?? NOWHERE;
  const rows = placeRows(
    alone.map((item) => sizes[item] ?? BOX),
    columns.width,
  );
  const below = columns.height === 0 ? 0 : columns.height + ROW_GAP.least * 2;
  for (const [number, item] of alone.entries()) items[item] = moved(rows.items[number] ?? NOWHERE, 0, below);
  return {
    items,
    routes: columns.routes,
    width: Math.max(columns.width, rows.width),
    height: alone.length === 0 ? columns.height : below + rows.height,
    joinedHeight: columns.height,
  };
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
    x = width + GAP;
  }
  const middles = (node: number): Point[] => {
    const { x: left, y, width: own, height: high } = placed[node] ?? NOWHERE;
    return [
      { x: left, y: y + high / 2 },
      { x: left + own, y: y + high / 2 },
    ];
  };
  return {
    items: placed.slice(0, sizes.length),
    routes: new Map(lines.map(({ line }, at) => [line, (routes[at] ?? []).flatMap(middles)])),
    width,
    height,
  };
}

function rowGapOf(heights: readonly number[]): number {
  const free = COLUMN_HEIGHT - heights.reduce((sum, height) => sum + height, 0);
  return Math.max(ROW_GAP.least, Math.floor(free / Math.max(1, heights.length - 1)));
}

/** Layers by the longest way, with lanes for lines that lead over several; where that makes a strip, a few columns of those that call before those that are called. */
function columnsOf(count: number, edges: { readonly from: readonly number[]; readonly to: readonly number[] }) {
  const layered = layeredLayout(count, edges);
  if (layered.layers > MAX_COLUMNS) {
    const layer = fewLayers(count, edges);
    return { ...orderLayers(count, layer, edges), layer, routes: [] };
  }
  let lanes = 0;
  for (let edge = 0; edge < edges.from.length; edge += 1)
    lanes += Math.max(0, (layered.layer[edges.to[edge] ?? 0] ?? 0) - (layered.layer[edges.from[edge] ?? 0] ?? 0) - 1);
  return lanes > MAX_LANES ? { ...layered, routes: [] } : routedLayout(count, edges);
}

/** Columns with about as many nodes each. A node's height in the order of calls is one below the middle of its callers. */
function fewLayers(count: number, { from, to }: { readonly from: readonly number[]; readonly to: readonly number[] }): Int32Array {
  let level = new Float64Array(count);
  for (let round = 0; round < LEVEL_ROUNDS; round += 1) {
    const [sum, calls] = [new Float64Array(count), new Float64Array(count)];
    for (let edge = 0; edge < from.length; edge += 1) {
      const [source, target] = [from[edge] ?? 0, to[edge] ?? 0];
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

import type { FlowBreak } from '@threadline/collector/api';
import { durationTicks } from '../../logic/axis-ticks.ts';
import type { FlowItem } from '../../logic/causal-order.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { FlowLayout, FlowMark } from '../../logic/flow-lanes.ts';
import { levelColor, levelOf } from '../../logic/level.ts';
import { hasFailed } from '../../logic/span-status.ts';
import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';

const AXIS_HEIGHT = 20;
const ROW_HEIGHT = 12;
const BAR_HEIGHT = 9;
const LANE_PADDING = 6;
const MARK_RADIUS = 3.5;
/** The last pixels are kept free, so that what ends last is not cut. */
const RIGHT_MARGIN = 8;
/** A place this near to a mark, in pixels, means the mark. */
const HIT_DISTANCE = 4;
const PIXELS_PER_TICK = 110;
/** Of the sign of a further attempt: the arrow, each digit of the number, and what a bar needs around it. */
const ARROW_WIDTH = 10;
const DIGIT_WIDTH = 6;
const SIGN_MARGIN = 2;
/** Lines of one message to one lane are told apart from so far on, and are so many: one to each attempt of a message that is tried for ever would be a surface. */
const MIN_LINE_DISTANCE = 24;
const MAX_LINES = 8;

export interface LanePlace {
  readonly top: number;
  readonly height: number;
}

/** Where each lane lies below the axis; the lane's records have a line of their own at its foot. */
export function laneHeights(layout: FlowLayout): LanePlace[] {
  let top = AXIS_HEIGHT;
  return layout.lanes.map((lane) => {
    const place = { top, height: (lane.rowCount + 1) * ROW_HEIGHT + LANE_PADDING };
    top += place.height;
    return place;
  });
}

interface MarkPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

function placeMark(
  mark: FlowMark,
  { layout, places, width }: { readonly layout: FlowLayout; readonly places: readonly LanePlace[]; readonly width: number },
): MarkPlace {
  const scale = (width - RIGHT_MARGIN) / Math.max(1, layout.durationNanos);
  const lane = places[mark.lane] ?? { top: 0, height: 0 };
  return { left: mark.start * scale, top: lane.top + LANE_PADDING / 2 + mark.row * ROW_HEIGHT, width: Math.max(2, mark.duration * scale) };
}

interface LanesDrawing {
  readonly area: CanvasArea;
  readonly layout: FlowLayout;
  readonly items: readonly FlowItem[];
  /** By item. */
  readonly breaks: ReadonlyMap<number, FlowBreak>;
  readonly current: number;
  readonly colorOf: (service: string) => string;
}

/**
 * Lanes, bars in their service's colour, errors with a red foot, records as dots in their level's colour; what was handed on is joined by a dashed line, a
 * further attempt has a turning arrow, a break of the thread a flash; what is current has a frame.
 */
export function drawFlowLanes(context: CanvasRenderingContext2D, { area, layout, items, breaks, current, colorOf }: LanesDrawing): void {
  const places = laneHeights(layout);
  drawAxis(context, { area, layout, places });
  const placeOf = (mark: FlowMark): MarkPlace => placeMark(mark, { layout, places, width: area.width });
  drawHandovers(context, { area, layout, placeOf });
  for (const mark of layout.marks) {
    const item = items[mark.item];
    const place = placeOf(mark);
    const lane = layout.lanes[mark.lane];
    if (item === undefined || lane === undefined) continue;
    if (item.type === 'log')
      drawDot(context, { x: place.left, y: dotTop(places[mark.lane]), color: area.color(levelColor(levelOf(item.log))) });
    else {
      context.fillStyle = area.color(colorOf(lane.service));
      context.fillRect(place.left, place.top, place.width, BAR_HEIGHT);
      if (hasFailed(item.span)) {
        context.fillStyle = area.color('var(--level-error)');
        context.fillRect(place.left, place.top + BAR_HEIGHT - 3, place.width, 3);
      }
    }
    const found = breaks.get(mark.item);
    if (found !== undefined) {
      const x = found.anchor?.side === 'before' ? Math.max(0, place.left - 6) : Math.min(place.left + place.width - 5, area.width - 12);
      drawFlash(context, { x, y: place.top - 4, color: area.color('var(--level-warn)'), edge: area.color('var(--panel)') });
    }
    if (mark.item === current) {
      context.strokeStyle = area.color('var(--text)');
      context.lineWidth = 1.5;
      if (item.type === 'log') context.strokeRect(place.left - 5, dotTop(places[mark.lane]) - 5, 10, 10);
      else context.strokeRect(place.left - 1.5, place.top - 1.5, place.width + 3, BAR_HEIGHT + 3);
    }
  }
  drawAttempts(context, { area, layout, placeOf });
}

/** The sign of a further attempt, in its bar where that has room, else beside it; of attempts that are too near to each other the last has its sign. */
function drawAttempts(context: CanvasRenderingContext2D, { area, layout, placeOf }: LaneParts): void {
  /** Of each row of a lane where the signs drawn so far begin. */
  const taken = new Map<string, number>();
  for (const mark of layout.marks.toReversed()) {
    if (mark.attempt === 1) continue;
    const { left, top, width } = placeOf(mark);
    const sign = { text: `↻${mark.attempt}`, y: top + BAR_HEIGHT / 2 };
    const signWidth = ARROW_WIDTH + DIGIT_WIDTH * String(mark.attempt).length;
    if (width >= signWidth + SIGN_MARGIN) {
      drawSign(context, { ...sign, x: left + 2, color: area.color('var(--panel)') });
      continue;
    }
    const after = left + width + 2;
    const x = after + signWidth <= area.width ? after : left - signWidth;
    const row = `${mark.lane} ${mark.row}`;
    if (x + signWidth > (taken.get(row) ?? Number.POSITIVE_INFINITY)) continue;
    taken.set(row, x);
    drawSign(context, { ...sign, x, color: area.color('var(--level-warn)'), edge: area.color('var(--panel)') });
  }
}

interface LaneParts {
  readonly area: CanvasArea;
  readonly layout: FlowLayout;
  readonly placeOf: (mark: FlowMark) => MarkPlace;
}

/** From the end of what was sent to the start of what took it; of attempts that are too near to each other the first has its line, and of very many the first few. */
function drawHandovers(context: CanvasRenderingContext2D, { area, layout, placeOf }: LaneParts): void {
  if (layout.handovers.length === 0) return;
  context.save();
  context.strokeStyle = area.color('var(--line-strong)');
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  /** Of each message and lane that takes it, how many lines it has, and where the last one ends. */
  const drawn = new Map<string, { readonly count: number; readonly x: number }>();
  for (const { from, to } of layout.handovers) {
    const [sent, taken] = [layout.marks[from], layout.marks[to]];
    if (sent === undefined || taken === undefined) continue;
    const [start, end] = [placeOf(sent), placeOf(taken)];
    const key = `${from} ${taken.lane}`;
    const { count, x: last } = drawn.get(key) ?? { count: 0, x: Number.NEGATIVE_INFINITY };
    if (count === MAX_LINES || Math.abs(end.left - last) < MIN_LINE_DISTANCE) continue;
    drawn.set(key, { count: count + 1, x: end.left });
    const [x, y] = [start.left + Math.min(start.width, 2), start.top + BAR_HEIGHT];
    context.moveTo(x, y);
    context.bezierCurveTo(x, (y + end.top) / 2, end.left, (y + end.top) / 2, end.left, end.top + BAR_HEIGHT / 2);
  }
  context.stroke();
  context.restore();
}

interface SignDrawing {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly color: string;
  /** Around it, where other bars may be behind it. */
  readonly edge?: string;
}

function drawSign(context: CanvasRenderingContext2D, { text, x, y, color, edge }: SignDrawing): void {
  context.font = '600 9px system-ui, sans-serif';
  context.textBaseline = 'middle';
  if (edge !== undefined) {
    context.lineWidth = 3;
    context.strokeStyle = edge;
    context.strokeText(text, x, y);
  }
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** Drawn, not written: not every font has a flash. */
function drawFlash(
  context: CanvasRenderingContext2D,
  { x, y, color, edge }: { readonly x: number; readonly y: number; readonly color: string; readonly edge: string },
): void {
  const corners = [8, 0, 0, 10, 5, 10, 2, 18, 11, 7, 6, 7];
  context.beginPath();
  for (let corner = 0; corner < corners.length; corner += 2) {
    const [right = 0, down = 0] = [corners[corner], corners[corner + 1]];
    if (corner === 0) context.moveTo(x + right, y + down);
    else context.lineTo(x + right, y + down);
  }
  context.closePath();
  context.lineWidth = 2;
  context.strokeStyle = edge;
  context.stroke();
  context.fillStyle = color;
  context.fill();
}

function dotTop(lane: LanePlace | undefined): number {
  return lane === undefined ? 0 : lane.top + lane.height - ROW_HEIGHT / 2 - 2;
}

function drawDot(
  context: CanvasRenderingContext2D,
  { x, y, color }: { readonly x: number; readonly y: number; readonly color: string },
): void {
  context.beginPath();
  context.arc(x, y, MARK_RADIUS, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { area, layout, places }: { readonly area: CanvasArea; readonly layout: FlowLayout; readonly places: readonly LanePlace[] },
): void {
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const { nanos, fraction } of durationTicks(layout.durationNanos, Math.max(1, Math.floor(area.width / PIXELS_PER_TICK)))) {
    const x = Math.round(fraction * (area.width - RIGHT_MARGIN)) + 0.5;
    context.fillStyle = area.color('var(--line-color)');
    context.fillRect(x, 0, 1, area.height);
    context.fillStyle = area.color('var(--muted)');
    context.fillText(formatDuration(nanos), x + 4, AXIS_HEIGHT / 2);
  }
  context.fillStyle = area.color('var(--line-color)');
  for (const place of places) context.fillRect(0, place.top - 1, area.width, 1);
}

/** The mark under a place of the drawing: records before spans, of spans the one drawn last; undefined where there is none. */
export function hitFlowMark(
  layout: FlowLayout,
  at: { readonly x: number; readonly y: number; readonly width: number },
): FlowMark | undefined {
  const places = laneHeights(layout);
  let hit: FlowMark | undefined;
  let nearest = HIT_DISTANCE;
  for (const mark of layout.marks) {
    const place = placeMark(mark, { layout, places, width: at.width });
    const lane = places[mark.lane];
    const isDot = mark.isLog;
    if (isDot && Math.abs(at.y - dotTop(lane)) <= HIT_DISTANCE + 2) {
      const distance = Math.abs(at.x - place.left);
      if (distance <= nearest) {
        hit = mark;
        nearest = distance;
      }
    } else if (!isDot && isOverBar(place, at)) hit = mark;
  }
  return hit;
}

function isOverBar(place: MarkPlace, at: { readonly x: number; readonly y: number }): boolean {
  const withinX = at.x >= place.left - HIT_DISTANCE && at.x <= place.left + place.width + HIT_DISTANCE;
  return withinX && at.y >= place.top && at.y <= place.top + BAR_HEIGHT;
}

import { formatDuration } from '../../logic/duration-format.ts';
import { freePlace } from '../../logic/free-place.ts';
import { levelColor } from '../../logic/level.ts';
import { messageWait } from '../../logic/message-wait.ts';
import { membersOf } from '../../logic/repeats.ts';
import { drawnGapsOf } from '../../logic/self-time.ts';
import { marksApart, spanMarks } from '../../logic/span-marks.ts';
import { inWindow, type TimeWindow } from '../../logic/time-window.ts';
import { logLevel } from '../../logic/trace-rows.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { earlyNanosOf, endOf, NODE, serviceNameOf } from '../../logic/trace-tree.ts';
import { timesOverP99, type UsualRange } from '../../logic/usual-range.ts';
import type { WindowTick } from '../../logic/window-ticks.ts';
import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';
import type { RowsInView } from './use-row-window.ts';
import { timesText } from './usual-text.ts';

/** Right of the plot there is always room for a duration. */
export const PLOT_MARGIN = 68;
const MIN_BAR = 2;
/** What is not on the critical path, beside what is. */
const LIGHTER = 0.38;
/** A gap shorter than this, in pixels, has no room for what it is called. */
const MIN_GAP_TEXT = 74;
/** Marks closer than this hide the bar. */
const MARK_STEP = 13;
/** From the middle of a mark to what is written beside it. */
const MARK_REACH = 7;
/** Bars of one repetition that are drawn: more fill the row from end to end. */
const MAX_MEMBERS = 4_000;
/** Texts whose width is remembered: what is seen in some seconds of scrolling. */
const MAX_KNOWN_WIDTHS = 5_000;

export interface WaterfallDrawing {
  readonly area: CanvasArea;
  readonly snapshot: TraceSnapshot;
  readonly rows: Int32Array;
  readonly view: RowsInView;
  readonly rowHeight: number;
  readonly window: TimeWindow;
  readonly ticks: readonly WindowTick[];
  readonly showCritical: boolean;
  readonly isRepeat: (node: number) => boolean;
  readonly colorOf: (service: string) => string;
  /** How long a span's operation usually takes, where that is known. */
  readonly usualOf: (node: number) => UsualRange | undefined;
  readonly texts: {
    readonly noEnd: string;
    readonly noSpan: string;
    readonly waited: (duration: string) => string;
    readonly early: (nanos: number) => string;
  };
}

/** The bars, marks and durations of the rows in view; work goes with their number, not with the trace's. */
export function drawWaterfall(context: CanvasRenderingContext2D, drawing: WaterfallDrawing): void {
  const { area, rows, view, rowHeight, ticks } = drawing;
  const width = area.width - PLOT_MARGIN;
  context.font = `11px ${area.fontData}`;
  context.textBaseline = 'middle';
  context.fillStyle = area.color('var(--line-color)');
  for (const { place } of ticks) context.fillRect(Math.round(place * width), 0, 1, area.height);
  for (let slot = 0; slot < view.count; slot += 1) {
    const top = view.top + slot * rowHeight;
    const node = rows[view.first + slot];
    if (node === undefined) drawWaiting(context, drawing, top);
    else drawRow(context, drawing, { node, top, width });
  }
}

const knownWidths = new WeakMap<CanvasRenderingContext2D, Map<string, number>>();

/** The pixels that a text takes in the one font of this drawing. To have it measured costs as much as to write it, and the same text is asked about in many frames. */
function widthOf(context: CanvasRenderingContext2D, text: string): number {
  const widths = knownWidths.get(context) ?? new Map<string, number>();
  knownWidths.set(context, widths);
  let width = widths.get(text);
  if (width === undefined) {
    if (widths.size >= MAX_KNOWN_WIDTHS) widths.clear();
    width = context.measureText(text).width;
    widths.set(text, width);
  }
  return width;
}

interface RowPlace {
  readonly node: number;
  readonly top: number;
  readonly width: number;
}

/** A row that is still to come. */
function drawWaiting(context: CanvasRenderingContext2D, { area, rowHeight }: WaterfallDrawing, top: number): void {
  context.fillStyle = area.color('var(--line-color)');
  context.fillRect(0, top + rowHeight / 2 - 1, area.width - PLOT_MARGIN, 2);
}

function drawRow(context: CanvasRenderingContext2D, drawing: WaterfallDrawing, place: RowPlace): void {
  const { snapshot, area, isRepeat, texts } = drawing;
  const { tree, repeats } = snapshot;
  const { node, top, width } = place;
  const type = tree.type[node];
  const [left, right] = pixels(drawing, width, tree.start[node] ?? 0, endOf(tree, node));
  if (type === NODE.log) {
    drawMark(
      context,
      { x: left, y: top + drawing.rowHeight / 2, color: area.color(levelColor(logLevel(tree, node))), isEvent: false },
      drawing,
    );
    drawText(context, drawing, { left, right: left, top, width, text: `+${formatDuration(tree.start[node] ?? 0)}` });
    return;
  }
  if (type === NODE.missing) return;
  if (isRepeat(node)) {
    const last = drawMembers(context, drawing, place);
    drawText(context, drawing, { left, right: last, top, width, text: `Σ ${formatDuration(repeats.total[node] ?? 0)}` });
    return;
  }
  const wait = messageWait(tree, node);
  const [sent] = pixels(drawing, width, (tree.start[node] ?? 0) - wait, 0);
  if (wait > 0) drawHatched(context, drawing, { left: sent, right: Math.min(left, width), top, node });
  const marks = marksApart(spanMarks(tree, node), nanosPerPixel(drawing, width) * MARK_STEP).map((mark) => ({
    ...mark,
    x: pixels(drawing, width, mark.nanos, mark.nanos)[0],
  }));
  if (type === NODE.unfinished) drawUnfinished(context, drawing, { left, right, top, node });
  else drawBar(context, drawing, { left, right, top, node, width, marksAt: marks.map(({ x }) => x) });
  const usual = drawing.usualOf(node);
  if (usual !== undefined) drawUsual(context, drawing, { usual, node, top, width });
  for (const { x, level, type: markType } of marks) {
    if (x >= 0 && x <= width)
      drawMark(
        context,
        { x, y: top + drawing.rowHeight / 2, color: area.color(levelColor(level)), isEvent: markType === 'event' },
        drawing,
      );
  }
  const early = earlyNanosOf(tree, node);
  const lasted = early === undefined ? formatDuration(tree.duration[node] ?? 0) : `? ${texts.early(early)}`;
  const duration = type === NODE.span ? lasted : texts.noEnd;
  const withWait = wait > 0 ? `${duration} ${texts.waited(formatDuration(wait))}` : duration;
  // Beside the bar, or not at all: its row and its details say it too.
  const room = Math.max(area.width - right, Math.min(sent, left)) - 7;
  const fitting = [withWait, duration].find((text) => widthOf(context, text) <= room);
  drawText(context, drawing, {
    left: Math.min(sent, left),
    right,
    top,
    width,
    text: fitting ?? (early === undefined ? duration : '?'),
    times: timesOverP99(tree.duration[node] ?? 0, usual),
  });
}

interface UsualPlace extends RowPlace {
  readonly usual: UsualRange;
}

/** Below the bar, from its start: what half of the operation's spans take to what nearly all do, with a stroke at its end. */
function drawUsual(context: CanvasRenderingContext2D, drawing: WaterfallDrawing, { usual, node, top, width }: UsualPlace): void {
  const { snapshot, area, rowHeight } = drawing;
  const start = snapshot.tree.start[node] ?? 0;
  const [from, to] = pixels(drawing, width, start + usual.p50, start + usual.p99);
  const [y, height] = barBox(top, rowHeight);
  context.fillStyle = area.color('var(--muted)');
  fillCut(context, { left: from, right: Math.min(to, width), y: y + height + 2, height: 2, width });
  if (to >= 0 && to <= width) context.fillRect(Math.round(to) - 1, y + height, 2, 6);
}

interface BarPlace {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly node: number;
}

interface MarkedBar extends BarPlace {
  readonly width: number;
  /** Where marks are drawn over it, rising. */
  readonly marksAt: readonly number[];
}

/** Solid where the request waits for it, lighter elsewhere; an error has a red foot. */
function drawBar(
  context: CanvasRenderingContext2D,
  drawing: WaterfallDrawing,
  { left, right, top, node, width, marksAt }: MarkedBar,
): void {
  const { snapshot, area, rowHeight, showCritical, colorOf } = drawing;
  const { tree, critical } = snapshot;
  const [y, height] = barBox(top, rowHeight);
  context.fillStyle = area.color(colorOf(serviceNameOf(tree, node)));
  if (!showCritical || !snapshot.isComplete) fillCut(context, { left, right, y, height, width });
  else {
    context.globalAlpha = LIGHTER;
    fillCut(context, { left, right, y, height, width });
    context.globalAlpha = 1;
    for (let piece = critical.first[node] ?? 0; piece < (critical.first[node + 1] ?? 0); piece += 1) {
      const [from, to] = pixels(drawing, width, critical.from[piece] ?? 0, critical.to[piece] ?? 0);
      if (to >= 0 && from <= width) fillCut(context, { left: from, right: to, y, height, width });
    }
  }
  if (tree.status[node] === 2) {
    context.fillStyle = area.color('var(--level-error)');
    fillCut(context, { left, right, y: y + height - 3, height: 3, width });
  }
  drawGaps(context, drawing, { left, right, top, node, width, marksAt });
}

/** What of a span's time no span tells anything of, where there is room to say so between its marks. */
function drawGaps(
  context: CanvasRenderingContext2D,
  drawing: WaterfallDrawing,
  { left, right, top, node, width, marksAt }: MarkedBar,
): void {
  const { snapshot, area, rowHeight, texts } = drawing;
  if (!snapshot.isComplete || right - left < MIN_GAP_TEXT || (snapshot.tree.subtreeEnd[node] ?? 0) === node + 1) return;
  const [y, height] = barBox(top, rowHeight);
  for (const gap of drawnGapsOf(snapshot.tree, node, nanosPerPixel(drawing, width) * MIN_GAP_TEXT)) {
    const [from, to] = pixels(drawing, width, gap.from, gap.to).map((x) => Math.min(width, Math.max(0, x)));
    const duration = formatDuration(gap.to - gap.from);
    const whole = `${texts.noSpan} ${duration}`;
    if (from === undefined || to === undefined || to - from < widthOf(context, whole) + 8) continue;
    const placeOf = (text: string): number | undefined =>
      freePlace({ from, to, taken: marksAt, reach: MARK_REACH, width: widthOf(context, text) });
    const [wholeAt, durationAt] = [placeOf(whole), placeOf(duration)];
    const [text, x] = wholeAt === undefined ? [duration, durationAt] : [whole, wholeAt];
    if (x === undefined) continue;
    context.fillStyle = area.color('var(--panel)');
    context.globalAlpha = 0.82;
    context.fillRect(from + 1, y + 2, to - from - 2, height - 4);
    context.globalAlpha = 1;
    context.fillStyle = area.color('var(--muted)');
    context.fillText(text, x, top + rowHeight / 2);
  }
}

/** All calls of a repetition on one row. Where the last one ends, pixels. */
function drawMembers(context: CanvasRenderingContext2D, drawing: WaterfallDrawing, { node, top, width }: RowPlace): number {
  const { snapshot, area, rowHeight, colorOf } = drawing;
  const { tree, repeats } = snapshot;
  const [y, height] = barBox(top, rowHeight);
  context.fillStyle = area.color(colorOf(serviceNameOf(tree, node)));
  const members = membersOf(repeats, node);
  const step = Math.ceil(members.length / MAX_MEMBERS);
  let end = 0;
  let filled = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < members.length; place += step) {
    const member = members[place] ?? node;
    const [left, right] = pixels(drawing, width, tree.start[member] ?? 0, endOf(tree, member));
    end = Math.max(end, right);
    // What is drawn already is not drawn again.
    if (right <= filled) continue;
    fillCut(context, { left: Math.max(left, filled), right, y, height, width });
    filled = Math.max(filled, right);
  }
  // Of those that failed none is left out, and no later bar lies over one.
  context.fillStyle = area.color('var(--level-error)');
  let marked = Number.NEGATIVE_INFINITY;
  for (const member of members) {
    if (tree.status[member] !== 2) continue;
    const [left, right] = pixels(drawing, width, tree.start[member] ?? 0, endOf(tree, member));
    if (right <= marked) continue;
    fillCut(context, { left, right, y: y + height - 3, height: 3, width });
    marked = Math.max(marked, right);
  }
  return end;
}

/** As a bar in a frame: how long it will be is not known. */
function drawUnfinished(context: CanvasRenderingContext2D, drawing: WaterfallDrawing, place: BarPlace): void {
  const { area, rowHeight, snapshot, colorOf } = drawing;
  const [y, height] = barBox(place.top, rowHeight);
  const [from, to] = [Math.max(-4, place.left), Math.min(area.width, place.right)];
  if (to < from) return;
  drawHatched(context, drawing, place);
  context.strokeStyle = area.color(colorOf(serviceNameOf(snapshot.tree, place.node)));
  context.lineWidth = 1;
  context.strokeRect(from + 0.5, y + 0.5, to - from, height - 1);
}

/** What passes without the span being at work: a message that waits, an end that has not come. */
function drawHatched(context: CanvasRenderingContext2D, drawing: WaterfallDrawing, { left, right, top, node }: BarPlace): void {
  const { area, rowHeight, snapshot, colorOf } = drawing;
  const [y, height] = barBox(top, rowHeight);
  const [from, to] = [Math.max(-4, left), Math.min(area.width, right)];
  if (to < from) return;
  context.save();
  context.strokeStyle = area.color(colorOf(serviceNameOf(snapshot.tree, node)));
  context.lineWidth = 1;
  context.beginPath();
  context.rect(from, y, to - from, height);
  context.clip();
  for (let x = from - height; x < to; x += 7) {
    context.moveTo(x, y + height);
    context.lineTo(x + height, y);
  }
  context.stroke();
  context.restore();
}

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly color: string;
  readonly isEvent: boolean;
}

/** Records are round, events stand on a corner. */
function drawMark(context: CanvasRenderingContext2D, { x, y, color, isEvent }: Mark, { area }: WaterfallDrawing): void {
  context.beginPath();
  if (isEvent) {
    context.moveTo(x, y - 4.5);
    context.lineTo(x + 4.5, y);
    context.lineTo(x, y + 4.5);
    context.lineTo(x - 4.5, y);
    context.closePath();
  } else context.arc(x, y, 3.5, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = area.color('var(--panel)');
  context.lineWidth = 1;
  context.stroke();
}

interface TextPlace {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly width: number;
  readonly text: string;
  /** How many times what is usual, where it is over that. */
  readonly times?: number | undefined;
}

/** Right of the bar, else left of it; on it where the bar goes on beyond what is shown, or leaves no room. */
function drawText(context: CanvasRenderingContext2D, drawing: WaterfallDrawing, { left, right, top, width, text, times }: TextPlace): void {
  if (right < 0 || left > width) return;
  const { area } = drawing;
  const y = top + drawing.rowHeight / 2;
  const over = times === undefined ? '' : ` ▲×${timesText(times)}`;
  const ownWidth = widthOf(context, text);
  const textWidth = ownWidth + (over === '' ? 0 : widthOf(context, over));
  const write = (x: number): void => {
    context.fillStyle = area.color('var(--muted)');
    context.fillText(text, x, y);
    if (over === '') return;
    context.fillStyle = area.color('var(--level-warn)');
    context.fillText(over, x + ownWidth, y);
  };
  if (right <= width && right + 7 + textWidth <= area.width) {
    write(right + 7);
    return;
  }
  if (right <= width && left - 7 - textWidth >= 0) {
    write(left - 7 - textWidth);
    return;
  }
  const x = right <= width ? right - textWidth - 14 : Math.max(0, left) + 6;
  context.fillStyle = area.color('var(--panel)');
  context.fillRect(x, y - 8, textWidth + 8, 16);
  write(x + 4);
}

function nanosPerPixel({ snapshot, window }: WaterfallDrawing, width: number): number {
  return (snapshot.tree.durationNanos * (window.to - window.from)) / Math.max(1, width);
}

function pixels({ snapshot, window }: WaterfallDrawing, width: number, from: number, to: number): [number, number] {
  const whole = Math.max(1, snapshot.tree.durationNanos);
  return [inWindow(from / whole, window) * width, inWindow(to / whole, window) * width];
}

/** A bar is as high as half its row. */
function barBox(top: number, rowHeight: number): [y: number, height: number] {
  return [Math.round(top + rowHeight / 4), Math.round(rowHeight / 2)];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly height: number;
  readonly width: number;
}

/** Far outside of what is shown, canvases round; a bar is cut a little beyond the edge. */
function fillCut(context: CanvasRenderingContext2D, { left, right, y, height, width }: Box): void {
  const from = Math.max(-4, left);
  const to = Math.min(width + PLOT_MARGIN, Math.max(right, left + MIN_BAR));
  if (to > from && from <= width + 1) context.fillRect(from, y, to - from, height);
}

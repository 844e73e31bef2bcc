import type { TraceSummary } from '@threadline/collector/api';
import { formatDuration } from '../../logic/duration-format.ts';
import { durationLines, durationToY, type ScatterLayout } from '../../logic/trace-scatter.ts';
import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';

const RADIUS = 3;
const CROSS = 4;
const HATCH_STEP = 7;
const LABEL_LEFT = 4;
const LABEL_HEIGHT = 13;

interface ScatterDrawing {
  readonly area: CanvasArea;
  readonly layout: ScatterLayout;
  readonly traces: readonly TraceSummary[];
  /** The dot with a ring; -1 for none. */
  readonly current: number;
  readonly colorOf: (service: string) => string;
}

/** Dots in their root's colour; traces with errors are crosses in the error colour, over all others. */
export function drawScatter(context: CanvasRenderingContext2D, drawing: ScatterDrawing): void {
  const { area, layout, traces, current, colorOf } = drawing;
  drawLines(context, area, layout);
  drawUnread(context, area, layout);
  drawBands(context, area, layout);
  context.globalAlpha = 0.8;
  for (const [dot, trace] of traces.entries()) {
    if (trace.errorCount > 0) continue;
    context.fillStyle = area.color(colorOf(trace.rootService));
    context.beginPath();
    context.arc(layout.x[dot] ?? 0, layout.y[dot] ?? 0, RADIUS, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  context.strokeStyle = area.color('var(--level-error)');
  context.lineWidth = 2;
  context.beginPath();
  for (const [dot, trace] of traces.entries()) if (trace.errorCount > 0) cross(context, layout.x[dot] ?? 0, layout.y[dot] ?? 0);
  context.stroke();
  drawLabels(context, area, layout);
  if (current < 0 || current >= traces.length) return;
  context.strokeStyle = area.color('var(--text)');
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(layout.x[current] ?? 0, layout.y[current] ?? 0, RADIUS + 4, 0, 2 * Math.PI);
  context.stroke();
}

function cross(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.moveTo(x - CROSS, y - CROSS);
  context.lineTo(x + CROSS, y + CROSS);
  context.moveTo(x - CROSS, y + CROSS);
  context.lineTo(x + CROSS, y - CROSS);
}

/** A line for each power of ten. */
function drawLines(context: CanvasRenderingContext2D, area: CanvasArea, layout: ScatterLayout): void {
  context.lineWidth = 1;
  context.strokeStyle = area.color('var(--line-color)');
  for (const nanos of durationLines(layout)) {
    const y = Math.round(durationToY(nanos, layout)) + 0.5;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(layout.width, y);
    context.stroke();
  }
}

/** The duration of each line at its left end, on a ground of its own over all that may stand there. */
function drawLabels(context: CanvasRenderingContext2D, area: CanvasArea, layout: ScatterLayout): void {
  context.font = `11px ${area.fontData}`;
  context.textBaseline = 'top';
  for (const nanos of durationLines(layout)) {
    const y = Math.round(durationToY(nanos, layout)) + 0.5;
    if (y >= layout.height - 16) continue;
    const text = formatDuration(nanos);
    context.fillStyle = area.color('var(--ground)');
    context.fillRect(0, y + 1, LABEL_LEFT + context.measureText(text).width + 3, LABEL_HEIGHT);
    context.fillStyle = area.color('var(--muted)');
    context.fillText(text, LABEL_LEFT, y + 2);
  }
}

/** What is known of what was not read: from the median to the ninety-ninth percentile, and a stroke at the longest. */
function drawBands(context: CanvasRenderingContext2D, area: CanvasArea, { bands }: ScatterLayout): void {
  context.fillStyle = area.color('var(--muted)');
  for (const { left, right, top, bottom, longest } of bands) {
    const width = Math.max(1, right - left - 1);
    context.globalAlpha = 0.3;
    context.fillRect(left, top, width, Math.max(2, bottom - top));
    context.globalAlpha = 0.8;
    context.fillRect(left, longest - 1, width, 2);
  }
  context.globalAlpha = 1;
}

function drawUnread(context: CanvasRenderingContext2D, area: CanvasArea, layout: ScatterLayout): void {
  const {
    unread: { width, top },
    skipped,
    width: layoutWidth,
    height,
  } = layout;
  if (width > 0) hatch(context, area, { left: 0, top, width, height: height - top });
  if (skipped !== undefined)
    hatch(context, area, { left: skipped.left, top: 0, width: layoutWidth - skipped.left, height: skipped.bottom });
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function hatch(context: CanvasRenderingContext2D, area: CanvasArea, { left, top, width, height }: Box): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = area.color('var(--line-color)');
  context.beginPath();
  const tall = top + height;
  for (let x = Math.floor((left - tall) / HATCH_STEP) * HATCH_STEP; x < left + width; x += HATCH_STEP) {
    context.moveTo(x, tall);
    context.lineTo(x + tall, 0);
  }
  context.stroke();
  context.restore();
}

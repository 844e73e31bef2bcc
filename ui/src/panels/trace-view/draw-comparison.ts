import { nodesOf } from '../../logic/align-traces.ts';
import type { TraceComparison } from '../../logic/trace-comparison.ts';
import { endOf, NODE, type TraceTree } from '../../logic/trace-tree.ts';
import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';
import type { RowsInView } from './use-row-window.ts';

const MARGIN = 8;
const MIN_BAR = 2;

export interface ComparisonDrawing {
  readonly area: CanvasArea;
  readonly answer: TraceComparison;
  readonly tree: TraceTree;
  readonly rows: Int32Array;
  readonly view: RowsInView;
  readonly rowHeight: number;
  readonly colorOf: (service: string) => string;
}

/** In each row above the bar of the trace, below it what is usual: up to the median a bar, from the tenth to the ninetieth percentile a line. */
export function drawComparison(context: CanvasRenderingContext2D, drawing: ComparisonDrawing): void {
  const { answer, tree, rows, view, rowHeight } = drawing;
  const whole = Math.max(1, tree.durationNanos, ...answer.durations);
  for (let slot = 0; slot < view.count; slot += 1) {
    const call = rows[view.first + slot];
    if (call !== undefined) drawCall(context, drawing, { call, top: view.top + slot * rowHeight, whole });
  }
}

interface CallPlace {
  readonly call: number;
  readonly top: number;
  readonly whole: number;
}

function drawCall(context: CanvasRenderingContext2D, drawing: ComparisonDrawing, { call, top, whole }: CallPlace): void {
  const { area, answer, tree, rowHeight, colorOf } = drawing;
  const { aligned, presence, usualStart, usualExtentLow, usualExtent, usualExtentHigh } = answer;
  const scale = (area.width - 2 * MARGIN) / whole;
  const x = (nanos: number): number => MARGIN + nanos * scale;
  const middle = top + rowHeight / 2;
  const height = Math.round(rowHeight / 4);
  const nodes = nodesOf(aligned, call);
  const color = area.color(colorOf(aligned.services[aligned.service[call] ?? 0] ?? ''));
  let drawnTo = Number.NEGATIVE_INFINITY;
  for (const node of nodes) {
    if (tree.type[node] === NODE.missing) continue;
    const [start, end] = [x(tree.start[node] ?? 0), x(endOf(tree, node))];
    const isError = tree.status[node] === 2;
    // Of calls made a hundred thousand times most are within a pixel of one that is drawn.
    if (!isError && end < drawnTo + 0.5 && start >= drawnTo - MIN_BAR) continue;
    context.fillStyle = color;
    context.fillRect(start, middle - height - 1, Math.max(MIN_BAR, end - start), height);
    if (isError) {
      context.fillStyle = area.color('var(--level-error)');
      context.fillRect(start, middle - 3, Math.max(MIN_BAR, end - start), 2);
    }
    drawnTo = Math.max(drawnTo, start + Math.max(MIN_BAR, end - start));
  }
  if ((presence[call] ?? 0) === 0) return;
  const start = usualStart[call] ?? 0;
  const [low, median, high] = [usualExtentLow, usualExtent, usualExtentHigh].map((column) => x(start + (column[call] ?? 0)));
  context.fillStyle = area.color('var(--line-strong)');
  context.strokeStyle = area.color('var(--line-strong)');
  const from = x(start);
  const width = Math.max(MIN_BAR, (median ?? from) - from);
  if (nodes.length === 0) {
    context.setLineDash([3, 2]);
    context.lineWidth = 1;
    context.strokeRect(from + 0.5, middle + 1.5, width, height - 1);
    context.setLineDash([]);
  } else {
    context.globalAlpha = 0.55;
    context.fillRect(from, middle + 1, width, height);
    context.globalAlpha = 1;
  }
  if (low === undefined || high === undefined || high - low < 2) return;
  const y = middle + 1 + height / 2;
  context.fillRect(low, y - 0.5, high - low, 1);
  context.fillRect(low, y - 2, 1, 4);
  context.fillRect(high, y - 2, 1, 4);
}

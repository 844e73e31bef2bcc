import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';
import type { RowsInView } from './use-row-window.ts';

interface GroundsDrawing {
  readonly area: CanvasArea;
  readonly view: RowsInView;
  readonly rowHeight: number;
  /** Rows; -1 for none. */
  readonly active: number;
  readonly selected: number;
  /** The canvas is at the rows' left edge, where the active one has a mark. */
  readonly hasEdge?: boolean;
}

/** What is below the texts and bars of the row that the keys are on and of the open one, as the rows' styles have it, for rows that are drawn. */
export function drawRowGrounds(context: CanvasRenderingContext2D, drawing: GroundsDrawing): void {
  const { area, view, rowHeight, active, selected, hasEdge = false } = drawing;
  const fill = (row: number, color: string, width: number): void => {
    if (row < view.first || row >= view.first + view.count) return;
    context.fillStyle = area.color(color);
    context.fillRect(0, view.top + (row - view.first) * rowHeight, width, rowHeight);
  };
  if (active !== selected) fill(active, 'var(--hover)', area.width);
  fill(selected, 'var(--selected)', area.width);
  if (hasEdge) fill(active, 'var(--accent)', 2);
}

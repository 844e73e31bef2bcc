import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';
import type { NamesPen } from './names-pen.ts';
import { indentOf, MAX_INDENT_DEPTH, type RowName, SERVICE_CHARACTERS } from './row-name.ts';
import type { RowsInView } from './use-row-window.ts';

/** As the rows' styles have it, pixels. */
const TOGGLE = 16;
const DEEP_GAP = 2;
const SWATCH = 8;
const SWATCH_GAP = 6;
const PIECE_GAP = 3;
const RIGHT_GAP = 6;
/** Of the column's right side. */
const PADDING = 8;
const BADGE_PADDING = 5;
const BADGE_HEIGHT = 16;
/** Of the column that a long name of a service may take. */
const SERVICE_SHARE = 0.45;

export interface NamesDrawing {
  readonly area: CanvasArea;
  readonly pen: NamesPen;
  readonly rows: Int32Array;
  readonly view: RowsInView;
  readonly rowHeight: number;
  /** Of a whole row, pixels: how far a deep one stands to the right goes by it. */
  readonly rowWidth: number;
  readonly nameOf: (node: number) => RowName;
  /** Where columns are too narrow for both, operations stand alone. */
  readonly hasServices: boolean;
  /** Said of rows that have not come. */
  readonly notLoaded: string;
}

/** The first column of the rows in view, as `WaterfallRow` shows it, while they are scrolled: a frame has no time for elements that the next one throws away. */
export function drawNames(context: CanvasRenderingContext2D, drawing: NamesDrawing): void {
  const { pen, rows, view, rowHeight } = drawing;
  for (let slot = 0; slot < view.count; slot += 1) {
    const node = rows[view.first + slot];
    const top = view.top + slot * rowHeight;
    if (node === undefined) pen.write('text', { text: drawing.notLoaded, color: 'var(--muted)', x: 20, top });
    else drawName(context, drawing, { name: drawing.nameOf(node), top });
  }
  pen.flush(context, rowHeight);
}

interface NamePlace {
  readonly name: RowName;
  readonly top: number;
}

function drawName(context: CanvasRenderingContext2D, drawing: NamesDrawing, place: NamePlace): void {
  const { area, pen, rowHeight, rowWidth, hasServices } = drawing;
  const { name, top } = place;
  const end = drawRight(context, drawing, place);
  const indent = indentOf(name.depth, rowWidth);
  let x = indent;
  if (name.depth > MAX_INDENT_DEPTH) {
    const text = String(name.depth);
    pen.write('deep', { text, color: 'var(--muted)', x: x - TOGGLE - DEEP_GAP - pen.width('deep', text), top });
  }
  if (name.toggle !== undefined) {
    pen.write('text', { text: name.toggle, color: 'var(--muted)', x: x - (TOGGLE + pen.width('text', name.toggle)) / 2, top });
    x += pen.width('text', ' ');
  }
  if (name.swatch !== undefined) {
    context.fillStyle = area.color(name.swatch);
    context.beginPath();
    context.roundRect(Math.round(x), top + Math.floor(rowHeight / 2 - SWATCH / 2), SWATCH, SWATCH, 2);
    context.fill();
    x += SWATCH + SWATCH_GAP;
  }
  if (name.service !== undefined && hasServices) {
    const isLong = name.service.length > SERVICE_CHARACTERS;
    const text = isLong ? pen.fitted('text', name.service, (area.width - PADDING - indent) * SERVICE_SHARE) : name.service;
    pen.write('text', { text, color: 'var(--muted)', x, top });
    x += pen.width('text', `${text} `) + PIECE_GAP;
  } else if (name.service !== undefined) x += pen.width('text', ' ');
  if (name.sign !== undefined) {
    const font = name.look === 'data' ? 'text' : 'strong';
    pen.write(font, { ...name.sign, x, top });
    x += pen.width(font, name.sign.text) + PIECE_GAP + pen.width('text', ' ');
  }
  const font = name.look === 'plain' ? 'text' : name.look;
  const label = pen.fitted(font, name.label.text, end - x);
  pen.write(font, { text: label, color: name.label.color, x, top });
  const width = pen.width(font, label);
  if (name.isFound) {
    context.fillStyle = area.color('var(--accent)');
    context.fillRect(x, top + rowHeight / 2 + 7, width, 2);
  }
  if (name.target !== undefined && label === name.label.text) {
    const from = x + width + pen.width('text', ' ') + PIECE_GAP;
    pen.write('text', { text: pen.fitted('text', name.target, end - from), color: 'var(--muted)', x: from, top });
  }
  if (name.unfinished !== undefined && label === name.label.text) {
    const text = pen.fitted('strong', name.unfinished, end - x - width);
    pen.write('strong', { text, color: 'var(--level-warn)', x: x + width, top });
  }
}

/** What stands at the right edge; where it begins, pixels. */
function drawRight(context: CanvasRenderingContext2D, { area, pen, rowHeight }: NamesDrawing, { name, top }: NamePlace): number {
  let end = area.width - PADDING;
  if (name.repeat !== undefined) {
    const width = pen.width('smallStrong', name.repeat) + 2 * BADGE_PADDING;
    context.strokeStyle = area.color('var(--level-warn)');
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(Math.round(end - width) + 0.5, top + (rowHeight - BADGE_HEIGHT) / 2 + 0.5, width - 1, BADGE_HEIGHT - 1, 2);
    context.stroke();
    pen.write('smallStrong', { text: name.repeat, color: 'var(--level-warn)', x: end - width + BADGE_PADDING, top });
    end -= width + RIGHT_GAP;
  }
  for (const piece of name.right) {
    const width = pen.width(piece.font, piece.text);
    pen.write(piece.font, { ...piece, x: end - width, top });
    end -= width + RIGHT_GAP;
  }
  return end;
}

import { formatDuration } from '../../logic/duration-format.ts';
import type { FlameGraph } from '../../logic/flame-graph.ts';
import { boxesInPart } from '../../logic/flame-view.ts';
import type { TimeWindow } from '../../logic/time-window.ts';
import type { CanvasArea } from '../../shared/CanvasView/canvas-view.tsx';
import type { RowsInView } from './use-row-window.ts';

export const FLAME_ROW = 20;
/** A box narrower than this, in pixels, has no room for a text. */
const MIN_TEXT = 34;
/** What is not looked for, beside what is. */
const DIMMED = 0.3;
const GROUND = 0.26;

export interface FlameDrawing {
  readonly area: CanvasArea;
  readonly graph: FlameGraph;
  readonly names: readonly string[];
  readonly services: readonly string[];
  readonly view: RowsInView;
  readonly window: TimeWindow;
  /** The box that the keys are on, and the one under the pointer; -1 for none. */
  readonly selected: number;
  readonly hovered: number;
  /** Undefined where nothing is looked for. */
  readonly isFound: ((box: number) => boolean) | undefined;
  readonly colorOf: (service: string) => string;
  readonly missing: string;
}

/** The boxes in view; work goes with the pixels, not with the trace. */
export function drawFlame(context: CanvasRenderingContext2D, drawing: FlameDrawing): void {
  const { area, graph, view, window } = drawing;
  context.font = `11px ${area.fontData}`;
  context.textBaseline = 'middle';
  const [from, to] = [window.from * graph.whole, window.to * graph.whole];
  const pixel = (to - from) / Math.max(1, area.width);
  for (let slot = 0; slot < view.count; slot += 1) {
    const row = view.first + slot;
    const top = view.top + slot * FLAME_ROW;
    for (const box of boxesInPart(graph, { row, from, to, pixel })) drawBox(context, drawing, { box, top, from, pixel });
  }
}

interface BoxPlace {
  readonly box: number;
  readonly top: number;
  readonly from: number;
  readonly pixel: number;
}

/** A tint of the service's colour with its edge, so that text on it is read in both schemes; an error has a red foot. */
function drawBox(context: CanvasRenderingContext2D, drawing: FlameDrawing, { box, top, from, pixel }: BoxPlace): void {
  const { area, graph, selected, hovered, isFound } = drawing;
  const left = Math.max(-2, ((graph.from[box] ?? 0) - from) / Math.max(pixel, 1e-9));
  const right = Math.min(area.width + 2, ((graph.to[box] ?? 0) - from) / Math.max(pixel, 1e-9));
  const width = Math.max(1, right - left - 1);
  const [y, height] = [top + 1, FLAME_ROW - 2];
  const service = drawing.services[graph.service[box] ?? 0];
  const color = area.color(service === undefined ? 'var(--muted)' : drawing.colorOf(service));
  const isDim = isFound !== undefined && !isFound(box);
  context.fillStyle = color;
  context.globalAlpha = (isDim ? DIMMED : 1) * (width < 3 ? 0.6 : box === hovered ? 0.42 : GROUND);
  context.fillRect(left, y, width, height);
  context.globalAlpha = isDim ? DIMMED : 1;
  if (width >= 3) context.fillRect(left, y, 2, height);
  if ((graph.errors[box] ?? 0) > 0) {
    context.fillStyle = area.color('var(--level-error)');
    context.fillRect(left, y + height - 2, width, 2);
  }
  if (width >= MIN_TEXT) drawLabel(context, drawing, { box, left: Math.max(0, left), width: right - Math.max(0, left), top, service });
  context.globalAlpha = 1;
  if (box !== selected) return;
  context.strokeStyle = area.color('var(--accent)');
  context.lineWidth = 2;
  context.strokeRect(Math.max(1, left), y + 1, Math.min(width, area.width - 2), height - 2);
}

interface LabelPlace {
  readonly box: number;
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly service: string | undefined;
}

function drawLabel(context: CanvasRenderingContext2D, drawing: FlameDrawing, { box, left, width, top, service }: LabelPlace): void {
  const { area, graph, names, missing } = drawing;
  const count = graph.count[box] ?? 0;
  const name = service === undefined ? missing : `${isServiceNew(graph, box) ? `${service} · ` : ''}${names[graph.name[box] ?? 0] ?? ''}`;
  const room = width - 12;
  const full = `${name}${count > 1 ? `  ×${count}` : ''}  ${formatDuration((graph.to[box] ?? 0) - (graph.from[box] ?? 0))}`;
  // All characters of the data's type are of one width, or of two.
  const character = Math.max(1, context.measureText('0').width);
  const text = full.length * character <= room ? full : cut(name, Math.floor(room / character));
  context.save();
  context.beginPath();
  context.rect(left, top, width - 2, FLAME_ROW);
  context.clip();
  context.fillStyle = area.color('var(--text)');
  context.fillText(text, left + 7, top + FLAME_ROW / 2 + 0.5);
  context.restore();
}

/** A box names its service where that is another than the one that it is under. */
function isServiceNew({ service, parent }: FlameGraph, box: number): boolean {
  return service[box] !== service[parent[box] ?? -1];
}

function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return characters < 3 ? '' : `${text.slice(0, characters - 1)}…`;
}

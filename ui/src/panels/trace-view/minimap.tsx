import { type KeyboardEvent, type PointerEvent, useCallback, useRef, useState, useSyncExternalStore } from 'react';
import { panWindow, scaleWindow, type TimeWindow, WHOLE, windowBetween } from '../../logic/time-window.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import type { LiveValue } from '../../shared/live-value.ts';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import styles from './trace-view.module.css';

const HEIGHT = 43;
/** A drag shorter than this, of the width, is a click. */
const MIN_DRAG = 0.005;
/** How dark it is over what the rows do not show. */
const SHADE = 0.22;

interface MinimapProps {
  readonly snapshot: TraceSnapshot;
  readonly window: LiveValue<TimeWindow>;
  readonly onWindow: (window: TimeWindow) => void;
}

/** All of the trace in a strip. Dragging chooses the part that the rows show; arrows move it, plus and minus change its width. */
export function Minimap({ snapshot, window, onWindow }: MinimapProps) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  const anchor = useRef<number>(undefined);
  const [drag, setDrag] = useState<TimeWindow>();
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) => drawMinimap(context, { area, snapshot, colorOf }),
    [snapshot, colorOf],
  );
  const place = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const release = (event: PointerEvent<HTMLDivElement>) => {
    const from = anchor.current;
    anchor.current = undefined;
    setDrag(undefined);
    if (from !== undefined && Math.abs(from - place(event)) >= MIN_DRAG) onWindow(windowBetween(from, place(event)));
  };
  const keys = (event: KeyboardEvent) => {
    const next = keyWindow(event.key, window.get());
    if (next === undefined) return;
    event.preventDefault();
    onWindow(next);
  };
  return (
    <div
      className={styles.minimap}
      role="group"
      aria-label={t('trace.minimap')}
      tabIndex={0}
      onKeyDown={keys}
      onPointerDown={(event) => {
        if (event.button !== 0 || event.target instanceof HTMLButtonElement) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        anchor.current = place(event);
      }}
      onPointerMove={(event) => {
        if (anchor.current !== undefined) setDrag(windowBetween(anchor.current, place(event)));
      }}
      onPointerUp={release}
      onPointerCancel={() => setDrag(undefined)}
      onDoubleClick={() => onWindow(WHOLE)}
    >
      <CanvasView height={HEIGHT} draw={draw} />
      <Shown window={window} drag={drag} onWindow={onWindow} />
    </div>
  );
}

interface ShownProps {
  readonly window: LiveValue<TimeWindow>;
  /** The part that is being chosen, where one is. */
  readonly drag: TimeWindow | undefined;
  readonly onWindow: (window: TimeWindow) => void;
}

/** Shades what the rows do not show, and leads back to all. */
function Shown({ window, drag, onWindow }: ShownProps) {
  const t = useTranslate();
  const isPart = useSyncExternalStore(window.subscribe, () => window.get().from > 0 || window.get().to < 1);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) => drawShades(context, area, drag ?? window.get()),
    [window, drag],
  );
  return (
    <>
      <div className={styles.shades}>
        <CanvasView height={HEIGHT} draw={draw} subscribe={window.subscribe} />
      </div>
      {isPart && (
        <Button size="small" style={{ position: 'absolute', top: 2, right: 2 }} onClick={() => onWindow(WHOLE)}>
          {t('trace.wholeTime')}
        </Button>
      )}
    </>
  );
}

function drawShades(context: CanvasRenderingContext2D, area: CanvasArea, { from, to }: TimeWindow): void {
  const [left, right] = [Math.round(from * area.width), Math.round(to * area.width)];
  context.globalAlpha = SHADE;
  context.fillStyle = area.color('var(--muted)');
  context.fillRect(0, 0, left, area.height);
  context.fillRect(right, 0, area.width - right, area.height);
  context.globalAlpha = 1;
}

function keyWindow(key: string, window: TimeWindow): TimeWindow | undefined {
  if (key === 'ArrowLeft') return panWindow(window, -0.2);
  if (key === 'ArrowRight') return panWindow(window, 0.2);
  if (key === '+' || key === '=') return scaleWindow(window, 0.5);
  if (key === '-') return scaleWindow(window, 2);
  return key === '0' ? WHOLE : undefined;
}

interface MinimapDrawing {
  readonly area: CanvasArea;
  readonly snapshot: TraceSnapshot;
  readonly colorOf: (service: string) => string;
}

/** Each line in its service's colour; errors have a red foot, and are all red where lines are too thin for one. */
function drawMinimap(context: CanvasRenderingContext2D, { area, snapshot, colorOf }: MinimapDrawing): void {
  const { overview, tree } = snapshot;
  const { lines, places, cells, services } = overview;
  const lineHeight = Math.min(5, Math.max(1, (area.height - 6) / Math.max(1, lines) - 0.25));
  const footHeight = lineHeight >= 3 ? 2 : lineHeight;
  const red = area.color('var(--level-error)');
  for (let line = 0; line < lines; line += 1) {
    const top = 3 + ((area.height - 6 - lineHeight) * line) / Math.max(1, lines - 1);
    const color = area.color(colorOf(tree.services[services[line] ?? 0] ?? ''));
    for (let from = 0, to = 0; from < places; from = to) {
      const cell = cells[line * places + from];
      to = from + 1;
      while (to < places && cells[line * places + to] === cell) to += 1;
      if (cell === 0) continue;
      const [left, width] = [(from / places) * area.width, Math.max(1, ((to - from) / places) * area.width)];
      context.fillStyle = color;
      context.fillRect(left, top, width, lineHeight);
      if (cell !== 2) continue;
      context.fillStyle = red;
      context.fillRect(left, top + lineHeight - footHeight, width, footHeight);
    }
  }
}

import { type KeyboardEvent, type PointerEvent, useCallback, useRef, useState } from 'react';
import { serviceOf } from '../../logic/any-value.ts';
import { panWindow, scaleWindow, type TimeWindow, WHOLE, windowBetween } from '../../logic/time-window.ts';
import { isErrorEntry, type TraceTree } from '../../logic/trace-tree.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import styles from './trace-view.module.css';

const HEIGHT = 43;
/** A drag shorter than this, of the width, is a click. */
const MIN_DRAG = 0.005;

interface MinimapProps {
  readonly tree: TraceTree;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
}

/** All of the trace in a strip. Dragging chooses the part that the rows show; arrows move it, plus and minus change its width. */
export function Minimap({ tree, window, onWindow }: MinimapProps) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  const anchor = useRef<number>(undefined);
  const [drag, setDrag] = useState<TimeWindow>();
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) => drawMinimap(context, { area, tree, colorOf }),
    [tree, colorOf],
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
    const next = keyWindow(event.key, window);
    if (next === undefined) return;
    event.preventDefault();
    onWindow(next);
  };
  const shown = drag ?? window;
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
      <div className={styles.shade} style={{ left: 0, width: `${shown.from * 100}%` }} />
      <div className={styles.shade} style={{ right: 0, width: `${(1 - shown.to) * 100}%` }} />
      {(window.from > 0 || window.to < 1) && (
        <Button size="small" style={{ position: 'absolute', top: 2, right: 2 }} onClick={() => onWindow(WHOLE)}>
          {t('trace.wholeTime')}
        </Button>
      )}
    </div>
  );
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
  readonly tree: TraceTree;
  readonly colorOf: (service: string) => string;
}

/** Each span a line in its service's colour at its place in the tree; errors have a red foot, and are all red where lines are too thin for one. */
function drawMinimap(context: CanvasRenderingContext2D, { area, tree, colorOf }: MinimapDrawing): void {
  const nodes = tree.entries.flatMap((entry, node) => (entry.type === 'span' || entry.type === 'unfinished' ? [node] : []));
  const lineHeight = Math.min(5, Math.max(1, (area.height - 6) / Math.max(1, nodes.length) - 1));
  const scale = area.width / Math.max(1, tree.durationNanos);
  const footHeight = lineHeight >= 3 ? 2 : lineHeight;
  nodes.forEach((node, line) => {
    const entry = tree.entries[node];
    if (entry?.type !== 'span' && entry?.type !== 'unfinished') return;
    const top = 3 + ((area.height - 6 - lineHeight) * line) / Math.max(1, nodes.length - 1);
    const left = (tree.start[node] ?? 0) * scale;
    const width = Math.max(1, (tree.duration[node] ?? 0) * scale);
    context.fillStyle = area.color(colorOf(entry.type === 'span' ? serviceOf(entry.span) : entry.span.service));
    context.fillRect(left, top, width, lineHeight);
    if (!isErrorEntry(entry)) return;
    context.fillStyle = area.color('var(--level-error)');
    context.fillRect(left, top + lineHeight - footHeight, width, footHeight);
  });
}

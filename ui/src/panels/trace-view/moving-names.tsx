import { useCallback, useMemo, useRef } from 'react';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import type { LiveValue } from '../../shared/live-value.ts';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useMedia } from '../../state/use-media.ts';
import { drawNames, type NamesDrawing } from './draw-names.ts';
import { drawRowGrounds } from './draw-row-grounds.ts';
import { createNamesPen } from './names-pen.ts';
import { createRowNames } from './row-name.ts';
import styles from './trace-view.module.css';
import type { RowsStep } from './tree-rows.tsx';
import type { Waterfall } from './use-waterfall.ts';

/** As in the styles of the rows. */
const NARROW = '(max-width: 700px)';

/** What is good for as long as a canvas has its size: layout is not asked for in a frame. */
type NamesTools = Pick<NamesDrawing, 'area' | 'pen' | 'rowWidth'>;

function toolsOf(canvas: HTMLCanvasElement, area: CanvasArea): NamesTools | undefined {
  const measuring = document.createElement('canvas').getContext('2d');
  if (measuring === null) return undefined;
  return { area, pen: createNamesPen(area, measuring), rowWidth: canvas.closest('[role="treegrid"]')?.clientWidth ?? area.width };
}

interface MovingNamesProps {
  readonly snapshot: TraceSnapshot;
  readonly state: Waterfall;
  readonly steps: LiveValue<RowsStep>;
  readonly height: number;
  /** What the rows' depth is counted from. */
  readonly topDepth: number;
}

/** The first column of the rows in view while they are scrolled; their elements come when the scroll rests. */
export function MovingNames({ snapshot, state, steps, height, topDepth }: MovingNamesProps) {
  const t = useTranslate();
  const format = useFormat();
  const colorOf = useServiceColor();
  const rowHeight = useRowHeight();
  const hasServices = !useMedia(NARROW);
  const { rows, isFolded, canFold, isRepeat, found, active, selected } = state;
  const nameOf = useMemo(
    () => createRowNames({ snapshot, topDepth, isFolded, canFold, isRepeat, isFound: found?.is, colorOf, t, format }),
    [snapshot, topDepth, isFolded, canFold, isRepeat, found, colorOf, t, format],
  );
  const tools = useRef<NamesTools>(undefined);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) => {
      const { view, isMoving } = steps.get();
      if (!isMoving) return;
      if (tools.current?.area !== area) tools.current = toolsOf(context.canvas, area);
      if (tools.current === undefined) return;
      drawRowGrounds(context, { area, view, rowHeight, active, selected, hasEdge: true });
      drawNames(context, { ...tools.current, rows, view, rowHeight, nameOf, hasServices, notLoaded: t('trace.notLoaded') });
    },
    [steps, rows, rowHeight, active, selected, nameOf, hasServices, t],
  );
  return (
    <div className={styles.moving}>
      <div className={styles.names}>
        <CanvasView height={height} draw={draw} subscribe={steps.subscribe} />
      </div>
    </div>
  );
}

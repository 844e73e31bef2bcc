import { useCallback, useMemo } from 'react';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { earlyText } from '../../messages/early-text.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import type { LiveValue } from '../../shared/live-value.ts';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { drawRowGrounds } from './draw-row-grounds.ts';
import { drawWaterfall } from './draw-waterfall.ts';
import styles from './trace-view.module.css';
import type { RowsStep } from './tree-rows.tsx';
import type { UsualOf } from './use-usual-ranges.ts';
import type { Waterfall } from './use-waterfall.ts';
import { ticksIn } from './waterfall-ticks.tsx';

interface BarsProps {
  readonly snapshot: TraceSnapshot;
  readonly state: Waterfall;
  readonly steps: LiveValue<RowsStep>;
  readonly height: number;
  readonly showCritical: boolean;
  readonly usualOf: UsualOf;
}

/** The second column of the rows in view. Each step of a scroll or of the time axis is drawn as it comes, without React. */
export function Bars({ snapshot, state, steps, height, showCritical, usualOf }: BarsProps) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  const rowHeight = useRowHeight();
  const { rows, window, isRepeat, active, selected } = state;
  const texts = useMemo(
    () => ({
      noEnd: t('span.noEnd'),
      noSpan: t('trace.noSpan'),
      waited: (duration: string) => t('trace.waited', { duration }),
      early: (nanos: number) => earlyText(nanos, t),
    }),
    [t],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) => {
      const { view, isMoving } = steps.get();
      const ticks = ticksIn(window.get(), { durationNanos: snapshot.tree.durationNanos, width: area.width });
      if (isMoving) drawRowGrounds(context, { area, view, rowHeight, active, selected });
      drawWaterfall(context, {
        area,
        snapshot,
        rows,
        view,
        rowHeight,
        window: window.get(),
        ticks,
        showCritical,
        isRepeat,
        colorOf,
        usualOf,
        texts,
      });
    },
    [snapshot, rows, steps, rowHeight, window, active, selected, showCritical, isRepeat, colorOf, usualOf, texts],
  );
  const subscribe = useCallback(
    (redraw: () => void) => {
      const ends = [steps.subscribe(redraw), window.subscribe(redraw)];
      return () => {
        for (const end of ends) end();
      };
    },
    [steps, window],
  );
  return (
    <div className={styles.bars}>
      <CanvasView height={height} draw={draw} subscribe={subscribe} />
    </div>
  );
}

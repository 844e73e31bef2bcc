import { useCallback } from 'react';
import type { TimeWindow } from '../../logic/time-window.ts';
import { ticksOfWidth, type WindowTick, windowTicks } from '../../logic/window-ticks.ts';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import { lineOffset } from '../../shared/CanvasView/line-offset.ts';
import type { LiveValue } from '../../shared/live-value.ts';
import { PLOT_MARGIN } from './draw-waterfall.ts';
import styles from './trace-view.module.css';
import { useRested } from './use-rest.ts';

/** From a tick's line to what is written beside it. */
const GAP = 4;

interface TickedAxis {
  readonly durationNanos: number;
  /** Of the column, pixels. */
  readonly width: number;
}

/** The round times that a column shows of a part of the axis. */
export function ticksIn(window: TimeWindow, { durationNanos, width }: TickedAxis): WindowTick[] {
  return windowTicks(durationNanos, { window, maxTicks: ticksOfWidth(width - PLOT_MARGIN) });
}

interface TicksProps extends TickedAxis {
  readonly window: LiveValue<TimeWindow>;
  readonly height: number;
}

/**
 * Round times since the start of the trace, over the part that is looked at. They are drawn: where a frame of a zoom changes no element, the browser has
 * half the work. To be read out they are there when it rests.
 */
export function Ticks({ durationNanos, width, window, height }: TicksProps) {
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) =>
      drawTicks(context, area, ticksIn(window.get(), { durationNanos, width: area.width })),
    [durationNanos, window],
  );
  const said = ticksIn(useRested(window), { durationNanos, width });
  return (
    <>
      <CanvasView height={height} draw={draw} subscribe={window.subscribe} />
      <span className={styles.unseen}>{said.map(({ text }) => text).join(' ')}</span>
    </>
  );
}

function drawTicks(context: CanvasRenderingContext2D, area: CanvasArea, ticks: readonly WindowTick[]): void {
  context.font = `11px ${area.fontText}`;
  const y = lineOffset(context, area.height);
  let written = Number.NEGATIVE_INFINITY;
  for (const { text, place } of ticks) {
    const x = Math.round(place * (area.width - PLOT_MARGIN));
    context.fillStyle = area.color('var(--line-color)');
    context.fillRect(x, 0, 1, area.height);
    const end = x + GAP + context.measureText(text).width;
    // Deep in a long trace a time is wider than the way to the next one: every other line has its own then, and none is cut.
    if (x < written || end > area.width) continue;
    context.fillStyle = area.color('var(--muted)');
    context.fillText(text, x + GAP, y);
    written = end;
  }
}

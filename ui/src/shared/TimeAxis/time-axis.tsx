import { clockTicks } from '../../logic/axis-ticks.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import styles from './time-axis.module.css';

const PIXELS_PER_TICK = 110;
const MINUTE_MILLIS = 60_000;
const DAY_MILLIS = 86_400_000;
/** The shortest month and the shortest year: ticks so far apart are of other months, of other years. */
const MONTH_MILLIS = 28 * DAY_MILLIS;
const YEAR_MILLIS = 365 * DAY_MILLIS;

interface TimeAxisProps {
  readonly range: TimeRange;
  readonly width: number;
  /** Where the axis lies in its picture, in pixels. */
  readonly top: number;
}

/** Round clock times under a chart: a part of an SVG picture. */
export function TimeAxis({ range, width, top }: TimeAxisProps) {
  const format = useFormat();
  const offsetAt = (at: number): number => (format.zone === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * MINUTE_MILLIS);
  const span = Math.max(1, range.toMillis - range.fromMillis);
  const ticks = clockTicks(range, Math.max(1, Math.floor(width / PIXELS_PER_TICK)), offsetAt);
  const step = (ticks[1] ?? range.toMillis) - (ticks[0] ?? range.fromMillis);
  return (
    <g>
      <line className={styles.axis} x1={0} x2={width} y1={top + 0.5} y2={top + 0.5} />
      {ticks.map((at) => {
        const x = ((at - range.fromMillis) / span) * width;
        return (
          <g key={at}>
            <line className={styles.axis} x1={x} x2={x} y1={top} y2={top + 4} />
            {x < width - 40 && (
              <text className={styles.tick} x={x + 3} y={top + 13}>
                {tickLabel(format.millis(at), { span, step })}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** As much of `2026-11-23 14:03:07` as tells the ticks apart. */
function tickLabel(text: string, { span, step }: { readonly span: number; readonly step: number }): string {
  if (step >= YEAR_MILLIS) return text.slice(0, 4);
  if (span > YEAR_MILLIS) return text.slice(0, step >= MONTH_MILLIS ? 7 : 10);
  if (step >= DAY_MILLIS) return text.slice(5, 10);
  if (span > DAY_MILLIS) return text.slice(5, 16);
  return step >= MINUTE_MILLIS ? text.slice(11, 16) : text.slice(11);
}

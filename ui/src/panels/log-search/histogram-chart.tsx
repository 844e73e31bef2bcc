import type { HistogramBucket } from '@threadline/collector/api';
import { type RefObject, useMemo } from 'react';
import type { DeploymentMark } from '../../logic/deployment-marks.ts';
import { bucketAt, bucketTotal, layoutHistogram, rangeOfBuckets } from '../../logic/histogram-geometry.ts';
import { levelBarColor, STACK_ORDER } from '../../logic/level.ts';
import type { TimeRangeText } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { DeploymentMarks } from '../../shared/DeploymentMarks/deployment-marks.tsx';
import { TimeAxis } from '../../shared/TimeAxis/time-axis.tsx';
import { useColumnBrush } from '../../shared/use-column-brush.ts';
import styles from './log-search.module.css';

const BAR_HEIGHT = 54;
const CHART_HEIGHT = 72;

interface HistogramChartProps {
  readonly buckets: readonly HistogramBucket[];
  readonly width: number;
  /** Versions that came meanwhile. */
  readonly deployments: readonly DeploymentMark[];
  readonly onZoom: (range: TimeRangeText) => void;
  /** What has the keys. */
  readonly chart: RefObject<HTMLDivElement | null>;
}

/**
 * Columns by time. Dragging zooms to the columns dragged over; with the keyboard, arrows, Home and End move, Shift with them widens,
 * Enter zooms, Escape lets go. What a column holds is said as the cursor gets to it.
 */
export function HistogramChart({ buckets, width, deployments, onZoom, chart }: HistogramChartProps) {
  const t = useTranslate();
  const format = useFormat();
  const { marks } = useMemo(() => layoutHistogram(buckets, { width, height: BAR_HEIGHT }), [buckets, width]);
  const { cursor, anchor, handlers } = useColumnBrush({
    count: buckets.length,
    columnAt: (part) => bucketAt(buckets, part),
    onChoose: (one, other) => {
      const chosen = rangeOfBuckets(buckets, one, other);
      if (chosen !== undefined) onZoom(chosen);
    },
  });
  const spanOf = (one: number, other: number) => spanBetween(buckets, { one, other, width });
  const current = buckets[cursor];
  const whole = rangeOfBuckets(buckets, 0, buckets.length - 1);
  const range = whole && { fromMillis: Date.parse(whole.from), toMillis: Date.parse(whole.to) };
  return (
    <div ref={chart} className={styles.chart} role="group" aria-label={t('histogram.help')} tabIndex={0} {...handlers}>
      <svg className={styles.svg} width={width} height={CHART_HEIGHT} aria-hidden="true">
        {marks.map((mark) => (
          <rect
            key={`${mark.bucket} ${mark.level}`}
            x={mark.x}
            y={mark.y}
            width={mark.width}
            height={mark.height}
            style={{ fill: levelBarColor(mark.level) }}
          />
        ))}
        {cursor >= 0 && anchor === -1 && <rect className={styles.cursor} y={0} height={BAR_HEIGHT} {...spanOf(cursor, cursor)} />}
        {anchor !== -1 && <rect className={styles.brush} y={0} height={BAR_HEIGHT} {...spanOf(anchor, cursor)} />}
        {range && <TimeAxis range={range} width={width} top={BAR_HEIGHT} />}
      </svg>
      <DeploymentMarks marks={deployments} />
      {/* Always there: a screen reader says what changes in it, not what comes with it. */}
      <div role="status">
        {current && (
          <div className={styles.tip} style={tipPlace(spanOf(cursor, cursor).x, width)}>
            {bucketText(current)}
          </div>
        )}
      </div>
    </div>
  );

  function bucketText(bucket: HistogramBucket): string {
    const total = bucketTotal(bucket);
    const levels = STACK_ORDER.filter((level) => bucket.counts[level] > 0).map(
      (level) => `${level} ${format.number(bucket.counts[level])}`,
    );
    const from = format.millis(Date.parse(bucket.from)).slice(5);
    const to = format.millis(Date.parse(bucket.to)).slice(11);
    return `${from} – ${to} · ${t('logs.total', { count: total, shown: format.number(total) })}${levels.length > 1 ? ` · ${levels.join(', ')}` : ''}`;
  }
}

function tipPlace(x: number, width: number) {
  return x > width / 2 ? { right: width - x + 8 } : { left: x + 16 };
}

interface SpanPlace {
  readonly one: number;
  readonly other: number;
  readonly width: number;
}

function spanBetween(buckets: readonly HistogramBucket[], { one, other, width }: SpanPlace): { x: number; width: number } {
  const range = rangeOfBuckets(buckets, one, other);
  const all = rangeOfBuckets(buckets, 0, buckets.length - 1);
  if (range === undefined || all === undefined) return { x: 0, width: 0 };
  const start = Date.parse(all.from);
  const scale = width / Math.max(1, Date.parse(all.to) - start);
  return { x: (Date.parse(range.from) - start) * scale, width: (Date.parse(range.to) - Date.parse(range.from)) * scale };
}

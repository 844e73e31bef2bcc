import { trendBars } from '../../logic/pattern-text.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './trend.module.css';

const WIDTH = 120;
const HEIGHT = 18;

interface TrendProps {
  readonly trend: readonly number[];
  /** What the trend counts; RFC 3339. */
  readonly buckets: readonly { readonly from: string }[];
  readonly className?: string | undefined;
  /** In the colour of errors. */
  readonly isOfErrors?: boolean;
}

/** When something came, over the range. Said in words: when there was most. */
export function Trend({ trend, buckets, className = '', isOfErrors = false }: TrendProps) {
  const t = useTranslate();
  const format = useFormat();
  const step = WIDTH / Math.max(1, trend.length);
  const most = Math.max(0, ...trend);
  const peak = most === 0 ? undefined : buckets[trend.indexOf(most)];
  const label = peak
    ? t('trend.peak', { shown: format.number(most), time: format.inRange(Date.parse(peak.from), rangeOf(buckets)) })
    : t('trend.none');
  return (
    <svg
      className={`${styles.trend} ${className}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <line className={styles.axis} x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {trendBars(trend).map(({ bucket, height }) => (
        <rect
          key={bucket}
          className={isOfErrors ? styles.errorBar : styles.bar}
          x={bucket * step}
          width={Math.max(1.5, step - 0.75)}
          y={HEIGHT - height * HEIGHT}
          height={height * HEIGHT}
        />
      ))}
    </svg>
  );
}

/** They are as long as each other. */
function rangeOf(buckets: TrendProps['buckets']): TimeRange {
  const [fromMillis = 0, second = fromMillis] = buckets.slice(0, 2).map(({ from }) => Date.parse(from));
  return { fromMillis, toMillis: fromMillis + (second - fromMillis) * buckets.length };
}

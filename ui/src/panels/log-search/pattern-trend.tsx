import type { LogPatternsAnswer } from '@threadline/collector/api';
import { trendBars } from '../../logic/pattern-text.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './patterns.module.css';

const WIDTH = 120;
const HEIGHT = 18;

interface PatternTrendProps {
  readonly trend: readonly number[];
  readonly buckets: LogPatternsAnswer['buckets'];
}

/** When a pattern's records came, over the range. Said in words: when there were most. */
export function PatternTrend({ trend, buckets }: PatternTrendProps) {
  const t = useTranslate();
  const format = useFormat();
  const step = WIDTH / Math.max(1, trend.length);
  const most = Math.max(0, ...trend);
  const peak = buckets[trend.indexOf(most)];
  const label = peak
    ? t('patterns.peak', { shown: format.number(most), time: format.clock(String(Date.parse(peak.from) * 1_000_000)) })
    : '';
  return (
    <svg className={styles.trend} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <line className={styles.trendAxis} x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {trendBars(trend).map(({ bucket, height }) => (
        <rect
          key={bucket}
          className={styles.trendBar}
          x={bucket * step}
          width={Math.max(1.5, step - 0.75)}
          y={HEIGHT - height * HEIGHT}
          height={height * HEIGHT}
        />
      ))}
    </svg>
  );
}

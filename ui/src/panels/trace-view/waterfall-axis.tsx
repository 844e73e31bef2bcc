import { durationTicks } from '../../logic/axis-ticks.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { inWindow, type TimeWindow } from '../../logic/time-window.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './trace-view.module.css';

const MAX_TICKS = 6;

/** Round times since the start of the trace, over the part that is looked at. */
export function WaterfallAxis({ totalNanos, window }: { readonly totalNanos: number; readonly window: TimeWindow }) {
  const t = useTranslate();
  return (
    <span role="columnheader" aria-label={t('trace.time')} className={styles.timeline}>
      {windowTicks(totalNanos, window).map(({ nanos, place }) => (
        <span key={nanos} className={styles.tick} style={{ left: `${place * 100}%` }}>
          {formatDuration(nanos)}
        </span>
      ))}
    </span>
  );
}

/** Ticks of the whole axis fine enough for the window, those in it. `place` is of the window, 0 to 1. */
export function windowTicks(totalNanos: number, window: TimeWindow): { nanos: number; place: number }[] {
  const width = window.to - window.from;
  return durationTicks(totalNanos, MAX_TICKS / width)
    .map(({ nanos, fraction }) => ({ nanos, place: inWindow(fraction, window) }))
    .filter(({ place }) => place >= 0 && place < 0.97);
}

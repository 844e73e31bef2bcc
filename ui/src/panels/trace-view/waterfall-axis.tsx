import { formatDuration } from '../../logic/duration-format.ts';
import type { WindowTick } from '../../logic/window-ticks.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './trace-view.module.css';

/** Round times since the start of the trace, over the part that is looked at. */
export function WaterfallAxis({ ticks }: { readonly ticks: readonly WindowTick[] }) {
  const t = useTranslate();
  return (
    <span role="columnheader" aria-label={t('trace.time')} className={styles.timeline}>
      <span className={styles.plot}>
        {ticks.map(({ nanos, place }) => (
          <span key={nanos} className={styles.tick} style={{ left: `${place * 100}%` }}>
            {formatDuration(nanos)}
          </span>
        ))}
      </span>
    </span>
  );
}

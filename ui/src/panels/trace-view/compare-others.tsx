import { Link } from '@tanstack/react-router';
import { formatDuration } from '../../logic/duration-format.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './compare.module.css';
import type { Comparison } from './use-comparison.ts';
import type { TraceAddress } from './use-trace-address.ts';

interface CompareOthersProps {
  readonly comparison: Comparison;
  readonly address: TraceAddress;
  readonly durations: Float64Array;
}

/** The traces that this one is compared with, each to be opened, or to be compared with alone. */
export function CompareOthers({ comparison: { otherIds, peers }, address, durations }: CompareOthersProps) {
  const t = useTranslate();
  const link = (id: string) => (
    <Link to="/trace/$traceId" params={{ traceId: id }} className={styles.otherLink}>
      {id.slice(0, 8)}…
    </Link>
  );
  if (peers === undefined) return <span>{otherIds.map(link)}</span>;
  return (
    <details className={styles.others}>
      <summary>{t('compare.others')}</summary>
      <ul className={styles.otherList}>
        {otherIds.map((id, index) => (
          <li key={id}>
            {link(id)}
            <span className={styles.number}>{formatDuration(durations[index] ?? 0)}</span>
            <button type="button" className={styles.plainButton} onClick={() => address.setWith(id)}>
              {t('compare.alone')}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

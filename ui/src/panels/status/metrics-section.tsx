import type { MetricCount } from '@threadline/collector/api';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './status.module.css';

/** The metrics that came, which are counted and not stored. Nothing where none came. */
export function MetricsSection({ metrics }: { readonly metrics: readonly MetricCount[] }) {
  const t = useTranslate();
  const format = useFormat();
  if (metrics.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="status-metrics">
      <h2 id="status-metrics" className={styles.heading}>
        {t('status.metrics')}
        <span className={styles.note}>{t('status.metricsText')}</span>
      </h2>
      <table className={styles.table} aria-label={t('status.metrics')}>
        <thead>
          <tr>
            <th scope="col">{t('status.tenant')}</th>
            <th scope="col" className={styles.number}>
              {t('status.requestCount')}
            </th>
            <th scope="col" className={styles.number}>
              {t('status.dataPoints')}
            </th>
            <th scope="col">{t('status.last')}</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map(({ tenant, requests, dataPoints, lastAtUnixNano }) => (
            <tr key={tenant}>
              <td>{tenant}</td>
              <td className={styles.number}>{format.number(requests)}</td>
              <td className={styles.number}>{format.number(dataPoints)}</td>
              <td className={styles.time}>
                <Timestamp nanos={lastAtUnixNano} form="dayClock" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

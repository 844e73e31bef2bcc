import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { statusQuery } from '../api/queries.ts';
import { collectorAlert } from '../logic/collector-alert.ts';
import { formatDuration } from '../logic/duration-format.ts';
import { nanosToMillis, parseNanos } from '../logic/nanos.ts';
import { useFormat } from '../messages/format.tsx';
import { useTranslate } from '../messages/translate.tsx';
import { Icon } from '../shared/Icon/icon.tsx';
import styles from './frame.module.css';

/** One line under the top bar while the storage takes nothing or is behind, or the log is nearly full; nothing otherwise. */
export function CollectorBanner() {
  const t = useTranslate();
  const format = useFormat();
  const { data, dataUpdatedAt } = useQuery(statusQuery());
  const alert = collectorAlert(data);
  return (
    <div className={styles.banner} role="status" data-kind={alert?.kind}>
      {alert && (
        <>
          <Icon name="warning" />
          <span className={styles.bannerText}>
            {alert.kind === 'full' && <strong>{t('banner.full', { share: format.percent(alert.usedShare) })} </strong>}
            {alert.behindMillis !== undefined
              ? t('banner.behind', { duration: formatDuration(wholeSeconds(alert.behindMillis) * 1e9) })
              : alert.sinceUnixNano === undefined
                ? t('banner.slow')
                : t(alert.kind === 'full' ? 'banner.stopped' : 'banner.stoppedShare', {
                    duration: formatDuration(wholeSeconds(dataUpdatedAt - nanosToMillis(parseNanos(alert.sinceUnixNano))) * 1e9),
                    share: format.percent(alert.usedShare),
                  })}
          </span>
          <Link to="/status">{t('rail.status')}</Link>
        </>
      )}
    </div>
  );
}

function wholeSeconds(millis: number): number {
  return Math.max(1, Math.round(millis / 1_000));
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { statusQuery } from '../api/queries.ts';
import { type CollectorAlert, collectorAlert } from '../logic/collector-alert.ts';
import { formatDuration } from '../logic/duration-format.ts';
import { nanosToMillis, parseNanos } from '../logic/nanos.ts';
import { type Format, useFormat } from '../messages/format.tsx';
import { type Translate, useTranslate } from '../messages/translate.tsx';
import { Icon } from '../shared/Icon/icon.tsx';
import styles from './frame.module.css';

/** One line under the top bar while no records are taken, the storage takes nothing, does not answer or is behind, or the log is nearly full; nothing otherwise. */
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
            {alert.kind === 'refusing' && <strong>{refusingText(alert, dataUpdatedAt, t)} </strong>}
            {alert.kind === 'full' && <strong>{t('banner.full', { share: format.percent(alert.usedShare) })} </strong>}
            {alertText(alert, dataUpdatedAt, { t, format })}
          </span>
          <Link to="/status">{t('rail.status')}</Link>
        </>
      )}
    </div>
  );
}

function refusingText({ reason, sinceUnixNano }: CollectorAlert, atMillis: number, t: Translate): string {
  const duration = secondsText(sinceUnixNano === undefined ? 0 : atMillis - nanosToMillis(parseNanos(sinceUnixNano)));
  return t(reason === 'log_full' ? 'banner.refusingFull' : 'banner.refusingDisk', { duration });
}

/** What is the matter beside how full the log is, and what it means that nothing is taken. */
function alertText(
  { kind, sinceUnixNano, behindMillis = 0, usedShare }: CollectorAlert,
  atMillis: number,
  { t, format }: { readonly t: Translate; readonly format: Format },
): string {
  if (kind === 'refusing') return t('banner.notQuiet');
  if (kind === 'unanswered') return t('banner.unanswered');
  if (kind === 'behind') return t('banner.behind', { duration: secondsText(behindMillis) });
  if (sinceUnixNano === undefined) return t('banner.slow');
  const duration = secondsText(atMillis - nanosToMillis(parseNanos(sinceUnixNano)));
  return t(kind === 'full' ? 'banner.stopped' : 'banner.stoppedShare', { duration, share: format.percent(usedShare) });
}

function secondsText(millis: number): string {
  return formatDuration(Math.max(1, Math.round(millis / 1_000)) * 1e9);
}

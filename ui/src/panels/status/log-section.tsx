import type { StatusAnswer } from '@threadline/collector/api';
import { formatBytes } from '../../logic/byte-format.ts';
import { isGathering, isNearlyFull, logShare } from '../../logic/collector-alert.ts';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { nanosToMillis, parseNanos } from '../../logic/nanos.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { StateMark } from './state-mark.tsx';
import styles from './status.module.css';

type Log = NonNullable<StatusAnswer['log']>;

/** What is acknowledged and not yet in the storage: how much, since when, and why. */
export function LogSection({ log, asOfMillis }: { readonly log: Log | undefined; readonly asOfMillis: number }) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <section className={styles.section} aria-labelledby="status-log">
      <h2 id="status-log" className={styles.heading}>
        {t('status.log')}
      </h2>
      {log === undefined ? (
        <p className={styles.note}>{t('status.logAbsent')}</p>
      ) : (
        <>
          <LogFill log={log} />
          <dl className={styles.facts}>
            <dt>{t('status.delivery')}</dt>
            <dd>
              <Delivery delivery={log.delivery} asOfMillis={asOfMillis} />
            </dd>
            <dt>{t('status.waiting')}</dt>
            <dd>
              {log.waitingRequests === undefined
                ? t('status.counting')
                : t('status.requests', { count: log.waitingRequests, shown: format.number(log.waitingRequests) })}
            </dd>
            <dt>{t('status.oldest')}</dt>
            <dd>
              {log.oldestWaitingMillis === undefined ? '–' : formatDuration(log.oldestWaitingMillis * 1e6)}
              {isGathering(log) && <p className={styles.note}>{t('status.gathering')}</p>}
            </dd>
            {log.delivery.lastFault && (
              <>
                <dt>{t('status.lastFault')}</dt>
                <dd>
                  <Timestamp nanos={log.delivery.lastFault.atUnixNano} form="dayClock" />
                  <p className={styles.reason}>{showControls(t.say(log.delivery.lastFault.reason))}</p>
                </dd>
              </>
            )}
            <dt>{t('status.setAside')}</dt>
            <dd>
              {log.setAside.count === 0 ? (
                t('status.none')
              ) : (
                <span className={styles.unwell}>
                  {t('status.setAsideText', {
                    count: log.setAside.count,
                    shown: format.number(log.setAside.count),
                    size: formatBytes(log.setAside.bytes),
                  })}
                </span>
              )}
            </dd>
          </dl>
        </>
      )}
    </section>
  );
}

/** Less of the log is told as less. */
const LEAST_SHARE = 0.001;

function LogFill({ log }: { readonly log: Log }) {
  const t = useTranslate();
  const format = useFormat();
  const share = logShare(log);
  const isFull = isNearlyFull(log);
  const text = t('status.used', {
    used: formatBytes(log.usedBytes),
    capacity: formatBytes(log.capacityBytes),
    share: share > 0 && share < LEAST_SHARE ? `<${format.percent(LEAST_SHARE)}` : format.percent(share),
  });
  return (
    <div className={styles.fill}>
      <div
        className={styles.meter}
        role="meter"
        aria-label={t('status.fill')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={text}
      >
        <div className={isFull ? styles.meterFull : styles.meterUsed} style={{ width: `${share * 100}%` }} />
      </div>
      <p className={isFull ? styles.unwell : styles.note}>{text}</p>
    </div>
  );
}

function Delivery({ delivery, asOfMillis }: { readonly delivery: Log['delivery']; readonly asOfMillis: number }) {
  const t = useTranslate();
  if (delivery.state === 'delivering') return <StateMark isWell text={t('status.delivering')} />;
  const since = delivery.sinceUnixNano;
  const millis = since === undefined ? 0 : Math.max(1_000, asOfMillis - nanosToMillis(parseNanos(since)));
  return <StateMark isWell={false} text={t('status.stopped', { duration: formatDuration(Math.round(millis / 1_000) * 1e9) })} />;
}

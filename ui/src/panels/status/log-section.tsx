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

/** The way of a record: whether it is taken, the log that it waits in, how much does and since when, and whether the storage gets it. */
export function LogSection({ log, asOfMillis }: { readonly log: Log | undefined; readonly asOfMillis: number }) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <section className={styles.section} aria-labelledby="status-log">
      <h2 id="status-log" className={styles.heading}>
        {t('status.way')}
      </h2>
      {log === undefined ? (
        <p className={styles.note}>{t('status.logAbsent')}</p>
      ) : (
        <dl className={styles.facts}>
          <dt>{t('status.intake')}</dt>
          <dd>
            <Intake ingest={log.ingest} asOfMillis={asOfMillis} />
          </dd>
          <dt>{t('status.log')}</dt>
          <dd>
            <LogFill log={log} />
          </dd>
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
    <div>
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

/** Whether what is sent is kept; where it is not, why, and what to do. */
function Intake({ ingest, asOfMillis }: { readonly ingest: Log['ingest']; readonly asOfMillis: number }) {
  const t = useTranslate();
  if (ingest.state === 'taking') return <StateMark isWell text={t('status.taking')} />;
  const isFull = ingest.reason === 'log_full';
  const duration = sinceText(ingest.sinceUnixNano, asOfMillis);
  return (
    <>
      <StateMark isWell={false} text={t(isFull ? 'status.refusingFull' : 'status.refusingDisk', { duration })} />
      <Since nanos={ingest.sinceUnixNano} />
      {ingest.fault !== undefined && <p className={styles.reason}>{showControls(t.say(ingest.fault))}</p>}
      <p className={styles.note}>{t(isFull ? 'status.refusingFullAdvice' : 'status.refusingDiskAdvice')}</p>
    </>
  );
}

function Delivery({ delivery, asOfMillis }: { readonly delivery: Log['delivery']; readonly asOfMillis: number }) {
  const t = useTranslate();
  if (delivery.state === 'delivering') return <StateMark isWell text={t('status.delivering')} />;
  return (
    <>
      <StateMark isWell={false} text={t('status.stopped', { duration: sinceText(delivery.sinceUnixNano, asOfMillis) })} />
      <Since nanos={delivery.sinceUnixNano} />
    </>
  );
}

function Since({ nanos }: { readonly nanos: string | undefined }) {
  const t = useTranslate();
  if (nanos === undefined) return null;
  return (
    <p className={styles.note}>
      {t('status.since')} <Timestamp nanos={nanos} form="dayClock" />
    </p>
  );
}

/** For how long, to the second; at least one. */
function sinceText(sinceUnixNano: string | undefined, asOfMillis: number): string {
  const millis = sinceUnixNano === undefined ? 0 : asOfMillis - nanosToMillis(parseNanos(sinceUnixNano));
  return formatDuration(Math.max(1, Math.round(millis / 1_000)) * 1e9);
}

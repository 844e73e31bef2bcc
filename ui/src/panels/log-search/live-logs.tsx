import { useEffect, useState } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { arrivalRate } from '../../logic/live-rows.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import styles from './live-logs.module.css';
import { LogGrid } from './log-list.tsx';
import type { LiveTail } from './use-live-tail.ts';
import type { LogAddress } from './use-log-search.ts';

/** A second's rate is told as often. */
const RATE_STEP_MILLIS = 1_000;

interface LiveLogsProps {
  readonly address: LogAddress;
  readonly tail: LiveTail;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onTop: (isAtTop: boolean) => void;
  /** Rises when the reader asked for what is new. */
  readonly topRequest: number;
  readonly onShowNew: () => void;
  readonly narrow: boolean;
}

/** Records as they arrive, the latest at the top. While the reader is at a row nothing moves: what comes waits behind a button. */
export function LiveLogs({ address, tail, active, onActive, onTop, topRequest, onShowNew, narrow }: LiveLogsProps) {
  const t = useTranslate();
  const format = useFormat();
  const { live } = tail;
  return (
    <div className={styles.live}>
      <LiveBar tail={tail} onShowNew={onShowNew} />
      <LogGrid
        address={address}
        records={live.rows}
        hasMore={false}
        active={active}
        onActive={onActive}
        onTop={onTop}
        topRequest={topRequest}
        timeForm="clock"
        narrow={narrow}
      />
      <p className={styles.foot}>
        {live.rows.length === 0 ? t('live.none') : t('live.rows', { count: live.rows.length, shown: format.number(live.rows.length) })}
      </p>
    </div>
  );
}

/** How the stream fares, how much comes, and what is in no row. */
function LiveBar({ tail, onShowNew }: { readonly tail: LiveTail; readonly onShowNew: () => void }) {
  const t = useTranslate();
  const format = useFormat();
  const { live } = tail;
  const rate = useRate(tail);
  return (
    <div className={styles.bar}>
      <Connection tail={tail} />
      {tail.connection.state === 'open' && (
        <span className={styles.rate} title={t('live.rateHelp')}>
          {t('live.rate', { shown: format.number(rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10) })}
        </span>
      )}
      {live.undrawnCount > 0 && (
        <span className={styles.note} title={t('live.undrawnHelp')}>
          {t('live.undrawn', { count: live.undrawnCount, shown: format.number(live.undrawnCount) })}
        </span>
      )}
      {live.unreadCount > 0 && (
        <span className={styles.note}>{t('live.unread', { count: live.unreadCount, shown: format.number(live.unreadCount) })}</span>
      )}
      {live.hasGap && <span className={styles.note}>{t('live.gap')}</span>}
      {live.waitingCount > 0 && (
        <Button look="primary" size="small" className={styles.new ?? ''} title={t('live.showNew')} onClick={onShowNew}>
          {t('live.new', { count: live.waitingCount, shown: format.number(live.waitingCount) })}
        </Button>
      )}
    </div>
  );
}

function Connection({ tail: { connection, reconnect } }: { readonly tail: LiveTail }) {
  const t = useTranslate();
  if (connection.state === 'lost') {
    return (
      <span className={styles.state} role="alert">
        <span className={styles.lost} aria-hidden="true">
          ✕
        </span>
        {t(connection.isRefused ? 'live.refused' : 'live.lost', {
          reason: connection.error === undefined ? '' : describeFailure(connection.error, t).message,
        })}
        <Button size="small" onClick={reconnect}>
          {t('error.retry')}
        </Button>
      </span>
    );
  }
  const isOpen = connection.state === 'open';
  return (
    <span className={styles.state} role="status">
      <span className={isOpen ? styles.open : styles.connecting} aria-hidden="true">
        {isOpen ? '●' : '○'}
      </span>
      {t(isOpen ? 'live.open' : 'live.connecting')}
    </span>
  );
}

/** Also falls when nothing comes any more. */
function useRate({ live }: LiveTail): number {
  const [nowMillis, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), RATE_STEP_MILLIS);
    return () => clearInterval(timer);
  }, []);
  return arrivalRate(live, Math.max(nowMillis, live.recent.at(-1)?.atMillis ?? 0));
}

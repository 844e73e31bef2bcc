import { useQuery } from '@tanstack/react-query';
import { describeFailure } from '../../api/describe-failure.ts';
import { statusQuery } from '../../api/queries.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { PartNotice } from '../../shared/PageState/part-notice.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { isStopped, StoppedState } from '../../shared/PageState/stopped-state.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { DeadLettersSection } from './dead-letters-section.tsx';
import { LogSection } from './log-section.tsx';
import { MetricsSection } from './metrics-section.tsx';
import { RedactionSection } from './redaction-section.tsx';
import { RefusalsSection } from './refusals-section.tsx';
import styles from './status.module.css';
import { StorageSection } from './storage-section.tsx';

/** How the collector fares: whether records are taken, what waits, what they are kept in, what was refused and why. Asked for again every few seconds. */
export function StatusPage() {
  const t = useTranslate();
  const format = useFormat();
  useProvideTarget('logs');
  const query = useQuery(statusQuery());
  const { data: status, dataUpdatedAt, error, refetch } = query;
  if (isStopped(query)) return <StoppedState />;
  if (query.isPending) return <SkeletonRows columns={[160, 240]} />;
  if (status === undefined)
    return <ErrorPanel title={t('status.failed')} failure={describeFailure(error, t)} onRetry={() => void refetch()} />;
  return (
    <div className={styles.page} tabIndex={0} role="region" aria-labelledby="status-title">
      <header className={styles.head}>
        <h1 id="status-title" className={styles.title}>
          {t('rail.status')}
        </h1>
        <p className={styles.note}>{t('status.asOf', { time: format.millis(Math.floor(dataUpdatedAt / 1_000) * 1_000) })}</p>
        <p className={styles.note}>
          {t('status.started', { version: status.version })} <Timestamp nanos={status.startedAtUnixNano} form="dayClock" />
        </p>
      </header>
      {error && (
        <div className={styles.stale}>
          <PartNotice role="alert">
            {t('status.stale', { reason: describeFailure(error, t).message })}{' '}
            <Button size="small" onClick={() => void refetch()}>
              {t('error.retry')}
            </Button>
          </PartNotice>
        </div>
      )}
      <div className={styles.sections} data-stale={error !== null}>
        <div className={styles.columns}>
          <LogSection log={status.log} asOfMillis={dataUpdatedAt} />
          <StorageSection storage={status.storage} />
        </div>
        <RefusalsSection refusals={status.refusals} />
        <MetricsSection metrics={status.metrics} />
        <RedactionSection redaction={status.redaction} />
        <DeadLettersSection deadLetters={status.log?.deadLetters} />
      </div>
    </div>
  );
}

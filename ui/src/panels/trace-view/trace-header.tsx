import type { TraceHeadLine } from '@threadline/collector/api';
import { formatDuration } from '../../logic/duration-format.ts';
import type { MarkedSpan } from '../../logic/marked-span.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { timesOverP99, type UsualRange } from '../../logic/usual-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { CopyButton } from '../../shared/CopyButton/copy-button.tsx';
import { RecordLinks } from '../../shared/RecordDetail/record-links.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { TraceServices } from './trace-services.tsx';
import styles from './trace-view.module.css';
import { usualText } from './usual-text.ts';

interface TraceHeaderProps {
  readonly head: TraceHeadLine;
  /** Of the root span: where it carries a correlation ID, the flow is one click away. */
  readonly correlationId: string;
  readonly missingCount: number;
  readonly unfinishedCount: number;
  /** What senders left out of spans that are there. */
  readonly dropped: TraceSnapshot['dropped'] | undefined;
  /** Of the trace as it is drawn: with its clocks corrected it may be another one than its times say. */
  readonly durationNanos: number;
  /** Of the root span alone, and how long its operation usually takes. */
  readonly rootNanos: number;
  readonly usual: UsualRange | undefined;
  /** Leads to the next span of which a figure tells. */
  readonly onNext: (kind: MarkedSpan) => void;
  /** While pages are still to come. */
  readonly loadedSpans: number | undefined;
}

/** The trace in one line, who took part, and what is not there. */
export function TraceHeader(props: TraceHeaderProps) {
  const { head, correlationId, missingCount, unfinishedCount, dropped, durationNanos, rootNanos, usual, onNext, loadedSpans } = props;
  const t = useTranslate();
  const format = useFormat();
  const { summary, drops } = head;
  const count = (value: number) => ({ count: value, shown: format.number(value) });
  return (
    <>
      <header className={styles.header}>
        <h1 className={styles.operation}>{spanName(summary.rootOperation, t)}</h1>
        <ServiceName name={summary.rootService} />
        <span className={`${styles.fact} ${styles.strong}`}>{formatDuration(durationNanos)}</span>
        {summary.errorCount > 0 && (
          <button
            type="button"
            className={`${styles.factButton} ${styles.error}`}
            title={t('trace.nextError')}
            onClick={() => onNext('error')}
          >
            ✕ {t('trace.errors', count(summary.errorCount))}
          </button>
        )}
        <span className={styles.fact}>{t('trace.services', count(summary.services.length))}</span>
        <span className={styles.fact}>
          {loadedSpans === undefined
            ? t('trace.spans', count(summary.spanCount))
            : t('trace.loading', { loaded: format.number(loadedSpans), total: format.number(summary.spanCount) })}
        </span>
        {summary.rootMissing && <span className={styles.warn}>{t('traces.rootMissing')}</span>}
        {missingCount > 0 && (
          <button
            type="button"
            className={`${styles.factButton} ${styles.warn}`}
            title={t('trace.nextMissing')}
            onClick={() => onNext('missing')}
          >
            ? {t('trace.missing', count(missingCount))}
          </button>
        )}
        {unfinishedCount > 0 && (
          <button
            type="button"
            className={`${styles.factButton} ${styles.warn}`}
            title={t('trace.nextUnfinished')}
            onClick={() => onNext('unfinished')}
          >
            … {t('trace.unfinished', count(unfinishedCount))}
          </button>
        )}
        <span className={styles.fact}>
          <Timestamp nanos={summary.startTimeUnixNano} form="exact" />
        </span>
        <UsualFact duration={rootNanos} usual={usual} />
      </header>
      <div className={styles.parts}>
        <TraceServices services={summary.services} />
        <span className={styles.headerLinks}>
          {correlationId !== '' && (
            <RecordLinks record={{ attributes: [{ key: 'correlation.id', value: { stringValue: correlationId } }] }} trace={false} />
          )}
          <CopyButton label={t('trace.copyId')} text={() => summary.traceId} />
        </span>
      </div>
      {(drops.length > 0 || (dropped?.spans ?? 0) > 0) && (
        <div className={styles.notice} role="status">
          {drops.map((drop) => (
            <span key={`${drop.service} ${drop.signal} ${drop.reason}`}>
              {t('trace.drop', { service: drop.service, signal: drop.signal, reason: drop.reason, ...count(drop.count) })}
            </span>
          ))}
          {dropped !== undefined && dropped.spans > 0 && <span>{t('trace.cutSpans', { ...dropped, ...count(dropped.spans) })}</span>}
        </div>
      )}
    </>
  );
}

/** Its place is kept while it is not known: nothing moves when it comes. */
function UsualFact({ duration, usual }: { readonly duration: number; readonly usual: UsualRange | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  if (usual === undefined) {
    return (
      <span className={`${styles.fact} ${styles.kept}`} aria-hidden="true">
        {t('usual.p99', { p99: formatDuration(duration) })}
      </span>
    );
  }
  return (
    <span
      className={timesOverP99(duration, usual) === undefined ? styles.fact : `${styles.fact} ${styles.warn}`}
      title={usualText(duration, usual, { t, format })}
    >
      {t('usual.p99', { p99: formatDuration(usual.p99) })}
    </span>
  );
}

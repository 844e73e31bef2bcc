import { Link } from '@tanstack/react-router';
import type { TraceSummary } from '@threadline/collector/api';
import { memo } from 'react';
import { formatDuration } from '../../logic/duration-format.ts';
import type { ListTimeForm } from '../../logic/time-format.ts';
import type { UsualRange } from '../../logic/usual-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './trace-search.module.css';

/** What a root takes more of a trace than this is not worth saying. */
const ROOT_IS_ALL = 0.9;

interface TraceRowProps {
  readonly trace: TraceSummary;
  /** The longest of those that are shown: what a full bar means. */
  readonly longestNanos: number;
  readonly timeForm: ListTimeForm;
  /** Of the root's operation; undefined while they are not known. */
  readonly percentiles: UsualRange | undefined;
  /** Its root took longer than that; the trace as a whole may go on long after its root. */
  readonly isOverP99: boolean;
}

/** One trace on one line; drawn anew only when something of it changes. */
export const TraceRow = memo(function TraceRow({ trace, longestNanos, timeForm, percentiles, isOverP99 }: TraceRowProps) {
  const t = useTranslate();
  const format = useFormat();
  const colorOf = useServiceColor();
  const duration = Number(trace.durationNano);
  const rootDuration = Number(trace.rootDurationNano);
  const goesOn = rootDuration < duration * ROOT_IS_ALL;
  const rootTook = t('traces.rootTook', { duration: formatDuration(rootDuration) });
  const share = (nanos: number): string => `${(100 * nanos) / Math.max(1, longestNanos)}%`;
  return (
    <div className={styles.cells} role="presentation">
      <span role="gridcell" className={styles.cell}>
        <Timestamp nanos={trace.rootStartTimeUnixNano} form={timeForm} />
      </span>
      <span role="gridcell" className={styles.root}>
        <ServiceName name={trace.rootService} />
        <Link className={styles.rootLink} to="/trace/$traceId" params={{ traceId: trace.traceId }} tabIndex={-1}>
          {spanName(trace.rootOperation, t)}
        </Link>
        {trace.rootMissing && <span className={styles.missing}>{t('traces.rootMissing')}</span>}
      </span>
      <span role="gridcell" className={styles.duration}>
        <span className={styles.track}>
          <span className={styles.bar} style={{ width: share(duration), color: colorOf(trace.rootService) }}>
            <span className={styles.rootBar} style={{ width: `${(100 * rootDuration) / Math.max(1, duration)}%` }} />
          </span>
        </span>
        {/* Its room is there without it, so that bars are as long as durations are beside each other. */}
        <span className={`${styles.rootDuration} ${styles.roomyOnly}`} title={goesOn ? rootTook : undefined}>
          {goesOn && t('traces.rootDuration', { duration: formatDuration(rootDuration) })}
        </span>
        <span
          className={`${styles.durationText} ${isOverP99 ? styles.slow : ''}`}
          title={isOverP99 ? t('traces.overP99', { p99: formatDuration(percentiles?.p99 ?? 0) }) : goesOn ? rootTook : undefined}
        >
          {isOverP99 && <span aria-hidden="true">▲ </span>}
          {formatDuration(duration)}
        </span>
      </span>
      <span role="gridcell" className={`${styles.percentiles} ${styles.roomyOnly}`}>
        {percentiles === undefined
          ? '–'
          : [percentiles.p50, percentiles.p95, percentiles.p99].map((nanos, place) => <span key={place}>{formatDuration(nanos)}</span>)}
      </span>
      <span role="gridcell" className={`${styles.number} ${styles.wideOnly}`}>
        {format.number(trace.spanCount)}
      </span>
      <span role="gridcell" className={`${styles.number} ${trace.errorCount > 0 ? styles.errors : ''}`}>
        {trace.errorCount > 0 ? `✕ ${format.number(trace.errorCount)}` : '–'}
      </span>
      <span role="gridcell" className={`${styles.services} ${styles.wideOnly}`} title={trace.services.map(({ name }) => name).join(', ')}>
        {trace.services.map(({ name }) => (
          <ServiceName key={name} name={name} />
        ))}
      </span>
    </div>
  );
});

import { Link } from '@tanstack/react-router';
import type { DropReport, FlowBreak, FlowSummary, UnfinishedSpan } from '@threadline/collector/api';
import { useMemo, useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { trulyMissing } from '../../logic/flow-breaks.ts';
import { foldTraces } from '../../logic/fold-traces.ts';
import { recordFilter } from '../../logic/query-filter.ts';
import { rangeAround } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass } from '../../shared/Button/button.tsx';
import { CopyButton } from '../../shared/CopyButton/copy-button.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { newLogsUrl } from '../../state/log-look.ts';
import styles from './flow.module.css';

interface FlowHeaderProps {
  readonly summary: FlowSummary;
  /** While pages are still to come. */
  readonly loadedSpans: number | undefined;
  /** Places at which the thread is lost. */
  readonly breakCount: number;
  /** Of the flow as it is drawn: with clocks corrected it may be another one than its times say. */
  readonly durationNanos: number;
  readonly onShare: () => void;
}

/** The flow in one line: what took part, how long, and whether all of it is there. */
export function FlowHeader({ summary, loadedSpans, breakCount, durationNanos, onShare }: FlowHeaderProps) {
  const t = useTranslate();
  const format = useFormat();
  const count = (value: number) => ({ count: value, shown: format.number(value) });
  return (
    <header className={styles.header}>
      <h1 className={styles.id}>{summary.correlationId}</h1>
      <span className={`${styles.fact} ${styles.strong}`}>{formatDuration(durationNanos)}</span>
      {summary.errorCount > 0 && <span className={styles.error}>✕ {t('trace.errors', count(summary.errorCount))}</span>}
      <span className={summary.complete && breakCount === 0 ? styles.fact : styles.warn}>{wholeness(summary, breakCount, t)}</span>
      <span className={styles.fact}>{t('flow.traces', count(summary.traces.length))}</span>
      <span className={styles.fact}>{t('trace.services', count(summary.services.length))}</span>
      <span className={styles.fact}>
        {loadedSpans === undefined
          ? t('trace.spans', count(summary.spanCount))
          : t('trace.loading', { loaded: format.number(loadedSpans), total: format.number(summary.spanCount) })}
      </span>
      <span className={styles.fact}>{t('flow.logs', count(summary.logCount))}</span>
      <span className={styles.fact}>
        <Timestamp nanos={summary.startTimeUnixNano} form="exact" />
      </span>
      <span className={styles.actions}>
        <Link to="/logs" search={newLogsUrl(logsOfFlow(summary))} className={buttonClass({ size: 'small' })}>
          {t('flow.searchLogs')}
        </Link>
        <Button size="small" onClick={onShare}>
          {t('share.open')}
        </Button>
        <CopyButton label={t('flow.copyId')} text={() => summary.correlationId} />
      </span>
    </header>
  );
}

/** Nothing may be missing although the thread is lost: what is elsewhere is missed by nobody. */
function wholeness({ complete }: FlowSummary, breakCount: number, t: Translate): string {
  if (!complete) return `? ${t('flow.incomplete')}`;
  return breakCount === 0 ? `✓ ${t('flow.complete')}` : `⚡ ${t('flow.broken')}`;
}

/** Records of a flow are not all from while its spans took. */
const AROUND_MILLIS = 60_000;

/** Records of the flow, over its own time and a little more on both sides. */
function logsOfFlow(summary: FlowSummary) {
  const start = Number(BigInt(summary.startTimeUnixNano) / 1_000_000n);
  const end = start + Math.ceil(Number(summary.durationNano) / 1e6);
  return {
    q: recordFilter('correlationId', summary.correlationId),
    ...rangeAround({ fromMillis: start, toMillis: end }, AROUND_MILLIS),
  };
}

/** Each trace of the flow, and why it is in it; those that look the same as one, until they are asked for. */
export function FlowTraces({ summary }: { readonly summary: FlowSummary }) {
  const t = useTranslate();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const folds = useMemo(() => foldTraces(summary.traces), [summary.traces]);
  const toggle = (id: string) =>
    setUnfolded((ids) => (ids.has(id) ? new Set([...ids].filter((other) => other !== id)) : new Set([...ids, id])));
  return (
    <ul className={styles.traces} aria-label={t('rail.traces')}>
      {folds.map((fold) => {
        const [first] = fold;
        const isOpen = unfolded.has(first.traceId);
        return (isOpen ? fold : [first]).map((trace) => (
          <li key={trace.traceId} className={styles.trace}>
            <FlowTrace trace={trace} durations={isOpen ? [trace] : fold} />
            {trace === first && fold.length > 1 && (
              <FoldedCount count={fold.length} isOpen={isOpen} onToggle={() => toggle(first.traceId)} />
            )}
          </li>
        ));
      })}
    </ul>
  );
}

interface FlowTraceProps {
  readonly trace: FlowSummary['traces'][number];
  /** Of which traces the durations are told. */
  readonly durations: readonly FlowSummary['traces'][number][];
}

function FlowTrace({ trace, durations }: FlowTraceProps) {
  const t = useTranslate();
  const nanos = durations.map(({ durationNano }) => Number(durationNano)).toSorted((left, right) => left - right);
  const [least, most] = [formatDuration(nanos.at(0) ?? 0), formatDuration(nanos.at(-1) ?? 0)];
  return (
    <>
      <ServiceName name={trace.rootService} />
      <Link to="/trace/$traceId" params={{ traceId: trace.traceId }}>
        {spanName(trace.rootOperation, t)}
      </Link>
      <span className={styles.fact}>{least === most ? most : `${least} – ${most}`}</span>
      {trace.errorCount > 0 && (
        <span className={styles.error} role="img" aria-label={t('span.error')}>
          ✕
        </span>
      )}
      {trace.joinedBy === 'link' && <span className={styles.fact}>{t('flow.joinedByLink')}</span>}
    </>
  );
}

interface FoldedCountProps {
  readonly count: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function FoldedCount({ count, isOpen, onToggle }: FoldedCountProps) {
  const t = useTranslate();
  const shown = useFormat().number(count);
  return (
    <Button
      size="small"
      aria-expanded={isOpen}
      aria-label={t('flow.equalTraces', { shown })}
      title={t('flow.equalTraces', { shown })}
      onClick={onToggle}
    >
      ×{shown} {isOpen ? '▾' : '▸'}
    </Button>
  );
}

/** More than these are only counted. */
const NAMED_MISSING = 20;
const NAMED_UNFINISHED = 20;

interface FlowNoticesProps {
  readonly summary: FlowSummary;
  /** Where the thread breaks, which is told by itself. */
  readonly breaks: readonly FlowBreak[];
  readonly drops: readonly DropReport[];
  readonly unfinished: readonly UnfinishedSpan[];
}

/** What is not there, by name, and what else keeps the picture from being whole. Nothing where it is whole. */
export function FlowNotices({ summary, breaks, drops, unfinished }: FlowNoticesProps) {
  const t = useTranslate();
  const format = useFormat();
  const missing = trulyMissing(summary.missing, breaks);
  if (missing.length === 0 && drops.length === 0 && unfinished.length === 0 && !summary.reused) return null;
  return (
    <ul className={styles.notice}>
      {summary.reused && <li>{t('flow.reused', { count: summary.episodes?.length ?? 0 })}</li>}
      {missing.slice(0, NAMED_MISSING).map(({ spanId, traceId, reason }) => (
        <li key={`${reason} ${traceId} ${spanId}`}>
          {t(reason === 'parent_missing' ? 'flow.parentMissing' : 'flow.messageUntaken', { spanId })}{' '}
          <Link to="/trace/$traceId" params={{ traceId }} search={{ span: spanId }}>
            {t('record.openTrace')}
          </Link>
        </li>
      ))}
      {missing.length > NAMED_MISSING && <li>{t('flow.moreMissing', { shown: format.number(missing.length - NAMED_MISSING) })}</li>}
      {unfinished.slice(0, NAMED_UNFINISHED).map(({ traceId, spanId, service, name }) => (
        <li key={`${traceId} ${spanId}`}>
          {t('flow.unfinishedSpan', { service, name: showControls(name) })}{' '}
          <Link to="/trace/$traceId" params={{ traceId }} search={{ span: spanId }}>
            {t('record.openTrace')}
          </Link>
        </li>
      ))}
      {unfinished.length > NAMED_UNFINISHED && (
        <li>{t('trace.unfinished', { count: unfinished.length, shown: format.number(unfinished.length) })}</li>
      )}
      {drops.map((drop) => (
        <li key={`${drop.service} ${drop.signal} ${drop.reason}`}>
          {t('trace.drop', {
            service: drop.service,
            signal: drop.signal,
            reason: drop.reason,
            count: drop.count,
            shown: format.number(drop.count),
          })}
        </li>
      ))}
    </ul>
  );
}

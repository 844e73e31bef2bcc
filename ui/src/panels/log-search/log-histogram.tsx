import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { HistogramBucket, LogRecord } from '@threadline/collector/api';
import { useRef } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { histogramQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { type LevelSums, rangeOfBuckets } from '../../logic/histogram-geometry.ts';
import { LEVEL_SIGNS, type Level, levelColor, STACK_ORDER } from '../../logic/level.ts';
import type { LiveRows } from '../../logic/live-rows.ts';
import { absoluteRange, type TimeRange, widenRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, IconButton } from '../../shared/Button/button.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import { isStopped, StoppedNote } from '../../shared/PageState/stopped-state.tsx';
import { useWidth } from '../../shared/use-width.ts';
import type { FieldPanelControls } from '../../state/field-panel.ts';
import { useClock } from '../../state/search-clock.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { HistogramChart } from './histogram-chart.tsx';
import { LogExport } from './log-export.tsx';
import styles from './log-search.module.css';
import { SavedSearches } from './saved-searches.tsx';
import { useDeploymentMarks } from './use-deployment-marks.ts';
import { useLogCounts } from './use-log-counts.ts';
import type { LogAddress } from './use-log-search.ts';

/** A column narrower than this cannot be pointed at. */
const PIXELS_PER_BUCKET = 9;
/** Widths are asked for in steps, so that dragging the panel's edge does not ask again for each pixel. */
const BUCKET_STEP = 20;
const MAX_BUCKETS = 200;

interface LogHistogramProps {
  readonly address: LogAddress;
  readonly range: TimeRange;
  /** What a live view has, where it is one. */
  readonly live: LiveRows;
  /** Of the list, or of the live view. */
  readonly records: readonly LogRecord[];
  readonly panel: FieldPanelControls;
  readonly isSavedOpen: boolean;
  readonly onSavedOpen: (open: boolean) => void;
}

/** How many records there were when, by level. Its place is kept before it comes, and when it fails the list goes on without it. */
export function LogHistogram({ address, range, live, records, panel, isSavedOpen, onSavedOpen }: LogHistogramProps) {
  const t = useTranslate();
  const format = useFormat();
  const [box, width] = useWidth<HTMLDivElement>();
  const buckets = Math.min(MAX_BUCKETS, Math.max(BUCKET_STEP, Math.floor(width / PIXELS_PER_BUCKET / BUCKET_STEP) * BUCKET_STEP));
  const { query } = address;
  const counted = useKeptRange(range, {
    question: JSON.stringify([query, address.range, buckets]),
    keysOf: (part) => [histogramQuery({ query, range: part, buckets }).queryKey],
    name: 'histogram.label',
  });
  const answer = useQuery({
    ...histogramQuery({ query, range: counted, buckets }),
    enabled: width > 0,
    placeholderData: keepPreviousData,
  });
  const counts = useLogCounts(answer, { address, range: counted, live });
  const nowMillis = useClock();
  const chart = useRef<HTMLDivElement>(null);
  useShortcuts({ h: () => chart.current?.focus() });
  const deployments = useDeploymentMarks({ query, range, shown: shownRange(answer.data?.buckets) });
  return (
    <section className={styles.histogram} aria-label={t('histogram.label')}>
      <div className={styles.histogramHead}>
        {!panel.isOpen && (
          <Button look="quiet" size="small" title={t('fields.show')} onClick={() => panel.setOpen(true)}>
            <Icon name="fields" />
            {t('fields.title')}
          </Button>
        )}
        <Button
          look={address.isLive ? 'primary' : 'quiet'}
          size="small"
          aria-pressed={address.isLive}
          title={t(address.isLive ? 'live.stop' : 'live.start')}
          onClick={() => address.setLive(!address.isLive)}
        >
          <Icon name="live" />
          {t('live.title')}
        </Button>
        <Button
          look={address.isPatterns ? 'primary' : 'quiet'}
          size="small"
          aria-pressed={address.isPatterns}
          title={t(address.isPatterns ? 'patterns.toList' : 'patterns.open')}
          onClick={() => address.setPatterns(!address.isPatterns)}
        >
          <Icon name="patterns" />
          {t('patterns.title')}
        </Button>
        <Button
          look={address.isStats ? 'primary' : 'quiet'}
          size="small"
          aria-pressed={address.isStats}
          title={t(address.isStats ? 'logStats.toList' : 'logStats.open')}
          onClick={() => address.setStats(!address.isStats)}
        >
          <Icon name="stats" />
          {t('logStats.title')}
        </Button>
        <LevelLegend sums={counts?.byLevel} onLevel={(level) => address.filter(`level:${level.toLowerCase()}`, 'include')} />
        {/* What changes with each arrival is not said each time. */}
        <span className={styles.total} aria-live={address.isLive ? 'off' : 'polite'}>
          {counts && !answer.isError && t('logs.total', { count: counts.total, shown: format.number(counts.total) })}
        </span>
        <SavedSearches address={address} open={isSavedOpen} onOpen={onSavedOpen} />
        <LogExport
          address={address}
          range={range}
          total={answer.isError || answer.isPlaceholderData ? undefined : answer.data?.total}
          records={records}
        />
        <IconButton
          icon="zoomOut"
          size="small"
          label={t('histogram.widen')}
          onClick={() => address.setRange(absoluteRange(widenRange(range, nowMillis)))}
        />
      </div>
      <div ref={box}>
        {answer.isError && !isListsError(answer.error) ? (
          <p className={styles.chartNote} role="alert">
            {t('histogram.failed', { reason: describeFailure(answer.error, t).message })}
            <Button size="small" onClick={() => void answer.refetch()}>
              {t('error.retry')}
            </Button>
          </p>
        ) : width > 0 && !answer.isError && isStopped(answer) ? (
          <p className={styles.chartNote}>
            <StoppedNote />
          </p>
        ) : answer.data && !answer.isError ? (
          <HistogramChart buckets={answer.data.buckets} width={width} deployments={deployments} onZoom={address.setRange} chart={chart} />
        ) : (
          <div className={styles.chartNote} />
        )}
      </div>
    </section>
  );
}

/** Of the chart: whole buckets are a little wider than what is searched. */
function shownRange(buckets: readonly HistogramBucket[] | undefined): TimeRange | undefined {
  const whole = rangeOfBuckets(buckets ?? [], 0, (buckets?.length ?? 0) - 1);
  return whole && { fromMillis: Date.parse(whole.from), toMillis: Date.parse(whole.to) };
}

/** What is wrong with the search itself is said once, where the list would be. */
function isListsError(error: Error): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 401);
}

/** The levels that there are, with their counts; a click narrows the search to one. Its place is kept before there are any. */
function LevelLegend({ sums, onLevel }: { readonly sums: LevelSums | undefined; readonly onLevel: (level: Level) => void }) {
  const t = useTranslate();
  const format = useFormat();
  const entries = STACK_ORDER.map((level) => [level, sums?.[level] ?? 0] as const).filter(([, sum]) => sum > 0);
  return (
    <div className={styles.legend}>
      {entries.map(([level, sum]) => (
        <button
          key={level}
          type="button"
          className={styles.legendEntry}
          style={{ color: levelColor(level) }}
          title={t('histogram.onlyLevel', { level })}
          onClick={() => onLevel(level)}
        >
          <span aria-hidden="true">{LEVEL_SIGNS[level]}</span>
          {level} {format.number(sum)}
        </button>
      ))}
    </div>
  );
}

import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useRef } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { listTimeForm } from '../../logic/time-format.ts';
import { tracePlaceOf, writeTracePlace } from '../../logic/trace-place.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { useKeptRows } from '../../shared/VirtualGrid/use-kept-rows.ts';
import type { FirstRow } from '../../shared/VirtualGrid/use-list-start.ts';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useProvideReadingPlace } from '../../state/reading-place.ts';
import { TraceRow } from './trace-row.tsx';
import styles from './trace-search.module.css';
import { useOperationPercentiles } from './use-operation-percentiles.ts';
import { useSlowRoots } from './use-slow-roots.ts';
import type { Traces } from './use-trace-search.ts';

const COLUMN_COUNT = 7;

/** The traces, the newest or the slowest first, endless downwards. */
export function TraceList({
  result,
  active,
  isActiveKept,
  onActive,
}: {
  readonly result: Traces;
  readonly active: number;
  readonly isActiveKept: boolean;
  readonly onActive: (index: number) => void;
}) {
  const t = useTranslate();
  const navigate = useNavigate();
  const { traces, search, range } = result;
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData, isFetchNextPageError } = search;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isPlaceholderData, isFetchNextPageError, fetchNextPage]);
  const longestNanos = useMemo(() => traces.reduce((longest, trace) => Math.max(longest, Number(trace.durationNano)), 0), [traces]);
  const percentilesOf = useOperationPercentiles(result);
  const slowRoots = useSlowRoots(result, percentilesOf);
  const firstRow = useRef<() => FirstRow | undefined>(() => undefined);
  const atOf = (index: number) => {
    const place = tracePlaceOf(result.pages, index, result.start);
    return place && writeTracePlace(place);
  };
  useProvideReadingPlace(() => {
    const at = isPlaceholderData ? undefined : atOf(firstRow.current()?.index ?? -1);
    return at === undefined ? {} : { at };
  });
  const { begin, keep } = result.beginning;
  const { start, onMoved } = useKeptRows({
    rows: traces,
    idOf: ({ traceId }) => traceId,
    atOf,
    begin,
    keep,
    firstRow,
    active,
    isOfList: !isPlaceholderData,
  });
  const timeForm = listTimeForm(range === undefined ? 0 : range.toMillis - range.fromMillis);
  return (
    <div className={`${styles.results} ${isPlaceholderData ? styles.stale : ''}`}>
      <VirtualGrid
        role="grid"
        label={t('traces.list')}
        rowCount={traces.length}
        rowHeight={useRowHeight()}
        totalRowCount={hasNextPage ? -1 : traces.length + 1}
        columnCount={COLUMN_COUNT}
        active={active}
        selected={-1}
        onActive={onActive}
        onOpen={(index) => {
          const trace = traces[index];
          if (trace !== undefined) void navigate({ to: '/trace/$traceId', params: { traceId: trace.traceId } });
        }}
        onNearEnd={loadMore}
        leadCount={result.leadCount}
        firstRow={firstRow}
        start={start}
        isActiveKept={isActiveKept}
        onMoved={onMoved}
        rowKey={(index) => traces[index]?.traceId ?? index}
        header={<TraceListHead order={result.order} />}
        renderRow={(index) => {
          const trace = traces[index];
          return (
            trace && (
              <TraceRow
                trace={trace}
                longestNanos={longestNanos}
                timeForm={timeForm}
                percentiles={percentilesOf(trace.rootService, trace.rootOperation)}
                isOverP99={slowRoots.has(trace.traceId)}
              />
            )
          );
        }}
      />
      <TraceListFoot result={result} />
    </div>
  );
}

function TraceListHead({ order }: Pick<Traces, 'order'>) {
  const t = useTranslate();
  return (
    <div className={styles.cells} role="presentation">
      <span role="columnheader" aria-sort={order === 'newest' ? 'descending' : undefined}>
        {t('traces.start')}
        {order === 'newest' && ' ↓'}
      </span>
      <span role="columnheader">{t('traces.root')}</span>
      <span role="columnheader" aria-sort={order === 'slowest' ? 'descending' : undefined}>
        {t('traces.duration')}
        {order === 'slowest' && ' ↓'}
      </span>
      <span role="columnheader" className={`${styles.percentiles} ${styles.roomyOnly}`} title={t('traces.percentilesHelp')}>
        <span>p50</span> <span>p95</span> <span>p99</span>
      </span>
      <span role="columnheader" className={`${styles.headNumber} ${styles.wideOnly}`}>
        {t('traces.spans')}
      </span>
      <span role="columnheader" className={styles.headNumber}>
        {t('traces.errors')}
      </span>
      <span role="columnheader" className={styles.wideOnly}>
        {t('traces.services')}
      </span>
    </div>
  );
}

function TraceListFoot({ result }: { readonly result: Traces }) {
  const { search, traces, start, order } = result;
  const t = useTranslate();
  const format = useFormat();
  const loaded = t('traces.loaded', { count: traces.length, shown: format.number(traces.length) });
  if (search.isFetchNextPageError) {
    return (
      <p className={styles.foot} role="alert">
        {t('logs.moreFailed', { reason: describeFailure(search.error, t).message })}
        <Button size="small" onClick={() => void search.fetchNextPage()}>
          {t('error.retry')}
        </Button>
      </p>
    );
  }
  const isMiddle = start !== '';
  const more = [isMiddle && t('logs.moreAbove'), search.hasNextPage && t('logs.moreBelow')].filter((text) => typeof text === 'string');
  const rest = search.isFetchingNextPage ? [t('logs.loadingMore')] : more.length === 0 ? [t('logs.end')] : more;
  return (
    <p className={styles.foot}>
      <span aria-live="polite">{loaded}</span>
      {['', ...rest].join(' · ')}
      {isMiddle && (
        <Button size="small" look="quiet" onClick={result.showFirst}>
          {t(order === 'slowest' ? 'traces.fromSlowest' : 'logs.fromNewest')}
        </Button>
      )}
    </p>
  );
}

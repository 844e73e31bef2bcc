import * as Tabs from '@radix-ui/react-tabs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { traceQuery } from '../../api/queries.ts';
import { useAllPages } from '../../api/use-all-pages.ts';
import { correlationIdOf } from '../../logic/any-value.ts';
import { buildTraceTree } from '../../logic/trace-tree.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { SplitView } from '../../shared/SplitView/split-view.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { MAX_PANEL_SHARE, MIN_PANEL_SHARE, usePanelShare } from '../../state/panel-size.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { TraceDetail } from './trace-detail.tsx';
import { TraceHeader } from './trace-header.tsx';
import { TraceLogs } from './trace-logs.tsx';
import styles from './trace-view.module.css';
import { useTraceAddress } from './use-trace-address.ts';
import { useWaterfall } from './use-waterfall.ts';
import { Waterfall } from './waterfall.tsx';

/** One trace: its spans and their records in time, and one of them in full. */
export function TraceViewPage() {
  const t = useTranslate();
  const format = useFormat();
  const address = useTraceAddress();
  const query = useInfiniteQuery(traceQuery(address.traceId));
  const trace = useAllPages(query);
  const { spans, logs, unfinished } = trace;
  const tree = useMemo(
    () => buildTraceTree({ spans, logs, unfinished, loaded: trace.isComplete }),
    [spans, logs, unfinished, trace.isComplete],
  );
  useProvideTarget('spans');
  const waterfall = useWaterfall(tree, address);
  const [share, setShare] = usePanelShare();
  useShortcuts({
    j: () => waterfall.move(1),
    k: () => waterfall.move(-1),
    e: waterfall.openNextError,
    Enter: () => {
      const node = waterfall.rows[waterfall.active];
      if (node !== undefined) waterfall.open(node);
    },
    Escape: () => address.isOpen && address.close(),
  });
  if (trace.summary === undefined) {
    if (!query.isError) return <SkeletonRows columns={[280, 40]} />;
    if (query.error instanceof ApiError && query.error.status === 404) {
      return <EmptyState title={t('trace.unknownTitle')} text={t('trace.unknownText', { id: address.traceId })} />;
    }
    return <ErrorPanel title={t('trace.failed')} failure={describeFailure(query.error, t)} onRetry={() => void query.refetch()} />;
  }
  const root = spans.find((span) => span.spanId === trace.summary?.rootSpanId);
  return (
    <>
      <TraceHeader
        summary={trace.summary}
        correlationId={root === undefined ? '' : correlationIdOf(root)}
        missingCount={tree.missingCount}
        unfinishedCount={unfinished.length}
        drops={trace.drops}
        loadedSpans={trace.isComplete ? undefined : trace.spanCount}
      />
      <AnswerNotesBar answers={trace.pages} />
      {query.isFetchNextPageError && (
        <p className={styles.notice} role="alert">
          {t('logs.moreFailed', { reason: describeFailure(query.error, t).message })}
          <button type="button" onClick={() => void query.fetchNextPage()}>
            {t('error.retry')}
          </button>
        </p>
      )}
      <SplitView
        share={share}
        onShare={setShare}
        shareLimits={{ min: MIN_PANEL_SHARE, max: MAX_PANEL_SHARE }}
        detailLabel={t(address.logId === undefined ? 'span.title' : 'record.title')}
        resizeLabel={t('detail.resize')}
        detail={address.isOpen ? <TraceDetail address={address} spans={spans} logs={logs} unfinished={unfinished} /> : undefined}
      >
        <Tabs.Root
          className={styles.tabs}
          value={address.view}
          onValueChange={(view) => address.setView(view === 'logs' ? 'logs' : 'waterfall')}
        >
          <div className={styles.tabBar}>
            <Tabs.List aria-label={t('trace.views')}>
              <Tabs.Trigger className={styles.tab} value="waterfall">
                {t('trace.waterfall')}
              </Tabs.Trigger>
              <Tabs.Trigger className={styles.tab} value="logs">
                {t('trace.logsCount', { shown: format.number(logs.length) })}
              </Tabs.Trigger>
            </Tabs.List>
            {address.view === 'waterfall' && (
              <div className={styles.tools}>
                <label className={styles.check}>
                  <input type="checkbox" checked={address.showLogs} onChange={(event) => address.setShowLogs(event.target.checked)} />
                  {t('trace.showLogs')}
                </label>
              </div>
            )}
          </div>
          <Tabs.Content className={styles.panel} value="waterfall" tabIndex={-1}>
            <Waterfall tree={tree} state={waterfall} showLogs={address.showLogs} />
          </Tabs.Content>
          <Tabs.Content className={styles.panel} value="logs" tabIndex={-1}>
            <TraceLogs logs={logs} startNanos={tree.startNanos} selectedId={address.logId} onOpen={address.openLog} />
          </Tabs.Content>
        </Tabs.Root>
      </SplitView>
    </>
  );
}

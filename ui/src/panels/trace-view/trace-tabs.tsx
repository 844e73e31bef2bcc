import type { TraceHeadLine } from '@threadline/collector/api';
import { Suspense } from 'react';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { spanKeyOf } from '../../logic/trace-tree.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { laterPart, useFetchedParts } from '../../shared/later-part.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { SplitView } from '../../shared/SplitView/split-view.tsx';
import { ViewPanel, ViewTabs } from '../../shared/ViewTabs/view-tabs.tsx';
import { MAX_PANEL_SHARE, MIN_PANEL_SHARE, usePanelShare } from '../../state/panel-size.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { TRACE_VIEWS, type TraceViewName } from '../../state/url-state.ts';
import { FindElsewhere } from './find-elsewhere.tsx';
import { TraceDetail } from './trace-detail.tsx';
import { TraceLogs } from './trace-logs.tsx';
import { FindField, TraceTools } from './trace-tools.tsx';
import type { TraceAddress } from './use-trace-address.ts';
import { useTraceViews } from './use-trace-views.ts';
import type { UsualOf } from './use-usual-ranges.ts';
import { useWaterfall } from './use-waterfall.ts';
import { Waterfall } from './waterfall.tsx';
import { traceShortcuts } from './waterfall-shortcuts.ts';

const VIEW_NAMES: Readonly<Record<TraceViewName, MessageKey>> = {
  waterfall: 'trace.waterfall',
  flame: 'trace.flame',
  calls: 'trace.calls',
  statistics: 'trace.statistics',
  compare: 'trace.compare',
  logs: 'trace.logsCount',
};

/** Views that not everybody looks at come after the first. */
const FlameView = laterPart(async () => (await import('./flame-view.tsx')).FlameView);
const CallsView = laterPart(async () => (await import('./calls-view.tsx')).CallsView);
const StatisticsView = laterPart(async () => (await import('./statistics-view.tsx')).StatisticsView);
const CompareView = laterPart(async () => (await import('./compare-view.tsx')).CompareView);
const LATER_VIEWS = [FlameView, CallsView, StatisticsView, CompareView];

interface TraceTabsProps {
  readonly address: TraceAddress;
  readonly snapshot: TraceSnapshot;
  readonly head: TraceHeadLine;
  readonly usualOf: UsualOf;
}

/** The views of a trace, and beside them what is open in it. */
export function TraceTabs({ address, snapshot, head, usualOf }: TraceTabsProps) {
  const t = useTranslate();
  const format = useFormat();
  const waterfall = useWaterfall(snapshot, address);
  const [share, setShare] = usePanelShare();
  useShortcuts(traceShortcuts(address.view, address, waterfall, snapshot.tree));
  const views = useTraceViews(snapshot);
  useFetchedParts(LATER_VIEWS, true);
  const { tree } = snapshot;
  const { find, traceId } = address;
  const elsewhere = find !== '' && <FindElsewhere traceId={traceId} tree={tree} text={find} />;
  return (
    <SplitView
      share={share}
      onShare={setShare}
      shareLimits={{ min: MIN_PANEL_SHARE, max: MAX_PANEL_SHARE }}
      detailLabel={t(address.logId === undefined ? 'span.title' : 'record.title')}
      resizeLabel={t('detail.resize')}
      detail={
        address.isOpen ? (
          <TraceDetail
            address={address}
            snapshot={snapshot}
            unfinished={head.unfinished}
            usualOf={usualOf}
            actions={{ onFocus: (node) => address.setFocus(spanKeyOf(tree, node)) }}
          />
        ) : undefined
      }
    >
      <ViewTabs
        label={t('trace.views')}
        views={TRACE_VIEWS.map((value) => ({ value, label: t(VIEW_NAMES[value], { shown: format.number(tree.logs.ids.length) }) }))}
        view={address.view}
        onView={address.setView}
        tools={
          address.view === 'waterfall' && (
            <TraceTools address={address} waterfall={waterfall} repeatGroups={snapshot.repeats.groups} elsewhere={elsewhere} />
          )
        }
      >
        <ViewPanel view="waterfall">
          <Waterfall
            snapshot={snapshot}
            state={waterfall}
            showCritical={address.showCritical}
            usualOf={usualOf}
            spanCount={head.summary.spanCount}
          />
        </ViewPanel>
        <Suspense fallback={<SkeletonRows columns={[280, 40]} />}>
          <ViewPanel view="flame">
            <FlameView
              views={views}
              address={address}
              visits={waterfall.visits}
              find={<FindField address={address} waterfall={waterfall} canFilter={false} elsewhere={elsewhere} />}
            />
          </ViewPanel>
          <ViewPanel view="calls">
            <CallsView views={views} address={address} />
          </ViewPanel>
          <ViewPanel view="statistics">
            <StatisticsView views={views} address={address} />
          </ViewPanel>
          <ViewPanel view="compare">
            <CompareView views={views} address={address} head={head} />
          </ViewPanel>
        </Suspense>
        <ViewPanel view="logs">
          <TraceLogs tree={tree} selectedId={address.logId} onOpen={address.openLog} />
        </ViewPanel>
      </ViewTabs>
    </SplitView>
  );
}

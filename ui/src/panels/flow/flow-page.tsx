import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { flowQuery } from '../../api/queries.ts';
import { useAllPages } from '../../api/use-all-pages.ts';
import { causalDepths, causalOrder, type FlowItem } from '../../logic/causal-order.ts';
import { isErrorLevel, levelOf } from '../../logic/level.ts';
import { parseNanos } from '../../logic/nanos.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { SplitView } from '../../shared/SplitView/split-view.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { MAX_PANEL_SHARE, MIN_PANEL_SHARE, usePanelShare } from '../../state/panel-size.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { FlowDetail } from './flow-detail.tsx';
import { FlowHeader, FlowNotices, FlowTraces } from './flow-header.tsx';
import { FlowLanesView } from './flow-lanes-view.tsx';
import { FlowList } from './flow-list.tsx';
import { useFlowAddress } from './use-flow-address.ts';

/** Everything of one correlation ID, over all traces and services, in the order of cause. */
export function FlowPage() {
  const t = useTranslate();
  const address = useFlowAddress();
  const query = useInfiniteQuery(flowQuery(address.correlationId));
  const flow = useAllPages(query);
  const items = useMemo(() => causalOrder(flow.spans, flow.logs), [flow.spans, flow.logs]);
  const depths = useMemo(() => causalDepths(items), [items]);
  useProvideTarget('logs');
  const [share, setShare] = usePanelShare();
  const [active, setActive] = useState(-1);
  const selected = items.findIndex((item) => idOf(item) === address.selected);
  useEffect(() => {
    if (selected !== -1) setActive(selected);
  }, [selected]);
  const open = (index: number) => {
    const item = items[index];
    if (item === undefined) return;
    setActive(index);
    address.open(idOf(item));
  };
  const move = (step: number) => {
    const next = Math.min(items.length - 1, Math.max(0, active + step));
    if (selected === -1) setActive(next);
    else open(next);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    e: () => open(items.findIndex((item, index) => index > active && isErrorItem(item))),
    Enter: () => open(active),
    Escape: () => address.selected !== undefined && address.close(),
  });
  if (flow.summary === undefined) {
    if (!query.isError) return <SkeletonRows columns={[84, 60, 120]} />;
    if (query.error instanceof ApiError && query.error.status === 404) {
      return <EmptyState title={t('flow.unknownTitle')} text={t('flow.unknownText', { id: address.correlationId })} />;
    }
    return <ErrorPanel title={t('flow.failed')} failure={describeFailure(query.error, t)} onRetry={() => void query.refetch()} />;
  }
  const opened = items[selected];
  return (
    <>
      <FlowHeader summary={flow.summary} loadedSpans={flow.isComplete ? undefined : flow.spanCount} />
      <FlowTraces summary={flow.summary} />
      <FlowNotices summary={flow.summary} drops={flow.drops} unfinished={flow.unfinished} />
      <AnswerNotesBar answers={flow.pages} />
      <SplitView
        share={share}
        onShare={setShare}
        shareLimits={{ min: MIN_PANEL_SHARE, max: MAX_PANEL_SHARE }}
        detailLabel={t(opened?.type === 'span' ? 'span.title' : 'record.title')}
        resizeLabel={t('detail.resize')}
        detail={opened && <FlowDetail item={opened} logs={flow.logs} address={address} />}
      >
        <FlowLanesView items={items} current={active} onOpen={open} />
        <FlowList
          items={items}
          depths={depths}
          startNanos={parseNanos(flow.summary.startTimeUnixNano)}
          active={active}
          selected={selected}
          onActive={setActive}
          onOpen={open}
        />
      </SplitView>
    </>
  );
}

function idOf(item: FlowItem): string {
  return item.type === 'span' ? item.span.id : item.log.id;
}

function isErrorItem(item: FlowItem): boolean {
  return item.type === 'span' ? item.span.status?.code === 2 : isErrorLevel(levelOf(item.log));
}

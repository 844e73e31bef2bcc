import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { FlowBreak } from '@threadline/collector/api';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { flowQuery, servicesQuery } from '../../api/queries.ts';
import { useAllPages } from '../../api/use-all-pages.ts';
import { causalOrder, type FlowItem } from '../../logic/causal-order.ts';
import { breaksByItem, servicesOfFlow } from '../../logic/flow-breaks.ts';
import { rawItem, timesOf } from '../../logic/flow-clocks.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass } from '../../shared/Button/button.tsx';
import { ClockNotice } from '../../shared/ClockNotice/clock-notice.tsx';
import { laterPart, useFetchedParts } from '../../shared/later-part.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { PartNotice } from '../../shared/PageState/part-notice.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { isStopped, StoppedState } from '../../shared/PageState/stopped-state.tsx';
import { ServiceHuesProvider } from '../../shared/ServiceName/service-hues.tsx';
import { SplitView } from '../../shared/SplitView/split-view.tsx';
import { UnknownId } from '../../shared/UnknownId/unknown-id.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { MAX_PANEL_SHARE, MIN_PANEL_SHARE, usePanelShare } from '../../state/panel-size.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { FlowDetail } from './flow-detail.tsx';
import { BreakContinuation, FlowDoctor } from './flow-doctor.tsx';
import { FlowHeader, FlowNotices, FlowTraces } from './flow-header.tsx';
import { FlowViews } from './flow-views.tsx';
import { useFlowAddress } from './use-flow-address.ts';
import { useFlowClocks } from './use-flow-clocks.ts';
import { nextErrorItem, nextMessage, useSequence } from './use-sequence.ts';

/** Only where it is asked for. */
const ShareDialog = laterPart(async () => (await import('./share-dialog.tsx')).ShareDialog);
const LATER_PARTS = [ShareDialog];

/** Everything of one correlation ID, over all traces and services, in the order of cause. */
export function FlowPage() {
  const t = useTranslate();
  const address = useFlowAddress();
  const query = useInfiniteQuery(flowQuery(address.correlationId));
  const flow = useAllPages(query);
  const clocks = useFlowClocks(flow, address.correctClocks);
  const items = useMemo(() => causalOrder(clocks.spans, clocks.logs), [clocks.spans, clocks.logs]);
  const times = useMemo(() => (clocks.spans === flow.spans ? undefined : timesOf(clocks)), [clocks, flow.spans]);
  const breaks = useMemo(() => breaksByItem(items, flow.breaks), [items, flow.breaks]);
  useFetchedParts(LATER_PARTS, query.isSuccess);
  useProvideTarget('logs');
  const [share, setShare] = usePanelShare();
  const [active, setActive] = useState(-1);
  const [isSharing, setSharing] = useState(false);
  const services = useMemo(() => servicesOfFlow(flow.summary, flow.breaks), [flow.summary, flow.breaks]);
  const { correction } = clocks;
  const contents = useMemo(
    () => flow.summary && { ...flow, summary: flow.summary, ...(correction && { clocks: correction }) },
    [flow, correction],
  );
  const selected = address.selected === undefined ? -1 : items.findIndex((item) => idOf(item) === address.selected);
  const isSequence = address.view === 'sequence';
  const known = useQuery({ ...servicesQuery(), enabled: isSequence });
  const hints = useMemo(
    () => ({ breaks: flow.breaks, services: known.data?.services.map(({ name }) => name) ?? [] }),
    [flow.breaks, known.data],
  );
  const sequence = useSequence(isSequence ? items : NO_ITEMS, active, { hints, loops: address.loops });
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
    const next = isSequence ? nextMessage(sequence, active, step) : Math.min(items.length - 1, Math.max(0, active + step));
    if (selected === -1) setActive(next);
    else open(next);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    e: () => open(nextErrorItem(items, active, isSequence ? sequence : undefined)),
    Enter: () => open(active),
    Escape: () => address.selected !== undefined && address.close(),
  });
  if (flow.summary === undefined) {
    if (!query.isError) return isStopped(query) ? <StoppedState /> : <SkeletonRows columns={[84, 60, 120]} />;
    if (query.error instanceof ApiError && query.error.status === 404) {
      const id = address.correlationId;
      return (
        <UnknownId title={t('flow.unknownTitle')} text={t('flow.unknownText', { id })} id={id}>
          <Link to="/flows" className={buttonClass({})}>
            {t('flow.all')}
          </Link>
        </UnknownId>
      );
    }
    return <ErrorPanel title={t('flow.failed')} failure={describeFailure(query.error, t)} onRetry={() => void query.refetch()} />;
  }
  const opened = rawItem(items[selected], flow);
  return (
    <ServiceHuesProvider names={services}>
      <FlowHeader
        summary={flow.summary}
        loadedSpans={flow.isComplete ? undefined : flow.spanCount}
        breakCount={flow.breaks.length}
        durationNanos={times?.durationNanos ?? Number(flow.summary.durationNano)}
        onShare={() => setSharing(true)}
      />
      {isSharing && contents !== undefined && (
        <Suspense>
          <ShareDialog flow={contents} isComplete={flow.isComplete} onClose={() => setSharing(false)} />
        </Suspense>
      )}
      <FlowTraces summary={flow.summary} />
      <FlowNotices summary={flow.summary} breaks={flow.breaks} drops={flow.drops} unfinished={flow.unfinished} />
      <FlowDoctor
        breaks={flow.breaks}
        unseen={flow.unseen}
        onShow={({ anchor }) => open(items.findIndex((item) => item.type === 'span' && isAnchor(item, anchor)))}
        continuation={(found) => <BreakContinuation found={found} />}
      />
      {correction && <ClockNotice correction={correction} isCorrected={address.correctClocks} onCorrect={address.setCorrectClocks} />}
      <AnswerNotesBar answers={flow.pages} />
      {flow.nextError && (
        <PartNotice role="alert">
          {t('flow.cut', { reason: describeFailure(flow.nextError, t).message })}{' '}
          <Button size="small" onClick={flow.goOn}>
            {t('error.retry')}
          </Button>
        </PartNotice>
      )}
      {flow.isStopped && (
        <PartNotice role="status">
          {t('state.stopped')}{' '}
          <Button size="small" onClick={flow.goOn}>
            {t('state.goOn')}
          </Button>
        </PartNotice>
      )}
      <SplitView
        share={share}
        onShare={setShare}
        shareLimits={{ min: MIN_PANEL_SHARE, max: MAX_PANEL_SHARE }}
        detailLabel={t(opened?.type === 'span' ? 'span.title' : 'record.title')}
        resizeLabel={t('detail.resize')}
        detail={opened && <FlowDetail item={opened} logs={flow.logs} address={address} />}
      >
        <FlowViews
          correlationId={address.correlationId}
          startTimeUnixNano={times?.startTimeUnixNano ?? flow.summary.startTimeUnixNano}
          items={items}
          breaks={breaks}
          sequence={sequence}
          view={address.view}
          active={active}
          selected={selected}
          onView={address.setView}
          onActive={setActive}
          onOpen={open}
        />
      </SplitView>
    </ServiceHuesProvider>
  );
}

const NO_ITEMS: readonly FlowItem[] = [];

function isAnchor({ span }: Extract<FlowItem, { type: 'span' }>, anchor: FlowBreak['anchor']): boolean {
  return span.traceId === anchor?.traceId && span.spanId === anchor.spanId;
}

function idOf(item: FlowItem): string {
  return item.type === 'span' ? item.span.id : item.log.id;
}

import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { causalDepths, causalOrder, type FlowItem } from '../logic/causal-order.ts';
import { formatDuration } from '../logic/duration-format.ts';
import { breaksByItem } from '../logic/flow-breaks.ts';
import { isErrorLevel, levelOf } from '../logic/level.ts';
import { parseNanos } from '../logic/nanos.ts';
import type { SharedFlow } from '../logic/shared-flow.ts';
import type { MessageKey } from '../messages/english.ts';
import { useFormat } from '../messages/format.tsx';
import { useTranslate } from '../messages/translate.tsx';
import { FlowDoctor } from '../panels/flow/flow-doctor.tsx';
import { FlowLanesView } from '../panels/flow/flow-lanes-view.tsx';
import { FlowList } from '../panels/flow/flow-list.tsx';
import { SequenceTools } from '../panels/flow/sequence-tools.tsx';
import { SequenceView } from '../panels/flow/sequence-view.tsx';
import { useSequence } from '../panels/flow/use-sequence.ts';
import { SplitView } from '../shared/SplitView/split-view.tsx';
import { Timestamp } from '../shared/Timestamp/timestamp.tsx';
import { ViewPanel, ViewTabs } from '../shared/ViewTabs/view-tabs.tsx';
import { MAX_PANEL_SHARE, MIN_PANEL_SHARE, usePanelShare } from '../state/panel-size.ts';
import { useShortcuts } from '../state/shortcuts.ts';
import styles from './viewer.module.css';
import { ViewerDetail } from './viewer-detail.tsx';
import { ViewerLogs } from './viewer-logs.tsx';
import { ViewerTraces } from './viewer-traces.tsx';

const VIEWS = ['timeline', 'sequence', 'trace', 'logs'] as const;
type View = (typeof VIEWS)[number];
const VIEW_NAMES: Readonly<Record<View, MessageKey>> = {
  timeline: 'flow.timeline',
  sequence: 'flow.sequence',
  trace: 'viewer.trace',
  logs: 'viewer.logs',
};

/** The views of a flow that is in the page, and beside them what is open. */
export function ViewerFlow({ flow, languageChoice }: { readonly flow: SharedFlow; readonly languageChoice: ReactNode }) {
  const t = useTranslate();
  const items = useMemo(() => causalOrder(flow.spans, flow.logs), [flow]);
  const depths = useMemo(() => causalDepths(items), [items]);
  const breaks = useMemo(() => breaksByItem(items, flow.breaks), [items, flow.breaks]);
  const [view, setView] = useState<View>('timeline');
  const [active, setActive] = useState(-1);
  const [selected, setSelected] = useState(-1);
  const sequence = useSequence(items, active);
  const [share, setShare] = usePanelShare();
  useEffect(() => {
    document.title = `${flow.summary.correlationId} · Threadline`;
  }, [flow]);
  const open = (item: number): void => {
    if (items[item] === undefined) return;
    setActive(item);
    setSelected(item);
  };
  const move = (step: number): void => {
    const next = Math.min(items.length - 1, Math.max(0, active + step));
    if (selected === -1) setActive(next);
    else open(next);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    e: () => open(items.findIndex((item, index) => index > active && isErrorItem(item))),
    Enter: () => open(active),
    Escape: () => setSelected(-1),
  });
  const shared = { items, active, selected, onActive: setActive, onOpen: open };
  const opened = items[selected];
  return (
    <>
      <Header flow={flow} languageChoice={languageChoice} />
      <FlowDoctor
        breaks={flow.breaks}
        onShow={({ anchor }) =>
          open(
            items.findIndex((item) => item.type === 'span' && item.span.traceId === anchor?.traceId && item.span.spanId === anchor.spanId),
          )
        }
      />
      <SplitView
        share={share}
        onShare={setShare}
        shareLimits={{ min: MIN_PANEL_SHARE, max: MAX_PANEL_SHARE }}
        detailLabel={t(opened?.type === 'span' ? 'span.title' : 'record.title')}
        resizeLabel={t('detail.resize')}
        detail={opened && <ViewerDetail item={opened} items={items} onOpen={open} onClose={() => setSelected(-1)} />}
      >
        <ViewTabs
          label={t('flow.views')}
          views={VIEWS.map((value) => ({ value, label: t(VIEW_NAMES[value]) }))}
          view={view}
          onView={setView}
        >
          <ViewPanel view="timeline">
            <FlowLanesView items={items} breaks={breaks} current={active} onOpen={open} />
            <FlowList
              {...shared}
              breaks={breaks}
              depths={depths}
              startNanos={parseNanos(flow.summary.startTimeUnixNano)}
              traceLink={(traceId) => traceId.slice(0, 8)}
            />
          </ViewPanel>
          <ViewPanel view="sequence">
            <SequenceView
              {...shared}
              state={sequence}
              breaks={breaks}
              isDetailOpen={opened !== undefined}
              tools={<SequenceTools state={sequence} name={flow.summary.correlationId} />}
            />
          </ViewPanel>
          <ViewPanel view="trace">
            <ViewerTraces {...shared} traces={flow.summary.traces} />
          </ViewPanel>
          <ViewPanel view="logs">
            <ViewerLogs {...shared} />
          </ViewPanel>
        </ViewTabs>
      </SplitView>
    </>
  );
}

function Header({ flow, languageChoice }: { readonly flow: SharedFlow; readonly languageChoice: ReactNode }) {
  const t = useTranslate();
  const format = useFormat();
  const { summary, spans, logs, hiddenCount, leftOutCount, sharedAtMillis } = flow;
  const count = (value: number) => ({ count: value, shown: format.number(value) });
  return (
    <header className={styles.header}>
      <h1 className={styles.id}>{summary.correlationId}</h1>
      <span className={styles.strong}>{formatDuration(Number(summary.durationNano))}</span>
      {summary.errorCount > 0 && <span className={styles.error}>✕ {t('trace.errors', count(summary.errorCount))}</span>}
      <span>{t('flow.traces', count(summary.traces.length))}</span>
      <span>{t('trace.services', count(summary.services.length))}</span>
      <span>{t('trace.spans', count(spans.length))}</span>
      <span>{t('flow.logs', count(logs.length))}</span>
      <span>
        <Timestamp nanos={summary.startTimeUnixNano} form="exact" />
      </span>
      <span className={styles.about}>
        <span>Threadline · {t('viewer.shared', { time: format.millis(sharedAtMillis) })}</span>
        <span>{t('viewer.hidden', count(hiddenCount))}</span>
        {leftOutCount > 0 && <span>{t('viewer.leftOut', count(leftOutCount))}</span>}
        {languageChoice}
      </span>
    </header>
  );
}

function isErrorItem(item: FlowItem): boolean {
  return item.type === 'span' ? item.span.status?.code === 2 : isErrorLevel(levelOf(item.log));
}

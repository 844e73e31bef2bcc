import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { keysOfFlow, keysOfTrace } from '../frame/page-keys.ts';
import { ShortcutsDialog } from '../frame/shortcuts-dialog.tsx';
import { causalDepths, causalOrder } from '../logic/causal-order.ts';
import { correctionOf } from '../logic/clock-correction.ts';
import { formatDuration } from '../logic/duration-format.ts';
import { breaksByItem } from '../logic/flow-breaks.ts';
import { correctTimes, rawItem, timesOf } from '../logic/flow-clocks.ts';
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
import { nextErrorItem, nextMessage, useSequence } from '../panels/flow/use-sequence.ts';
import { SpanStandIn } from '../panels/trace-view/span-stand-in.tsx';
import { traceShortcuts } from '../panels/trace-view/waterfall-shortcuts.ts';
import { Button } from '../shared/Button/button.tsx';
import { ClockNotice } from '../shared/ClockNotice/clock-notice.tsx';
import { SplitView } from '../shared/SplitView/split-view.tsx';
import { Timestamp } from '../shared/Timestamp/timestamp.tsx';
import { ViewPanel, ViewTabs } from '../shared/ViewTabs/view-tabs.tsx';
import { MAX_PANEL_SHARE, MIN_PANEL_SHARE, usePanelShare } from '../state/panel-size.ts';
import { useShortcuts } from '../state/shortcuts.ts';
import { useSharedTrace } from './use-shared-trace.ts';
import styles from './viewer.module.css';
import { NO_ACTIONS, ViewerDetail } from './viewer-detail.tsx';
import { ViewerLogs } from './viewer-logs.tsx';
import { TRACE_VIEWS, ViewerTraces, type ViewerTraceView } from './viewer-traces.tsx';

const VIEWS = ['timeline', 'sequence', ...TRACE_VIEWS, 'logs'] as const;
type View = (typeof VIEWS)[number];
const VIEW_NAMES: Readonly<Record<View, MessageKey>> = {
  timeline: 'flow.timeline',
  sequence: 'flow.sequence',
  trace: 'viewer.trace',
  flame: 'trace.flame',
  calls: 'trace.calls',
  statistics: 'trace.statistics',
  logs: 'viewer.logs',
};

const NO_SHIFTS: ReadonlyMap<string, number> = new Map();

/** The views of a flow that is in the page, and beside them what is open. */
export function ViewerFlow({ flow, languageChoice }: { readonly flow: SharedFlow; readonly languageChoice: ReactNode }) {
  const t = useTranslate();
  const [isCorrected, setCorrected] = useState(false);
  const correction = useMemo(() => flow.clocks && correctionOf(flow.clocks), [flow]);
  const shifts = (isCorrected && correction?.shifts) || NO_SHIFTS;
  const drawn = useMemo(() => correctTimes(flow, shifts), [flow, shifts]);
  const times = useMemo(() => (shifts.size > 0 ? timesOf(drawn) : undefined), [drawn, shifts]);
  const items = useMemo(() => causalOrder(drawn.spans, drawn.logs), [drawn]);
  const depths = useMemo(() => causalDepths(items), [items]);
  const breaks = useMemo(() => breaksByItem(items, flow.breaks), [items, flow.breaks]);
  const [view, setView] = useState<View>('timeline');
  const [active, setActive] = useState(-1);
  const [selected, setSelected] = useState(-1);
  const [openLoops, setOpenLoops] = useState<readonly string[]>([]);
  // Nobody can be asked here: what the flow itself tells has to do.
  const hints = useMemo(() => ({ breaks: flow.breaks, services: [] }), [flow.breaks]);
  const sequence = useSequence(items, active, { hints, loops: { ids: openLoops, onChange: setOpenLoops } });
  const [share, setShare] = usePanelShare();
  const [keysOpen, setKeysOpen] = useState(false);
  useEffect(() => {
    document.title = `${flow.summary.correlationId} · Threadline`;
  }, [flow]);
  const open = (item: number): void => {
    if (items[item] === undefined) return;
    setActive(item);
    setSelected(item);
  };
  const trace = useSharedTrace(flow, {
    items,
    shifts,
    selected,
    onOpen: open,
    onClose: () => setSelected(-1),
    onWaterfall: () => setView('trace'),
  });
  const { address, snapshot, waterfall } = trace;
  const move = (step: number): void => {
    const next = view === 'sequence' ? nextMessage(sequence, active, step) : Math.min(items.length - 1, Math.max(0, active + step));
    if (selected === -1) setActive(next);
    else open(next);
  };
  const hasItems = view === 'timeline' || view === 'sequence';
  useShortcuts({
    '?': () => setKeysOpen(true),
    ...(isTraceView(view)
      ? traceShortcuts(view === 'trace' ? 'waterfall' : view, address, waterfall, snapshot.tree)
      : { e: () => open(nextErrorItem(items, active, view === 'sequence' ? sequence : undefined)), Escape: address.close }),
    ...(hasItems && { j: () => move(1), k: () => move(-1), Enter: () => open(active) }),
  });
  const shared = { items, active, selected, onActive: setActive, onOpen: open };
  const opened = useMemo(() => rawItem(items[selected], flow), [items, selected, flow]);
  return (
    <>
      <Header
        flow={flow}
        durationNanos={times?.durationNanos ?? Number(flow.summary.durationNano)}
        languageChoice={languageChoice}
        onKeys={() => setKeysOpen(true)}
      />
      <ShortcutsDialog open={keysOpen} keys={keysOf(view)} onClose={() => setKeysOpen(false)} />
      <FlowDoctor
        breaks={flow.breaks}
        unseen={flow.unseen}
        onShow={({ anchor }) =>
          open(
            items.findIndex((item) => item.type === 'span' && item.span.traceId === anchor?.traceId && item.span.spanId === anchor.spanId),
          )
        }
      />
      {correction && (
        <ClockNotice
          correction={correction}
          isCorrected={isCorrected}
          onCorrect={(next) => {
            setCorrected(next);
            // Places in the list are others now.
            setActive(-1);
            setSelected(-1);
          }}
        />
      )}
      <SplitView
        share={share}
        onShare={setShare}
        shareLimits={{ min: MIN_PANEL_SHARE, max: MAX_PANEL_SHARE }}
        detailLabel={t(opened?.type === 'log' ? 'record.title' : 'span.title')}
        resizeLabel={t('detail.resize')}
        detail={
          opened ? (
            <ViewerDetail
              item={opened}
              items={items}
              logs={flow.logs}
              trace={trace}
              onOpen={open}
              onFocus={(spanId) => {
                setView('trace');
                address.setFocus(spanId);
              }}
            />
          ) : trace.absentId === undefined ? undefined : (
            <SpanStandIn
              spanId={trace.absentId}
              unfinished={flow.unfinished}
              isComplete
              isParent
              actions={NO_ACTIONS}
              onClose={address.close}
            />
          )
        }
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
              startNanos={parseNanos(times?.startTimeUnixNano ?? flow.summary.startTimeUnixNano)}
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
          {TRACE_VIEWS.map((one) => (
            <ViewPanel key={one} view={one}>
              <ViewerTraces trace={trace} view={one} />
            </ViewPanel>
          ))}
          <ViewPanel view="logs">
            <ViewerLogs {...shared} />
          </ViewPanel>
        </ViewTabs>
      </SplitView>
    </>
  );
}

interface HeaderProps {
  readonly flow: SharedFlow;
  readonly durationNanos: number;
  readonly languageChoice: ReactNode;
  readonly onKeys: () => void;
}

function Header({ flow, durationNanos, languageChoice, onKeys }: HeaderProps) {
  const t = useTranslate();
  const format = useFormat();
  const { summary, spans, logs, hiddenCount, leftOutCount, sharedAtMillis } = flow;
  const count = (value: number) => ({ count: value, shown: format.number(value) });
  return (
    <header className={styles.header}>
      <h1 className={styles.id}>{summary.correlationId}</h1>
      <span className={styles.strong}>{formatDuration(durationNanos)}</span>
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
        <Button size="small" onClick={onKeys}>
          {t('keys.title')}
        </Button>
        {languageChoice}
      </span>
    </header>
  );
}

/** Keys of a shared file: what needs a collector is not among them. */
function keysOf(view: View): readonly MessageKey[] {
  return [...(view === 'timeline' || view === 'sequence' ? keysOfFlow(view) : keysOfTrace(view)), 'keys.all'];
}

function isTraceView(view: View): view is ViewerTraceView {
  return TRACE_VIEWS.some((known) => known === view);
}

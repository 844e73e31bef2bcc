import type { FlowSummary } from '@threadline/collector/api';
import { useCallback, useMemo, useState } from 'react';
import type { FlowItem } from '../logic/causal-order.ts';
import type { FlameWay } from '../logic/flame-ways.ts';
import type { FoldStep } from '../logic/fold-steps.ts';
import type { Grouping } from '../logic/groupings.ts';
import type { SharedFlow } from '../logic/shared-flow.ts';
import { spanKeyIn, spanOfKey, storeOfRecords } from '../logic/shared-trace.ts';
import { spanTreeOf, type TraceMeasures } from '../logic/trace-measures.ts';
import { type TraceSnapshot, takeSnapshot } from '../logic/trace-snapshot.ts';
import { answerView } from '../logic/trace-views.ts';
import type { SpanGroup } from '../panels/trace-view/use-trace-address.ts';
import type { TraceViews } from '../panels/trace-view/use-view.ts';
import { useWaterfall, type Waterfall } from '../panels/trace-view/use-waterfall.ts';
import type { FlameAddress, StatisticsAddress } from '../panels/trace-view/views-address.ts';
import type { WaterfallAddress } from '../panels/trace-view/waterfall-address.ts';

interface SharedTraceOptions {
  readonly items: readonly FlowItem[];
  /** Nanoseconds to add to the times of each service, where clocks are to be corrected. */
  readonly shifts: ReadonlyMap<string, number>;
  /** The item that is open; -1 for none. */
  readonly selected: number;
  readonly onOpen: (item: number) => void;
  readonly onClose: () => void;
  /** Shows the waterfall: what was chosen elsewhere is to be seen in it. */
  readonly onWaterfall: () => void;
}

/** All that the views of a trace keep of themselves. */
export type SharedTraceAddress = WaterfallAddress & FlameAddress & StatisticsAddress;

/** The trace of the flow that is looked at, as a waterfall and in its other views. */
export interface SharedTrace {
  /** Those that have a span in the file. */
  readonly traces: FlowSummary['traces'];
  readonly traceId: string;
  readonly choose: (traceId: string) => void;
  readonly snapshot: TraceSnapshot;
  readonly address: SharedTraceAddress;
  /** Its other views, worked out on demand by the page itself: a file has no worker. */
  readonly views: TraceViews;
  readonly waterfall: Waterfall;
  /** A span that is open and of which there is no item: it is missing, or has not ended. */
  readonly absentId: string | undefined;
}

interface Shown {
  readonly showLogs: boolean;
  readonly showCritical: boolean;
  readonly foldRepeats: boolean;
  readonly find: string;
  readonly onlyFound: boolean;
  readonly focusId: string | undefined;
  readonly group: SpanGroup | undefined;
  readonly grouping: Grouping | undefined;
  readonly sort: StatisticsAddress['sort'];
  readonly flameWay: FlameWay;
  readonly frameId: string | undefined;
}

/** What was done to the rows and the time axis of one trace. */
interface Kept {
  readonly traceId: string;
  readonly foldSteps: readonly FoldStep[];
  readonly zoom: string | undefined;
}

function ofTrace(kept: Kept | undefined, traceId: string): Kept {
  return kept?.traceId === traceId ? kept : { traceId, foldSteps: [], zoom: undefined };
}

const EVERYTHING: Shown = {
  showLogs: true,
  showCritical: true,
  foldRepeats: true,
  find: '',
  onlyFound: false,
  focusId: undefined,
  group: undefined,
  grouping: undefined,
  sort: { by: 'self', descending: true },
  flameWay: 'merged',
  frameId: undefined,
};
/** What belongs to one trace and not to the next. */
const NOTHING_CHOSEN: Partial<Shown> = {
  focusId: undefined,
  group: undefined,
  frameId: undefined,
  onlyFound: false,
  find: '',
};

/** The trace of what is open, else the one that was chosen, else the first. What is shown of it is kept here: a file has no address of its own. */
export function useSharedTrace(
  flow: SharedFlow,
  { items, shifts, selected, onOpen, onClose, onWaterfall }: SharedTraceOptions,
): SharedTrace {
  const [chosen, setChosen] = useState('');
  const [shown, setShown] = useState(EVERYTHING);
  const [kept, setKept] = useState(() => ofTrace(undefined, ''));
  const [absent, setAbsent] = useState<string>();
  const traces = useMemo(() => {
    const ids = new Set(items.flatMap((item) => (item.type === 'span' ? [item.span.traceId] : [])));
    return flow.summary.traces.filter(({ traceId }) => ids.has(traceId));
  }, [flow, items]);
  const opened = items[selected];
  const openedTrace = opened?.type === 'span' ? opened.span.traceId : opened?.log.traceId;
  const [wanted] = [openedTrace, chosen].filter((id) => traces.some(({ traceId }) => traceId === id));
  const traceId = wanted ?? traces[0]?.traceId ?? '';
  const snapshot = useMemo(() => {
    const store = storeOfRecords({
      traceId,
      spans: flow.spans.filter((span) => span.traceId === traceId),
      logs: flow.logs.filter((log) => log.traceId === traceId),
      unfinished: flow.unfinished.filter((span) => span.traceId === traceId),
    });
    const offsets = Float64Array.from(store.services, (service) => shifts.get(service) ?? 0);
    return takeSnapshot(store, { isComplete: true, ...(shifts.size > 0 && { offsets }) });
  }, [flow, traceId, shifts]);
  const spanId = opened?.type === 'span' ? spanKeyIn(flow.spans, opened.span) : undefined;
  const absentId = opened === undefined ? absent : undefined;
  const change = (next: Partial<Shown>): void => setShown((before) => ({ ...before, ...next }));
  const changeKept = useCallback(
    (next: (before: Kept) => Partial<Kept>): void =>
      setKept((before) => {
        const own = ofTrace(before, traceId);
        return { ...own, ...next(own) };
      }),
    [traceId],
  );
  const changeFoldSteps = useCallback(
    (next: (before: readonly FoldStep[]) => readonly FoldStep[]): void => changeKept(({ foldSteps }) => ({ foldSteps: next(foldSteps) })),
    [changeKept],
  );
  const setZoom = useCallback((zoom: string | undefined): void => changeKept(() => ({ zoom })), [changeKept]);
  const address: SharedTraceAddress = {
    ...shown,
    ...ofTrace(kept, traceId),
    spanId: spanId ?? absentId,
    logId: opened?.type === 'log' ? opened.log.id : undefined,
    isOpen: opened !== undefined || absentId !== undefined,
    openSpan: (id) => {
      const wantedId = spanOfKey(flow.spans, { traceId, key: id })?.id;
      const item = items.findIndex((one) => one.type === 'span' && one.span.id === wantedId);
      setChosen(traceId);
      setAbsent(item === -1 ? id : undefined);
      if (item === -1) onClose();
      else onOpen(item);
    },
    openLog: (id) => onOpen(items.findIndex((one) => one.type === 'log' && one.log.id === id)),
    close: () => {
      setChosen(traceId);
      setAbsent(undefined);
      onClose();
    },
    setShowLogs: (showLogs) => change({ showLogs }),
    setShowCritical: (showCritical) => change({ showCritical }),
    setFoldRepeats: (foldRepeats) => change({ foldRepeats }),
    setFind: (find) => change(find === '' ? { find, onlyFound: shown.group !== undefined && shown.onlyFound } : { find }),
    setOnlyFound: (onlyFound) => change({ onlyFound }),
    setFocus: (focusId) => {
      change({ focusId });
      setZoom(undefined);
    },
    setZoom,
    changeFoldSteps,
    showGroup: (group) => {
      change({ ...NOTHING_CHOSEN, group, onlyFound: true });
      onWaterfall();
    },
    clearGroup: () => change({ group: undefined, onlyFound: shown.find !== '' && shown.onlyFound }),
    setGrouping: (grouping) => change({ grouping }),
    setSort: (by, descending) => change({ sort: { by, descending } }),
    setFlameWay: (flameWay) => change({ flameWay, frameId: undefined }),
    setFrame: (frameId) => change({ frameId }),
    moveFrame: (frameId) => change({ frameId }),
  };
  const views = useMemo(() => viewsOf(snapshot), [snapshot]);
  const waterfall = useWaterfall(snapshot, address);
  const choose = (next: string): void => {
    setChosen(next);
    setAbsent(undefined);
    change(NOTHING_CHOSEN);
    onClose();
  };
  return { traces, traceId, choose, snapshot, views, address, waterfall, absentId };
}

function viewsOf(snapshot: TraceSnapshot): TraceViews {
  const measures: TraceMeasures = { tree: spanTreeOf(snapshot.tree), self: snapshot.self, critical: snapshot.critical.nanos };
  return { snapshot, ask: async (request) => answerView(measures, request), close: () => undefined };
}

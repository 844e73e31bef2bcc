import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { FlameWay } from '../../logic/flame-ways.ts';
import { type FoldStep, parseSteps, writeSteps } from '../../logic/fold-steps.ts';
import type { Grouping } from '../../logic/groupings.ts';
import type { StatisticColumn } from '../../logic/statistic-columns.ts';
import { parseList, type TraceUrl, type TraceViewName, writeList } from '../../state/url-state.ts';

/** How many healthy traces one is compared with: more tell little more, and each is read whole. */
export const PEER_COUNTS = [5, 10, 20] as const;
const DEFAULT_PEERS = 10;

/** Spans of one service, or of one of its operations. */
export interface SpanGroup {
  readonly service: string;
  readonly operation?: string | undefined;
}

type TraceChange = { readonly [Key in keyof TraceUrl]: TraceUrl[Key] | undefined };

const route = getRouteApi('/trace/$traceId');

/** The trace that is shown, what is open in it, and the ways to change that. */
export function useTraceAddress() {
  const { traceId } = route.useParams();
  const url = route.useSearch();
  const navigate = route.useNavigate();
  /** Moving about in one trace leaves no trail of its own: back leads to where the trace was opened from. */
  const update = useCallback(
    (change: TraceChange | ((before: TraceUrl) => TraceChange), replace: boolean): void => {
      const changeOf = typeof change === 'function' ? change : () => change;
      void navigate({ search: (before) => ({ ...before, ...changeOf(before) }) as TraceUrl, replace });
    },
    [navigate],
  );
  const foldSteps = useMemo(() => stepsOf(url), [url.folds]);
  const changeFoldSteps = useCallback(
    (next: (before: readonly FoldStep[]) => readonly FoldStep[]): void =>
      update((before) => ({ folds: writeList(writeSteps(next(stepsOf(before)))) }), true),
    [update],
  );
  const setZoom = useCallback((zoom: string | undefined): void => update({ zoom }, true), [update]);
  const group: SpanGroup | undefined = url.service === undefined ? undefined : { service: url.service, operation: url.operation };
  const isOpen = url.span !== undefined || url.log !== undefined;
  return {
    traceId,
    spanId: url.span,
    logId: url.log,
    view: url.view ?? ('waterfall' as const),
    showLogs: url.logs !== '0',
    correctClocks: url.clocks === '1',
    showCritical: url.critical !== '0',
    foldRepeats: url.repeats !== '0',
    find: url.find ?? '',
    onlyFound: url.only === '1',
    focusId: url.focus,
    foldSteps,
    changeFoldSteps,
    zoom: url.zoom,
    setZoom,
    /** Spans that are found by what they are, not by a text; undefined where no such choice is made. */
    group,
    grouping: url.by,
    sort: { by: url.sort ?? ('self' as const), descending: url.dir !== 'asc' },
    flameWay: url.flame ?? ('merged' as const),
    frameId: url.frame,
    withTrace: url.with,
    peerCount: PEER_COUNTS.find((count) => String(count) === url.peers) ?? DEFAULT_PEERS,
    onlyChanged: url.changed === '1',
    isOpen,
    openSpan: (span: string) => update({ span, log: undefined }, isOpen),
    /** In the waterfall, whatever view there is now. */
    showSpan: (span: string) => update({ span, log: undefined, view: undefined }, isOpen && url.view === undefined),
    openLog: (log: string) => update({ log, span: undefined }, isOpen),
    close: () => update({ span: undefined, log: undefined }, false),
    setView: (view: TraceViewName) => update({ view: view === 'waterfall' ? undefined : view }, false),
    setShowLogs: (show: boolean) => update({ logs: show ? undefined : '0' }, true),
    setCorrectClocks: (correct: boolean) => update({ clocks: correct ? '1' : undefined }, true),
    setShowCritical: (show: boolean) => update({ critical: show ? undefined : '0' }, true),
    setFoldRepeats: (fold: boolean) => update({ repeats: fold ? undefined : '0' }, true),
    setFind: (find: string) =>
      update(find === '' ? { find: undefined, only: url.service === undefined ? undefined : url.only } : { find }, true),
    setOnlyFound: (only: boolean) => update({ only: only ? '1' : undefined }, true),
    setFocus: (focus: string | undefined) => update({ focus, zoom: undefined }, false),
    /** Only the spans of a service, or of an operation of it, in the waterfall. */
    showGroup: ({ service, operation }: SpanGroup) =>
      update({ view: undefined, service, operation, only: '1', find: undefined, focus: undefined, zoom: undefined }, false),
    clearGroup: () => update({ service: undefined, operation: undefined, only: url.find === undefined ? undefined : url.only }, false),
    setGrouping: (by: Grouping) => update({ by }, true),
    setSort: (sort: StatisticColumn, descending: boolean) => update({ sort, dir: descending ? undefined : 'asc' }, true),
    setFlameWay: (flame: FlameWay) => update({ flame: flame === 'merged' ? undefined : flame, frame: undefined }, true),
    setFrame: (frame: string | undefined) => update({ frame }, false),
    /** As `setFrame`, of what follows from another change: back undoes both. */
    moveFrame: (frame: string | undefined) => update({ frame }, true),
    setWith: (trace: string | undefined) => update({ with: trace }, false),
    setPeerCount: (count: number) => update({ peers: count === DEFAULT_PEERS ? undefined : String(count) }, true),
    setOnlyChanged: (only: boolean) => update({ changed: only ? '1' : undefined }, true),
  };
}

function stepsOf({ folds }: Pick<TraceUrl, 'folds'>): readonly FoldStep[] {
  return parseSteps(parseList(folds));
}

export type TraceAddress = ReturnType<typeof useTraceAddress>;

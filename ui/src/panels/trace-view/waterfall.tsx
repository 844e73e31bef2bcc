import { type KeyboardEvent, useCallback, useEffect, useMemo, useState, type WheelEvent } from 'react';
import { panWindow, type TimeWindow, zoomWindow } from '../../logic/time-window.ts';
import { TRACE_MARKS } from '../../logic/trace-marks.ts';
import { nearestRow, nodeKey, nodeOfKey, rowOf, siblingPlaces } from '../../logic/trace-rows.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { createLiveValue } from '../../shared/live-value.ts';
import { useWidth } from '../../shared/use-width.ts';
import { useRowHeight } from '../../state/preferences.ts';
import { PLOT_MARGIN } from './draw-waterfall.ts';
import { Minimap } from './minimap.tsx';
import { MovingNames } from './moving-names.tsx';
import styles from './trace-view.module.css';
import { NO_STEP, TreeRows } from './tree-rows.tsx';
import type { UsualOf } from './use-usual-ranges.ts';
import type { Waterfall as WaterfallState } from './use-waterfall.ts';
import { Bars } from './waterfall-bars.tsx';
import { WaterfallRow } from './waterfall-row.tsx';
import { Ticks } from './waterfall-ticks.tsx';

/** A turn of the wheel by a hundred pixels shows two thirds as much. */
const ZOOM_PER_PIXEL = 1.004;

interface WaterfallProps {
  readonly snapshot: TraceSnapshot;
  readonly state: WaterfallState;
  readonly showCritical: boolean;
  readonly usualOf: UsualOf;
  /** Of the whole trace: what has not come yet has rows too. */
  readonly spanCount: number;
}

/**
 * The trace as a tree with time beside it. Names are rows of a treegrid, for a keyboard and a screen reader too; bars, marks and durations are
 * drawn beside those in view.
 */
export function Waterfall({ snapshot, state, showCritical, usualOf, spanCount }: WaterfallProps) {
  const t = useTranslate();
  const rowHeight = useRowHeight();
  const [box, width] = useWidth<HTMLDivElement>();
  const { tree } = snapshot;
  const { rows, window, setWindow } = state;
  const [steps] = useState(() => createLiveValue(NO_STEP));
  useDrawnMarks(snapshot.isComplete);
  const identity = useMemo(
    () => ({
      contents: rows,
      keyOf: (row: number) => (rows[row] === undefined ? undefined : nodeKey(tree, rows[row])),
      rowOf: (key: string) => nearestRow(tree, nodeOfKey(tree, key), { rows, headOf: snapshot.repeats.headOf }),
    }),
    [rows, tree, snapshot],
  );
  const waiting = snapshot.isComplete ? 0 : Math.max(0, spanCount - snapshot.loadedSpans);
  const keys = (event: KeyboardEvent) => {
    if (foldByKey(event.key, snapshot, state)) event.preventDefault();
  };
  const wheel = (event: WheelEvent<HTMLDivElement>) => {
    const plot = event.currentTarget.getBoundingClientRect();
    const place = (event.clientX - plot.right + width) / Math.max(1, width - PLOT_MARGIN);
    const next = wheelWindow(event, { window: window.get(), place, width });
    if (next !== undefined) setWindow(next);
  };
  const topDepth = state.focus === -1 ? 0 : (tree.depth[state.focus] ?? 0);
  const { isFolded, canFold, isRepeat, found, toggle } = state;
  const siblings = useMemo(() => siblingPlaces(tree.parent, rows), [tree, rows]);
  const rowAria = useCallback(
    (row: number) => {
      const node = rows[row];
      if (node === undefined) return { 'aria-busy': true };
      return {
        'aria-level': (tree.depth[node] ?? 0) - topDepth + 1,
        'aria-posinset': siblings.place[row],
        'aria-setsize': siblings.of[row],
        ...(canFold(node) ? { 'aria-expanded': !isFolded(node) } : {}),
      };
    },
    [rows, tree, topDepth, siblings, canFold, isFolded],
  );
  const renderRow = useCallback(
    (row: number) => {
      const node = rows[row];
      if (node === undefined) return <WaitingRow />;
      return (
        <WaterfallRow
          snapshot={snapshot}
          node={node}
          topDepth={topDepth}
          isFolded={isFolded(node)}
          canFold={canFold(node)}
          isRepeat={isRepeat(node)}
          isFound={found?.is(node) ?? false}
          usual={usualOf(node)}
          onToggle={toggle}
        />
      );
    },
    [rows, snapshot, topDepth, isFolded, canFold, isRepeat, found, usualOf, toggle],
  );
  return (
    <div className={styles.waterfall} onWheel={wheel}>
      <Minimap snapshot={snapshot} window={window} onWindow={setWindow} />
      <TreeRows
        label={t('trace.waterfall')}
        rowCount={rows.length + waiting}
        rowHeight={rowHeight}
        columnCount={2}
        active={state.active}
        identity={identity}
        selected={state.selected}
        onActive={state.activate}
        onOpen={(row) => {
          const node = rows[row];
          if (node !== undefined) state.open(node);
        }}
        onKey={keys}
        rowAria={rowAria}
        header={
          <div className={styles.cells} role="presentation">
            <span role="columnheader" className={styles.name}>
              <span className={styles.label} style={{ paddingLeft: 12 }}>
                {t('trace.serviceAndOperation')}
              </span>
            </span>
            <span role="columnheader" aria-label={t('trace.time')} className={styles.timeline}>
              <div ref={box} className={styles.whole}>
                <Ticks durationNanos={tree.durationNanos} width={width} window={window} height={rowHeight} />
              </div>
            </span>
          </div>
        }
        renderRow={renderRow}
        steps={steps}
        renderOver={({ height }) => (
          <>
            <MovingNames snapshot={snapshot} state={state} steps={steps} height={height} topDepth={topDepth} />
            <Bars snapshot={snapshot} state={state} steps={steps} height={height} showCritical={showCritical} usualOf={usualOf} />
          </>
        )}
      />
    </div>
  );
}

/** Says when the first of a trace stands on the screen, and when all of it does. */
function useDrawnMarks(isComplete: boolean): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => performance.mark(isComplete ? TRACE_MARKS.wholeDrawn : TRACE_MARKS.drawn));
    return () => cancelAnimationFrame(frame);
  }, [isComplete]);
}

/** A span that has not been loaded yet. */
function WaitingRow() {
  const t = useTranslate();
  return (
    <>
      <span role="gridcell" className={`${styles.nameCell} ${styles.waiting}`}>
        {t('trace.notLoaded')}
      </span>
      <span role="gridcell" className={styles.timeCell} />
    </>
  );
}

/** Left folds or goes up, right unfolds or goes down, space does the other. True for a key that did something. */
function foldByKey(key: string, { tree }: TraceSnapshot, state: WaterfallState): boolean {
  const node = state.rows[state.active];
  if (node === undefined || !['ArrowRight', 'ArrowLeft', ' '].includes(key)) return false;
  const folds = state.canFold(node);
  const isFolded = state.isFolded(node);
  if (key === ' ') {
    if (folds) state.toggle(node, !isFolded);
  } else if (key === 'ArrowRight') {
    if (folds && isFolded) state.toggle(node, false);
    else if (folds) state.activate(state.active + 1);
  } else if (folds && !isFolded) state.toggle(node, true);
  else {
    const above = rowOf(state.rows, tree.parent[node] ?? -1);
    if (above !== -1) state.activate(above);
  }
  return true;
}

interface WheelPlace {
  readonly window: TimeWindow;
  /** Of the plot, 0 to 1. */
  readonly place: number;
  readonly width: number;
}

/** With Ctrl (which a pinch sends) the wheel zooms about the pointer, sideways or with Shift it moves along; else it is not for the time axis. */
function wheelWindow(event: WheelEvent, { window, place, width }: WheelPlace): TimeWindow | undefined {
  if (event.ctrlKey) return zoomWindow(window, { factor: ZOOM_PER_PIXEL ** event.deltaY, place: Math.min(1, Math.max(0, place)) });
  const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  return sideways === 0 ? undefined : panWindow(window, sideways / Math.max(1, width));
}

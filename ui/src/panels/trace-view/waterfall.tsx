import { type KeyboardEvent, useMemo } from 'react';
import { canCollapse } from '../../logic/trace-rows.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import { windowTicks } from '../../logic/window-ticks.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { useWidth } from '../../shared/use-width.ts';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { Minimap } from './minimap.tsx';
import styles from './trace-view.module.css';
import type { Waterfall as WaterfallState } from './use-waterfall.ts';
import { WaterfallAxis } from './waterfall-axis.tsx';
import { WaterfallRow } from './waterfall-row.tsx';

/** About as much of the width as the time axis has beside the names. */
const PLOT_SHARE = 0.5;
const PIXELS_PER_TICK = 90;

interface WaterfallProps {
  readonly tree: TraceTree;
  readonly state: WaterfallState;
  readonly showLogs: boolean;
}

/**
 * The trace as a tree with time beside it. Rows are DOM, only those in view; the minimap, which shows every span at once, is a canvas.
 * For a keyboard and a screen reader it is a treegrid.
 */
export function Waterfall({ tree, state, showLogs }: WaterfallProps) {
  const t = useTranslate();
  const rowHeight = useRowHeight();
  const [box, width] = useWidth<HTMLDivElement>();
  const maxTicks = Math.max(1, Math.floor((width * PLOT_SHARE) / PIXELS_PER_TICK));
  const ticks = useMemo(() => windowTicks(tree.durationNanos, { window: state.window, maxTicks }), [tree, state.window, maxTicks]);
  const { rows } = state;
  const fold = (event: KeyboardEvent) => {
    const node = rows[state.active];
    if (node === undefined) return;
    const folds = canCollapse(tree, node, showLogs);
    const isFolded = state.collapsed.has(node);
    const parent = tree.parent[node] ?? -1;
    if (event.key === 'ArrowRight') {
      if (folds && isFolded) state.toggle(node, false);
      else if (folds) state.activate(state.active + 1);
    } else if (event.key === 'ArrowLeft') {
      if (folds && !isFolded) state.toggle(node, true);
      else if (parent !== -1) state.activate(rows.indexOf(parent));
    } else if (event.key === ' ') {
      if (folds) state.toggle(node, !isFolded);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <div ref={box} />
      <Minimap tree={tree} window={state.window} onWindow={state.setWindow} />
      <VirtualGrid
        role="treegrid"
        label={t('trace.waterfall')}
        rowCount={rows.length}
        rowHeight={rowHeight}
        totalRowCount={rows.length + 1}
        columnCount={2}
        active={state.active}
        selected={state.selected}
        onActive={state.activate}
        onOpen={(row) => {
          const node = rows[row];
          if (node !== undefined) state.open(node);
        }}
        onKey={fold}
        rowKey={(row) => rows[row] ?? row}
        rowAria={(row) => {
          const node = rows[row] ?? 0;
          return {
            'aria-level': (tree.depth[node] ?? 0) + 1,
            ...(canCollapse(tree, node, showLogs) ? { 'aria-expanded': !state.collapsed.has(node) } : {}),
          };
        }}
        header={
          <div className={styles.cells} role="presentation">
            <span role="columnheader" className={styles.name}>
              <span className={styles.label} style={{ paddingLeft: 12 }}>
                {t('trace.serviceAndOperation')}
              </span>
            </span>
            <WaterfallAxis ticks={ticks} />
          </div>
        }
        renderRow={(row) => {
          const node = rows[row];
          return (
            node !== undefined && (
              <WaterfallRow
                tree={tree}
                node={node}
                window={state.window}
                ticks={ticks}
                isFolded={state.collapsed.has(node)}
                canFold={canCollapse(tree, node, showLogs)}
                onToggle={state.toggle}
              />
            )
          );
        }}
      />
    </>
  );
}

import {
  type AriaAttributes,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
} from 'react';
import { moveTarget } from '../../logic/move-target.ts';
import type { LiveValue } from '../../shared/live-value.ts';
import styles from './tree-rows.module.css';
import { type RowsInView, useRowWindow } from './use-row-window.ts';
import { type RowIdentity, useSteadyRows } from './use-steady-rows.ts';

interface TreeRowsProps {
  readonly label: string;
  readonly rowCount: number;
  /** Pixels; of the header too. What is in a row finds it as `--row-height`. */
  readonly rowHeight: number;
  readonly columnCount: number;
  /** The row the keys are on; -1 for none. */
  readonly active: number;
  readonly selected: number;
  readonly header: ReactNode;
  readonly onActive: (row: number) => void;
  readonly onOpen: (row: number) => void;
  /** Keys that the rows themselves have no use for. */
  readonly onKey: (event: KeyboardEvent) => void;
  readonly rowAria: (row: number) => AriaAttributes;
  readonly renderRow: (row: number) => ReactNode;
  /** With it what is looked at stays where it is when rows come or go: the row under the pointer, else the active one, else the first in view. */
  readonly identity?: RowIdentity;
  /** Drawn over the rows, which are still the ones that are clicked. */
  readonly renderOver: (view: RowsInView) => ReactNode;
  /** For one who draws whole rows while they are scrolled: it is kept up, and elements follow when the scroll rests. Until then `data-moving` is on what `renderOver` is in, which has to cover them. */
  readonly steps?: LiveValue<RowsStep>;
}

/** Where a scroll has come to. */
export interface RowsStep {
  readonly view: RowsInView;
  /** The rows' elements are those of a place that it has left. */
  readonly isMoving: boolean;
}

export const NO_STEP: RowsStep = { view: { first: 0, count: 0, top: 0, height: 0 }, isMoving: false };

/** Rows are placed from the first of so many on: no place is too far away for exact pixels, and few scrolled frames place all of them anew. */
const ROWS_PER_BLOCK = 1_000;

/**
 * A treegrid of any number of rows of one height. Only as many rows exist as are seen, always the same elements: one that leaves at an edge comes
 * back at the other with other contents, and all others stay as they are; and beyond what a browser can scroll, the way of the scrollbar is
 * shortened. One tab stop; the keys move the active row. `rowAria` and `renderRow` are the same functions while no row has changed.
 */
export function TreeRows(props: TreeRowsProps) {
  const { rowCount, rowHeight, active, steps } = props;
  const id = useId();
  const { scroller, head, view, capacity, space, isAtRest, reveal, scrollTo } = useRowWindow({
    rowCount,
    rowHeight,
    onStep: steps && ((view) => showStep({ view, isMoving: true })),
  });
  const { first, count, height } = view;
  const sizes: CSSProperties & Record<'--row-height', string> = { '--row-height': `${rowHeight}px` };
  const { group, pointerHandlers } = useSteadyRows({
    identity: props.identity,
    view,
    seen: steps && (() => steps.get().view),
    active,
    rowHeight,
    scrollTo,
  });
  const showStep = (step: RowsStep): void => {
    // React has no part in a step.
    group.current?.toggleAttribute('data-moving', step.isMoving);
    steps?.set(step);
  };
  useLayoutEffect(() => {
    if (steps === undefined || !isAtRest()) return;
    const before = steps.get();
    if (before.isMoving || !isSameView(before.view, view)) showStep({ view, isMoving: false });
  });
  // Only when another row is active: rows that arrive must not take a reader back who has scrolled on.
  const activeKey = active < 0 ? undefined : (props.identity?.keyOf(active) ?? active);
  const activeRow = useRef(active);
  activeRow.current = active;
  useEffect(() => {
    if (activeKey !== undefined) reveal(activeRow.current);
  }, [activeKey, reveal]);
  // A panel that opens beside the rows makes tools wrap and the view lower: the row it was opened for stays in it.
  const drawn = useRef(view);
  useEffect(() => {
    const before = drawn.current;
    if (view.height < before.height && active >= before.first && active < before.first + before.count) reveal(active);
    drawn.current = view;
  }, [view, active, reveal]);
  const onKeyDown = (event: KeyboardEvent) => {
    const pageRows = Math.max(1, Math.floor(height / rowHeight) - 1);
    const target = moveTarget(event.key, { active, rowCount, pageRows });
    if (target !== undefined) props.onActive(target);
    else if (event.key === 'Enter' && active >= 0) props.onOpen(active);
    else {
      props.onKey(event);
      return;
    }
    event.preventDefault();
  };
  const handlers = useRef({ onActive: props.onActive, onOpen: props.onOpen });
  handlers.current = { onActive: props.onActive, onOpen: props.onOpen };
  const onClick = useCallback((row: number) => {
    handlers.current.onActive(row);
    handlers.current.onOpen(row);
  }, []);
  const onClickDrawn = (event: MouseEvent<HTMLDivElement>): void => {
    // A row that is an element has its own, where a screen reader clicks it.
    if (steps === undefined || (event.target instanceof Element && event.target.closest('[role="row"]') !== null)) return;
    const { view: seen, isMoving } = steps.get();
    const row = seen.first + Math.floor((event.clientY - event.currentTarget.getBoundingClientRect().top - seen.top) / rowHeight);
    if (isMoving && row < rowCount) onClick(row);
  };
  const block = first - (first % ROWS_PER_BLOCK);
  const turn = capacity === 0 ? 0 : first % capacity;
  const rows = Array.from({ length: capacity }, (_, slot) => first + ((slot - turn + capacity) % capacity));
  return (
    <div
      ref={scroller}
      className={styles.grid}
      style={sizes}
      role="treegrid"
      aria-label={props.label}
      aria-rowcount={rowCount + 1}
      aria-colcount={props.columnCount}
      aria-activedescendant={active >= first && active < first + count ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div ref={head} role="row" aria-rowindex={1} className={styles.header}>
        {props.header}
      </div>
      <div className={styles.space} role="presentation" style={{ height: Math.max(space, height) }}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a click on a row whose element is yet to come; keys are the grid's */}
        <div ref={group} className={styles.view} role="presentation" style={{ height }} onClick={onClickDrawn} {...pointerHandlers}>
          <div
            className={styles.rows}
            role="rowgroup"
            // Elements are in the order of their slots, rows are read in their own.
            aria-owns={turn === 0 ? undefined : Array.from({ length: count }, (_, place) => `${id}-${first + place}`).join(' ')}
            style={{ transform: `translateY(${view.top - (first - block) * rowHeight}px)` }}
          >
            {rows.map((row, slot) =>
              row >= first + count ? null : (
                <TreeRow
                  key={slot}
                  id={`${id}-${row}`}
                  row={row}
                  top={(row - block) * rowHeight}
                  isActive={row === active}
                  isSelected={row === props.selected}
                  rowAria={props.rowAria}
                  renderRow={props.renderRow}
                  onClick={onClick}
                />
              ),
            )}
          </div>
          {height > 0 && props.renderOver(view)}
        </div>
      </div>
    </div>
  );
}

function isSameView(one: RowsInView, other: RowsInView): boolean {
  return one.first === other.first && one.count === other.count && one.top === other.top && one.height === other.height;
}

interface TreeRowProps {
  readonly id: string;
  readonly row: number;
  /** Pixels below the first row of its block. */
  readonly top: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly rowAria: (row: number) => AriaAttributes;
  readonly renderRow: (row: number) => ReactNode;
  readonly onClick: (row: number) => void;
}

const TreeRow = memo(function TreeRow({ id, row, top, isActive, isSelected, rowAria, renderRow, onClick }: TreeRowProps) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isSelected}
      {...rowAria(row)}
      className={rowClass(isActive, isSelected)}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onClick(row)}
    >
      {renderRow(row)}
    </div>
  );
});

function rowClass(active: boolean, selected: boolean): string {
  return [styles.row, active ? styles.active : '', selected ? styles.selected : ''].filter(Boolean).join(' ');
}

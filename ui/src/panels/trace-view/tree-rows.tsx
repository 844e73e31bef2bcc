import { type AriaAttributes, type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { moveTarget } from '../../logic/move-target.ts';
import styles from './tree-rows.module.css';
import { type RowsInView, useRowWindow } from './use-row-window.ts';
import { type RowIdentity, useSteadyRows } from './use-steady-rows.ts';

interface TreeRowsProps {
  readonly label: string;
  readonly rowCount: number;
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
}

/**
 * A treegrid of any number of rows of one height. Only as many rows exist as are seen, always the same elements with other contents, so that a
 * scrolled row costs the change of its text; and beyond what a browser can scroll, the way of the scrollbar is shortened.
 * One tab stop; the keys move the active row.
 */
export function TreeRows(props: TreeRowsProps) {
  const { rowCount, rowHeight, active } = props;
  const id = useId();
  const { scroller, head, view, space, onScroll, reveal, scrollTo } = useRowWindow({ rowCount, rowHeight });
  const { first, count, height } = view;
  const { group, pointerHandlers } = useSteadyRows({ identity: props.identity, view, active, rowHeight, scrollTo });
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
  const rows = Array.from({ length: count }, (_, place) => first + place);
  return (
    <div
      ref={scroller}
      className={styles.grid}
      role="treegrid"
      aria-label={props.label}
      aria-rowcount={rowCount + 1}
      aria-colcount={props.columnCount}
      aria-activedescendant={active >= first && active < first + count ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div ref={head} role="row" aria-rowindex={1} className={styles.header}>
        {props.header}
      </div>
      <div className={styles.space} role="presentation" style={{ height: Math.max(space, height) }}>
        <div ref={group} className={styles.view} role="rowgroup" style={{ height }} {...pointerHandlers}>
          {rows.map((row, slot) => (
            <div
              key={slot}
              id={`${id}-${row}`}
              role="row"
              aria-rowindex={row + 2}
              aria-selected={row === props.selected}
              {...props.rowAria(row)}
              className={rowClass(row === active, row === props.selected)}
              style={{ transform: `translateY(${view.top + slot * rowHeight}px)` }}
              onClick={() => {
                props.onActive(row);
                props.onOpen(row);
              }}
            >
              {props.renderRow(row)}
            </div>
          ))}
          {height > 0 && props.renderOver(view)}
        </div>
      </div>
    </div>
  );
}

function rowClass(active: boolean, selected: boolean): string {
  return [styles.row, active ? styles.active : '', selected ? styles.selected : ''].filter(Boolean).join(' ');
}

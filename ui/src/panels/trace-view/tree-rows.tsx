import {
  type AriaAttributes,
  type KeyboardEvent,
  type ReactNode,
  type UIEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { moveTarget } from '../../logic/move-target.ts';
import styles from './tree-rows.module.css';

/** Elements are not made taller than this: browsers stop at about 17 million pixels (Firefox) and 33 million (Chromium). */
const MAX_SPACE = 8_000_000;
/** Rows drawn beyond the edges. */
const OVERSCAN = 1;

/** The rows that are in view, and where the first of them is. */
export interface RowsInView {
  readonly first: number;
  readonly count: number;
  /** Pixels from the top of the view to the first row's, 0 or less. */
  readonly top: number;
  /** Of the view without its header, pixels. */
  readonly height: number;
}

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
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const [scrollTop, setScrollTop] = useState(0);
  const whole = rowCount * rowHeight;
  const space = Math.min(whole, MAX_SPACE);
  const [ways, shortWays] = [Math.max(0, whole - height), Math.max(0, space - height)];
  const scale = shortWays === 0 ? 1 : ways / shortWays;
  const offset = Math.min(ways, Math.max(0, scrollTop * scale));
  const first = Math.max(0, Math.floor(offset / rowHeight) - OVERSCAN);
  const count = height === 0 ? 0 : Math.min(rowCount - first, Math.ceil(height / rowHeight) + 2 * OVERSCAN + 1);
  const view: RowsInView = { first, count: Math.max(0, count), top: first * rowHeight - offset, height };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setHeight(element.clientHeight - (head.current?.offsetHeight ?? 0));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const place = useRef({ offset, scale, height });
  place.current = { offset, scale, height };
  // Only when the active row changes: rows that arrive must not take a reader back who has scrolled on.
  useEffect(() => {
    const now = place.current;
    if (active < 0 || now.height === 0) return;
    const top = active * rowHeight;
    const target = top < now.offset ? top : top + rowHeight > now.offset + now.height ? top + rowHeight - now.height : undefined;
    if (target !== undefined) scroller.current?.scrollTo({ top: target / now.scale });
  }, [active, rowHeight]);
  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const top = event.currentTarget.scrollTop;
    // In the same frame: what is drawn beside the rows must not lag behind them.
    flushSync(() => setScrollTop(top));
  };
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
  const rows = Array.from({ length: view.count }, (_, place) => first + place);
  return (
    <div
      ref={scroller}
      className={styles.grid}
      role="treegrid"
      aria-label={props.label}
      aria-rowcount={rowCount + 1}
      aria-colcount={props.columnCount}
      aria-activedescendant={active >= first && active < first + view.count ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div ref={head} role="row" aria-rowindex={1} className={styles.header}>
        {props.header}
      </div>
      <div className={styles.space} role="presentation" style={{ height: Math.max(space, height) }}>
        <div className={styles.view} role="rowgroup" style={{ height }}>
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

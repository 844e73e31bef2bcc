import { useVirtualizer } from '@tanstack/react-virtual';
import { type AriaAttributes, type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef } from 'react';
import { moveTarget } from '../../logic/move-target.ts';
import { hasTextSelection } from '../use-text-selection.ts';
import { type FirstRow, type GridStart, useListStart } from './use-list-start.ts';
import styles from './virtual-grid.module.css';

/** Rows drawn beyond the edge, so that fast scrolling shows no gaps. */
const OVERSCAN_ROWS = 12;
/** The next page is asked for when this many rows are left. */
const NEAR_END_ROWS = 60;

export interface VirtualGridProps {
  readonly role: 'grid' | 'treegrid';
  readonly label: string;
  readonly rowCount: number;
  /** Pixels: of every row, or where rows are `measured` of most. */
  readonly rowHeight: number;
  /** Rows are as high as what is in them. */
  readonly isMeasured?: boolean;
  /** Changes with whatever changes the heights of measured rows. */
  readonly layoutKey?: string;
  /** -1: more rows than are known will come. */
  readonly totalRowCount: number;
  readonly columnCount: number;
  /** Pixels; where there is less room the grid scrolls sideways. */
  readonly minWidth?: number;
  /** The row the keys are on; -1 for none. */
  readonly active: number;
  readonly selected: number;
  readonly header?: ReactNode;
  readonly onActive: (index: number) => void;
  readonly onOpen: (index: number) => void;
  readonly onNearEnd?: () => void;
  /** How many rows stand before the one that the list began with. When they become more, what is in view stays where it is. */
  readonly leadCount?: number;
  readonly onNearStart?: () => void;
  /** Is given what tells the first row in view. */
  readonly firstRow?: RefObject<() => FirstRow | undefined>;
  /** What is in view of a list that comes anew or in the place of another one. */
  readonly start?: GridStart | undefined;
  /** The row the keys are on is the one that they were on when the reader left: it may be out of view. */
  readonly isActiveKept?: boolean;
  /** Told when what is in view moves. */
  readonly onMoved?: (() => void) | undefined;
  /** Told when the reader leaves the first row, and when they are back. */
  readonly onTop?: (isAtTop: boolean) => void;
  /** Rises each time that the first row is to be shown. */
  readonly topRequest?: number;
  /** Keys that the grid itself has no use for: left and right in a tree. */
  readonly onKey?: (event: KeyboardEvent) => void;
  readonly rowKey: (index: number) => string | number;
  readonly rowAria?: (index: number) => AriaAttributes;
  readonly renderRow: (index: number) => ReactNode;
}

/** Any number of rows; only those in view exist. One tab stop, the keys move the active row. */
export function VirtualGrid(props: VirtualGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: props.rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => props.rowHeight,
    overscan: OVERSCAN_ROWS,
    // Sizes that were measured stay with their rows when others come before them.
    ...(props.isMeasured && { getItemKey: props.rowKey }),
    // The header sticks to the top and takes its height away from what the rows have.
    scrollPaddingEnd: props.header === undefined ? 0 : props.rowHeight + 1,
  });
  // The virtualizer remembers sizes; a new row height, and other widths of what is in measured rows, make them wrong.
  const measure = `${props.rowHeight} ${props.isMeasured} ${props.layoutKey}`;
  // Those of the first rows are measured by now.
  const measuredAs = useRef(measure);
  useEffect(() => {
    if (measuredAs.current === measure) return;
    measuredAs.current = measure;
    virtualizer.measure();
  }, [measure, virtualizer]);
  const { leadCount = 0 } = props;
  const lead = useRef<number>(undefined);
  /** Where the list is to begin, in pixels, as long as too few rows are here to be scrolled so far. */
  const aim = useRef<{ readonly top: number; readonly reached: number }>(undefined);
  useLayoutEffect(() => {
    const added = leadCount - (lead.current ?? 0);
    const isFirst = lead.current === undefined;
    lead.current = leadCount;
    if (added === 0 || !scroller.current) return;
    // The rows that it jumps over have no measured heights yet.
    if (isFirst && props.isMeasured) virtualizer.scrollToIndex(leadCount, { align: 'start' });
    else {
      const top = scroller.current.scrollTop + added * props.rowHeight;
      scroller.current.scrollTop = top;
      aim.current = { top, reached: scroller.current.scrollTop };
    }
  }, [leadCount, props.rowHeight, props.isMeasured, virtualizer]);
  useLayoutEffect(() => {
    if (!aim.current || !scroller.current || props.rowCount === 0) return;
    const { top, reached } = aim.current;
    aim.current = undefined;
    // Reached, or the reader has gone elsewhere meanwhile.
    if (reached >= top - 1 || scroller.current.scrollTop !== reached) return;
    scroller.current.scrollTop = top;
    aim.current = { top, reached: scroller.current.scrollTop };
  }, [props.rowCount]);
  const {
    firstInView,
    note,
    end: endStart,
  } = useListStart(virtualizer, {
    scroller,
    start: props.start,
    rowCount: props.rowCount,
    leadCount,
    rowHeight: props.rowHeight,
    isMeasured: props.isMeasured === true,
    onTaken: () => {
      aim.current = undefined;
    },
  });
  // Only when the active row changes: rows that arrive, at either end, must not take a reader back who has scrolled on.
  const activePlace = props.active < 0 ? undefined : props.active - leadCount;
  const isActiveKept = useRef(false);
  isActiveKept.current = props.isActiveKept === true;
  const isInView = (index: number): boolean => {
    const [row, element] = [virtualizer.measurementsCache[index], scroller.current];
    if (!row || !element) return false;
    const { scrollTop, clientHeight } = element;
    return row.start >= scrollTop && row.end <= scrollTop + clientHeight - virtualizer.options.scrollPaddingEnd;
  };
  const inView = useRef(isInView);
  inView.current = isInView;
  useEffect(() => {
    if (activePlace === undefined || isActiveKept.current) return;
    const index = activePlace + (lead.current ?? 0);
    // The virtualizer goes on to see to it for a while: where a record then covers the list, as on a phone, it would be elsewhere once that is closed.
    if (inView.current(index)) return;
    endStart();
    virtualizer.scrollToIndex(index, { align: 'auto' });
  }, [activePlace, virtualizer, endStart]);
  useEffect(() => {
    if (props.topRequest) scroller.current?.scrollTo({ top: 0 });
  }, [props.topRequest]);
  const rows = virtualizer.getVirtualItems();
  const lastDrawn = rows.at(-1)?.index ?? -1;
  const { onNearEnd, rowCount } = props;
  useEffect(() => {
    if (lastDrawn >= rowCount - NEAR_END_ROWS) onNearEnd?.();
  }, [lastDrawn, rowCount, onNearEnd]);
  const firstDrawn = rows[0]?.index ?? -1;
  const { onNearStart } = props;
  useEffect(() => {
    if (firstDrawn >= 0 && firstDrawn < NEAR_END_ROWS) onNearStart?.();
  }, [firstDrawn, onNearStart]);
  // Rows that are measured move others without a scroll.
  const { onMoved } = props;
  useEffect(() => {
    if (props.isMeasured) onMoved?.();
  });
  const { firstRow } = props;
  useEffect(() => {
    if (!firstRow) return;
    firstRow.current = firstInView;
  }, [firstRow, firstInView]);
  const pageRows = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / props.rowHeight) - 2);
  const move = (event: KeyboardEvent) => {
    const target = moveTarget(event.key, { active: props.active < 0 ? props.selected : props.active, rowCount, pageRows: pageRows() });
    if (target !== undefined) props.onActive(target);
    else if (event.key === 'Enter' && props.active >= 0) props.onOpen(props.active);
    else {
      props.onKey?.(event);
      return;
    }
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the role is grid or treegrid, which have keys
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: as above
    <div
      ref={scroller}
      className={styles.grid}
      role={props.role}
      aria-label={props.label}
      aria-rowcount={props.totalRowCount}
      aria-colcount={props.columnCount}
      aria-activedescendant={props.active >= 0 && rows.some((row) => row.index === props.active) ? `${id}-${props.active}` : undefined}
      tabIndex={0}
      onKeyDown={(event) => {
        endStart();
        move(event);
      }}
      onWheel={endStart}
      onTouchMove={endStart}
      onPointerDown={endStart}
      onScroll={(event) => {
        props.onTop?.(event.currentTarget.scrollTop < 1);
        note();
        onMoved?.();
      }}
    >
      {props.header && (
        <div role="row" aria-rowindex={1} className={styles.header} style={{ minWidth: props.minWidth }}>
          {props.header}
        </div>
      )}
      <div className={styles.space} role="rowgroup" style={{ height: virtualizer.getTotalSize(), minWidth: props.minWidth }}>
        {rows.map((row) => (
          <div
            key={props.rowKey(row.index)}
            id={`${id}-${row.index}`}
            ref={props.isMeasured ? virtualizer.measureElement : undefined}
            data-index={row.index}
            role="row"
            aria-rowindex={row.index + (props.header ? 2 : 1)}
            aria-selected={row.index === props.selected}
            {...props.rowAria?.(row.index)}
            className={rowClass(props, row.index)}
            style={{ transform: `translateY(${row.start}px)` }}
            onClick={() => {
              // A click that ends the selection of text opens nothing.
              if (hasTextSelection()) return;
              props.onActive(row.index);
              props.onOpen(row.index);
            }}
          >
            {props.renderRow(row.index)}
          </div>
        ))}
      </div>
    </div>
  );
}

function rowClass({ active, selected, isMeasured }: VirtualGridProps, index: number): string {
  const classes = [styles.row, isMeasured && styles.measured, index === active && styles.active, index === selected && styles.selected];
  return classes.filter(Boolean).join(' ');
}

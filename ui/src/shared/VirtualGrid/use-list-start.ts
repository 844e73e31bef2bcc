import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';

export interface FirstRow {
  readonly index: number;
  /** So much of it is above the view. */
  readonly pixels: number;
}

export interface GridStart {
  /** Another one with each list. */
  readonly of: object;
  /** The first row in view; undefined: the one that the list begins with. */
  readonly first: FirstRow | undefined;
}

interface ListStartOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  /** Undefined: no rows of the list are here, or the grid scrolls as it likes. */
  readonly start: GridStart | undefined;
  readonly rowCount: number;
  readonly leadCount: number;
  readonly rowHeight: number;
  readonly isMeasured: boolean;
  /** Told when the list is taken to its first row, whatever else was under way. */
  readonly onTaken: () => void;
}

/** What is under way until the first row in view stands where it has to. */
interface Seek {
  readonly of: object;
  /** That row, counted from the one that the list began with; undefined: the list's first one in view. */
  readonly row?: FirstRow | undefined;
  /** Pixels: where the list had to be scrolled to, and where it came to. */
  readonly top: number;
  readonly reached: number;
  readonly isOver: boolean;
}

interface ListStart {
  /** Undefined where nothing is drawn. */
  readonly firstInView: () => FirstRow | undefined;
  /** What is in view has moved. */
  readonly note: () => void;
  /** The reader goes elsewhere. */
  readonly end: () => void;
}

/**
 * Takes a list to its first row in the turn in which its rows come, and again until the rows above that are here and measured; then, whenever measured rows come
 * before, back to the row that was the first in view. A list that is not drawn, as under a record on a phone, is taken there once it is.
 */
export function useListStart(virtualizer: Virtualizer<HTMLDivElement, Element>, options: ListStartOptions): ListStart {
  const { scroller } = options;
  const seek = useRef<Seek>(undefined);
  const lead = useRef(0);
  const seen = useRef<FirstRow>(undefined);
  const firstInView = useCallback(() => {
    const { scrollTop = 0, clientHeight = 0 } = scroller.current ?? {};
    const row = clientHeight === 0 ? undefined : virtualizer.getVirtualItemForOffset(scrollTop + 1);
    return row && { index: row.index, pixels: Math.max(0, scrollTop - row.start) };
  }, [scroller, virtualizer]);
  const note = useCallback(() => {
    const first = seek.current?.isOver ? firstInView() : undefined;
    if (first) seen.current = { ...first, index: first.index - lead.current };
  }, [firstInView]);
  const end = useCallback(() => {
    if (seek.current) seek.current = { ...seek.current, isOver: true };
  }, []);
  useLayoutEffect(() => {
    const { start, rowCount, leadCount, rowHeight, isMeasured } = options;
    const element = scroller.current;
    if (!start || !element || element.clientHeight === 0 || rowCount === 0) return;
    const before = seek.current;
    const isSame = before?.of === start.of;
    // Those that come above are measured as they are drawn, after they were taken to be as high as most.
    const isPushed = isMeasured && leadCount > lead.current && seen.current !== undefined;
    lead.current = leadCount;
    if (isSame && before.isOver && !isPushed) return note();
    // The first list of all is at its beginning already.
    if (before === undefined && start.first === undefined && !(isMeasured && leadCount > 0)) {
      seek.current = { of: start.of, top: 0, reached: 0, isOver: true };
      return note();
    }
    const row = !isSame ? undefined : before.isOver ? seen.current : before.row;
    const { index, pixels } = row ? { ...row, index: row.index + leadCount } : (start.first ?? { index: leadCount, pixels: 0 });
    const rowTop = isMeasured ? virtualizer.measurementsCache[index]?.start : undefined;
    const top = (rowTop ?? index * rowHeight) + pixels;
    // Rows that are measured scroll the list by themselves; where all have one height it was the reader.
    if (isSame && !isMeasured && before.top === top && Math.abs(element.scrollTop - before.reached) >= 1) return end();
    // By the virtualizer: it may still be on its way to a row of the list before.
    if (!isSame || Math.abs(element.scrollTop - top) >= 1) virtualizer.scrollToOffset(top, { align: 'start' });
    options.onTaken();
    const isThere = Math.abs(element.scrollTop - top) < 1 && (!isMeasured || isMeasuredTo(virtualizer, index));
    seek.current = { of: start.of, row, top, reached: element.scrollTop, isOver: isThere };
    note();
  });
  return { firstInView, note, end };
}

/** The row is drawn, and its height and of those above it that are drawn are known. */
function isMeasuredTo(virtualizer: Virtualizer<HTMLDivElement, Element>, index: number): boolean {
  const drawn = virtualizer.getVirtualItems();
  return drawn.some((row) => row.index === index) && drawn.every((row) => row.index > index || virtualizer.itemSizeCache.has(row.key));
}

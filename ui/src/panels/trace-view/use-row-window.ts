import { type RefObject, type UIEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

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

interface RowWindow {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** What sticks to the top of the scroller and takes its height away from the rows, where there is something. */
  readonly head: RefObject<HTMLDivElement | null>;
  readonly view: RowsInView;
  /** Rows that are in view at most, as long as its height stays; `view.count` is never more. */
  readonly capacity: number;
  /** How tall what is scrolled is, pixels: less than all rows where those are taller than a browser can have it. */
  readonly space: number;
  readonly onScroll: (event: UIEvent<HTMLDivElement>) => void;
  /** Scrolls a row into view, no further than needed; the same function all the time. */
  readonly reveal: (row: number) => void;
  /** Scrolls so that so many pixels of rows are above the view, at once; the same function all the time. */
  readonly scrollTo: (offset: number) => void;
}

/** Which of any number of rows of one height are in view. Beyond what a browser can scroll, the way of the scrollbar is shortened. */
export function useRowWindow({ rowCount, rowHeight }: { readonly rowCount: number; readonly rowHeight: number }): RowWindow {
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
  const capacity = height === 0 ? 0 : Math.ceil(height / rowHeight) + 2 * OVERSCAN + 1;
  const count = Math.min(rowCount - first, capacity);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setHeight(element.clientHeight - (head.current?.offsetHeight ?? 0));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const place = useRef({ offset, scale, height, rowHeight });
  place.current = { offset, scale, height, rowHeight };
  const reveal = useCallback((row: number) => {
    const now = place.current;
    if (now.height === 0) return;
    const top = row * now.rowHeight;
    const target = top < now.offset ? top : top + now.rowHeight > now.offset + now.height ? top + now.rowHeight - now.height : undefined;
    if (target !== undefined) scroller.current?.scrollTo({ top: target / now.scale });
  }, []);
  const scrollTo = useCallback((offset: number) => {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = offset / place.current.scale;
    // Not with the event of it, which comes when other rows have been seen already.
    setScrollTop(element.scrollTop);
  }, []);
  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const top = event.currentTarget.scrollTop;
    // In the same frame: what is drawn beside the rows must not lag behind them.
    flushSync(() => setScrollTop(top));
  };
  const view = { first, count: Math.max(0, count), top: first * rowHeight - offset, height };
  return { scroller, head, view, capacity, space, onScroll, reveal, scrollTo };
}

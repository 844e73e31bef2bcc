import { type RefObject, useCallback, useLayoutEffect, useReducer, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useRest } from './use-rest.ts';

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

interface RowWindowOptions {
  readonly rowCount: number;
  readonly rowHeight: number;
  /** For one who draws the rows while they are scrolled: it is told of each step at once, and `view` follows when the scroll rests. */
  readonly onStep?: ((view: RowsInView) => void) | undefined;
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
  /** Whether `view`, as it was rendered last, is what the scroller has come to. */
  readonly isAtRest: () => boolean;
  /** Scrolls a row into view, no further than needed; the same function all the time. */
  readonly reveal: (row: number) => void;
  /** Scrolls so that so many pixels of rows are above the view, at once; the same function all the time. */
  readonly scrollTo: (offset: number) => void;
}

/** What decides, with how far is scrolled, which rows are in view. */
interface RowPlaces {
  readonly rowCount: number;
  readonly rowHeight: number;
  readonly height: number;
}

/** Which of any number of rows of one height are in view. Beyond what a browser can scroll, the way of the scrollbar is shortened. */
export function useRowWindow({ rowCount, rowHeight, onStep }: RowWindowOptions): RowWindow {
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  // Where the scroller is; the rows are rendered for each place of it, or for the last.
  const scrollTop = useRef(0);
  const [, render] = useReducer((count: number) => count + 1, 0);
  const places = { rowCount, rowHeight, height };
  const { view, capacity } = rowsAt(scrollTop.current, places);
  const drawn = useRef({ places, scrollTop: scrollTop.current });
  const renderedTop = scrollTop.current;
  useLayoutEffect(() => {
    drawn.current = { places: { rowCount, rowHeight, height }, scrollTop: renderedTop };
  }, [rowCount, rowHeight, height, renderedTop]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setHeight(element.clientHeight - (head.current?.offsetHeight ?? 0));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const scrollTo = useCallback((offset: number) => {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = offset / scaleOf(drawn.current.places);
    // Not with the event of it, which comes when other rows have been seen already.
    scrollTop.current = element.scrollTop;
    render();
  }, []);
  const reveal = useCallback(
    (row: number) => {
      const { places } = drawn.current;
      if (places.height === 0) return;
      const offset = offsetAt(scrollTop.current, places);
      const top = row * places.rowHeight;
      if (top < offset) scrollTo(top);
      else if (top + places.rowHeight > offset + places.height) scrollTo(top + places.rowHeight - places.height);
    },
    [scrollTo],
  );
  const rest = useRest(render);
  const step = useRef(onStep);
  step.current = onStep;
  // Not by React, which has all its components between to ask.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onScroll = () => {
      if (element.scrollTop === scrollTop.current) return;
      scrollTop.current = element.scrollTop;
      if (step.current === undefined) {
        // In the same frame: what is drawn beside the rows must not lag behind them.
        flushSync(render);
        return;
      }
      step.current(rowsAt(scrollTop.current, drawn.current.places).view);
      rest();
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [rest]);
  const isAtRest = useCallback(() => drawn.current.scrollTop === scrollTop.current, []);
  return { scroller, head, view, capacity, space: spaceOf(places), isAtRest, reveal, scrollTo };
}

function spaceOf({ rowCount, rowHeight }: RowPlaces): number {
  return Math.min(rowCount * rowHeight, MAX_SPACE);
}

/** Pixels of rows for each pixel that is scrolled. */
function scaleOf(places: RowPlaces): number {
  const way = Math.max(0, spaceOf(places) - places.height);
  return way === 0 ? 1 : Math.max(0, places.rowCount * places.rowHeight - places.height) / way;
}

/** Pixels of rows above the view. */
function offsetAt(scrollTop: number, places: RowPlaces): number {
  const { rowCount, rowHeight, height } = places;
  return Math.min(Math.max(0, rowCount * rowHeight - height), Math.max(0, scrollTop * scaleOf(places)));
}

/** The rows in view where so many pixels are scrolled, and how many there can be. */
function rowsAt(scrollTop: number, places: RowPlaces): { readonly view: RowsInView; readonly capacity: number } {
  const { rowCount, rowHeight, height } = places;
  const offset = offsetAt(scrollTop, places);
  const first = Math.max(0, Math.floor(offset / rowHeight) - OVERSCAN);
  const capacity = height === 0 ? 0 : Math.ceil(height / rowHeight) + 2 * OVERSCAN + 1;
  const count = Math.max(0, Math.min(rowCount - first, capacity));
  return { view: { first, count, top: first * rowHeight - offset, height }, capacity };
}

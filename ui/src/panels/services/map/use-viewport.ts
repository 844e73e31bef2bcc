import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { MAX_ZOOM, MIN_ZOOM } from '../../../logic/map-grouping.ts';
import type { MapLayout, Rectangle } from '../../../logic/map-layout.ts';

/** As it fits, it is not drawn smaller: below this nobody reads it. */
const MIN_READ_SCALE = 0.75;
/** Drawn beyond what is in sight: scrolling meets no gaps. */
const BEYOND = 300;
const PERCENT = 100;

interface Viewport {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly scale: number;
  /** What is in sight and a little beyond, in units of the drawing. */
  readonly view: Rectangle;
  readonly onScroll: () => void;
}

/** What of a drawing is in sight. At first, and when it changes its size, that is the middle of what lines join from top to bottom, from its start. */
export function useViewport(
  { width, height, joinedHeight }: Pick<MapLayout, 'width' | 'height' | 'joinedHeight'>,
  zoom: number | undefined,
): Viewport {
  const scroller = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [corner, setCorner] = useState({ left: 0, top: 0 });
  const fitting = Math.min(1, Math.max(MIN_READ_SCALE, Math.min(size.width / width, size.height / height)));
  const scale = Math.min(MAX_ZOOM / PERCENT, Math.max(MIN_ZOOM / PERCENT, zoom ?? fitting));
  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element !== null) setCorner({ left: element.scrollLeft, top: element.scrollTop });
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const before = useRef({ width: 0, height: 0, scale: 1 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const last = before.current;
    before.current = { width, height, scale };
    if (last.height === height && last.width === width) {
      // What was in the middle stays there.
      const ratio = scale / last.scale;
      element.scrollLeft = (element.scrollLeft + element.clientWidth / 2) * ratio - element.clientWidth / 2;
      element.scrollTop = (element.scrollTop + element.clientHeight / 2) * ratio - element.clientHeight / 2;
    } else if (last.height === 0) element.scrollTop = (joinedHeight * scale - element.clientHeight) / 2;
    onScroll();
  }, [width, height, joinedHeight, scale, onScroll]);
  return {
    scroller,
    scale,
    view: {
      x: (corner.left - BEYOND) / scale,
      y: (corner.top - BEYOND) / scale,
      width: (size.width + BEYOND * 2) / scale,
      height: (size.height + BEYOND * 2) / scale,
    },
    onScroll,
  };
}

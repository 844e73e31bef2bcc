import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { MapLayout, Rectangle } from '../../../logic/map-layout.ts';
import { type DrawnSize, drawnSize, type MapZoom } from '../../../logic/map-zoom.ts';

/** Drawn beyond what is in sight: scrolling meets no gaps. */
const BEYOND = 300;
/** Round what is brought into sight. */
const SIGHT = 60;

interface Viewport extends DrawnSize {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** What is in sight and a little beyond, in units of the drawing. */
  readonly view: Rectangle;
  readonly onScroll: () => void;
}

/**
 * What of a drawing is in sight. At first that is the middle of what lines join from top to bottom, from its start; or where the place that matters most is
 * not in that, so much further that it is.
 */
export function useViewport(
  { width, height, joinedHeight }: Pick<MapLayout, 'width' | 'height' | 'joinedHeight'>,
  { zoom, aim }: { readonly zoom: MapZoom; readonly aim: Rectangle | undefined },
): Viewport {
  const scroller = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [corner, setCorner] = useState({ left: 0, top: 0 });
  const { scale, isWhole } = drawnSize({ width, height }, { room: size, zoom });
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
    } else if (last.height === 0) {
      element.scrollTop = (joinedHeight * scale - element.clientHeight) / 2;
      if (aim !== undefined) bringIntoSight(element, aim, scale);
    }
    onScroll();
  }, [width, height, joinedHeight, scale, onScroll, aim]);
  return {
    scroller,
    scale,
    isWhole,
    view: {
      x: (corner.left - BEYOND) / scale,
      y: (corner.top - BEYOND) / scale,
      width: (size.width + BEYOND * 2) / scale,
      height: (size.height + BEYOND * 2) / scale,
    },
    onScroll,
  };
}

/** Scrolls no further than it has to. */
export function bringIntoSight(element: HTMLElement, { x, y, width, height }: Rectangle, scale: number): void {
  const [left, top, right, bottom] = [x * scale - SIGHT, y * scale - SIGHT, (x + width) * scale + SIGHT, (y + height) * scale + SIGHT];
  if (left < element.scrollLeft) element.scrollLeft = left;
  else if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = right - element.clientWidth;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
}

import { type PointerEvent, type RefObject, useLayoutEffect, useRef } from 'react';
import type { RowsInView } from './use-row-window.ts';

/** How rows are known again when there are others. */
export interface RowIdentity {
  /** Another one whenever rows may have moved. */
  readonly contents: object;
  /** Undefined for a row that stands for nothing yet. */
  readonly keyOf: (row: number) => string | undefined;
  /** The row that shows what a key stands for; -1 for none. */
  readonly rowOf: (key: string) => number;
}

interface SteadyRowsOptions {
  readonly identity: RowIdentity | undefined;
  readonly view: RowsInView;
  /** The rows that are seen until `view` is, where a scroll has gone on since those that were rendered. */
  readonly seen: (() => RowsInView) | undefined;
  readonly active: number;
  readonly rowHeight: number;
  readonly scrollTo: (offset: number) => void;
}

interface SteadyRows {
  /** For what holds the rows in view. */
  readonly group: RefObject<HTMLDivElement | null>;
  readonly pointerHandlers: {
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
  };
}

/** Keeps one row where it was on the screen while rows above it come or go: the one under the pointer, else the active one, else the first in view. */
export function useSteadyRows(options: SteadyRowsOptions): SteadyRows {
  const group = useRef<HTMLDivElement>(null);
  const pointerY = useRef<number>(undefined);
  const drawn = useRef(options);
  useLayoutEffect(() => {
    const before = drawn.current;
    drawn.current = options;
    const { identity, rowHeight, scrollTo } = options;
    if (identity === undefined || before.identity === undefined || before.identity.contents === identity.contents) return;
    const view = options.seen?.() ?? before.view;
    const y = pointerY.current === undefined ? undefined : pointerY.current - (group.current?.getBoundingClientRect().top ?? 0);
    const anchor = rowLookedAt({ view, active: before.active, rowHeight: before.rowHeight, y });
    const key = before.identity.keyOf(anchor);
    const now = key === undefined ? -1 : identity.rowOf(key);
    if (now === -1 || now === anchor) return;
    scrollTo(view.first * before.rowHeight - view.top + (now - anchor) * rowHeight);
  });
  return {
    group,
    pointerHandlers: {
      onPointerMove: (event) => {
        pointerY.current = event.clientY;
      },
      onPointerLeave: () => {
        pointerY.current = undefined;
      },
    },
  };
}

interface Looked {
  readonly view: RowsInView;
  readonly active: number;
  readonly rowHeight: number;
  /** Of the pointer, from the top of the view; undefined where it is elsewhere. */
  readonly y: number | undefined;
}

function rowLookedAt({ view, active, rowHeight, y }: Looked): number {
  if (y !== undefined && y >= 0 && y < view.height) return view.first + Math.floor((y - view.top) / rowHeight);
  if (active >= view.first && active < view.first + view.count) return active;
  return view.first + Math.ceil(Math.max(0, -view.top) / rowHeight);
}

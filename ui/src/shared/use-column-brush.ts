import { type KeyboardEvent, type PointerEvent, useState } from 'react';

interface ColumnBrush {
  readonly count: number;
  /** The column at a part of the width, 0 to 1. */
  readonly columnAt: (part: number) => number;
  /** The columns that were chosen, both included, either way round. */
  readonly onChoose: (one: number, other: number) => void;
}

/**
 * Chooses columns of a chart over time: by dragging over them, or by keys: arrows, Home and End move, Shift with them widens, Enter chooses, Escape lets go.
 * `cursor` is the column under the pointer or at the keys, and `anchor` where a choice began; each -1 for none.
 */
export function useColumnBrush({ count, columnAt, onChoose }: ColumnBrush) {
  const [cursor, setCursor] = useState(-1);
  const [anchor, setAnchor] = useState(-1);
  const at = ({ clientX, currentTarget }: PointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return columnAt(Math.min(1, Math.max(0, (clientX - left) / width)));
  };
  const choose = (one: number, other: number) => {
    setAnchor(-1);
    setCursor(-1);
    onChoose(one, other);
  };
  const handlers = {
    onKeyDown: (event: KeyboardEvent) => {
      const next = nextColumn(event.key, { cursor, count });
      if (next !== undefined) {
        setAnchor(event.shiftKey ? (anchor === -1 ? (cursor === -1 ? next : cursor) : anchor) : -1);
        setCursor(next);
      } else if (event.key === 'Enter' && cursor >= 0) choose(anchor === -1 ? cursor : anchor, cursor);
      else if (event.key === 'Escape' && cursor >= 0) {
        setAnchor(-1);
        setCursor(-1);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setAnchor(at(event));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => setCursor(at(event)),
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (anchor !== -1) choose(anchor, at(event));
    },
    onPointerCancel: () => setAnchor(-1),
    onPointerLeave: () => {
      if (anchor === -1) setCursor(-1);
    },
    onBlur: () => setCursor(-1),
  };
  return { cursor, anchor, handlers };
}

/** The column that a key leads to: the first key on the chart leads in from its own side. */
function nextColumn(key: string, { cursor, count }: { readonly cursor: number; readonly count: number }): number | undefined {
  if (key === 'Home' || (key === 'ArrowRight' && cursor === -1)) return 0;
  if (key === 'End' || (key === 'ArrowLeft' && cursor === -1)) return count - 1;
  if (key === 'ArrowRight') return Math.min(count - 1, cursor + 1);
  return key === 'ArrowLeft' ? Math.max(0, cursor - 1) : undefined;
}

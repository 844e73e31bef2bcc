import { type RefObject, useEffect, useRef } from 'react';
import type { KeptPlace, ListBeginning } from '../../state/kept-place.ts';
import type { FirstRow, GridStart } from './use-list-start.ts';

interface KeptRowsOptions<Row> extends Pick<ListBeginning, 'begin' | 'keep'> {
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** How an address leads to a row; undefined where none can. */
  readonly atOf: (index: number) => string | undefined;
  readonly firstRow: RefObject<() => FirstRow | undefined>;
  readonly active: number;
  /** The rows are those of the list that begins so, not of the one before it. */
  readonly isOfList: boolean;
}

/** Keeps the place of the reader in a grid, and leads to the one that was kept. */
export function useKeptRows<Row>({ rows, idOf, atOf, begin, keep, firstRow, active, isOfList }: KeptRowsOptions<Row>): {
  readonly onMoved: () => void;
  readonly start: GridStart | undefined;
} {
  const indexOf = (id: string | undefined) => (id === undefined ? -1 : rows.findIndex((row) => idOf(row) === id));
  const last = useRef<{ readonly of: object; readonly place: Omit<KeptPlace, 'active'> }>(undefined);
  const onMoved = () => {
    if (!isOfList) return;
    const first = firstRow.current();
    // A list that is not drawn, as under a record on a phone, is where it was.
    const known = first === undefined ? last.current : { of: begin, place: placeOf(first) };
    if (known?.of !== begin) return;
    last.current = known;
    const activeRow = rows[active];
    keep({ ...known.place, active: activeRow && idOf(activeRow) });
  };
  const placeOf = ({ index, pixels }: FirstRow) => {
    const row = rows[index];
    // In a list that begins in its middle others may come before the first.
    const isAtTop = index === 0 && pixels < 1 && begin.at === undefined;
    return { ...(!isAtTop && { row: row && idOf(row), at: atOf(index) }), pixels };
  };
  // Another entry of the history may show the same list, which then has not moved.
  useEffect(onMoved, [keep, active, rows]);
  const place = begin.place;
  const kept = indexOf(place?.row);
  return {
    onMoved,
    start: isOfList ? { of: begin, first: kept === -1 ? undefined : { index: kept, pixels: place?.pixels ?? 0 } } : undefined,
  };
}

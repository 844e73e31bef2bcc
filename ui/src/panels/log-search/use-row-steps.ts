import type { LogRecord } from '@threadline/collector/api';
import { useLayoutEffect, useRef } from 'react';

interface RowStepsOptions {
  /** The rows that are here. */
  readonly records: readonly LogRecord[];
  /** The id of the record that the reader is at, among the rows or not; undefined: at none. */
  readonly at: string | undefined;
  /** The rows are another list's, and those of this one will come. */
  readonly isOther: boolean;
  /** Whether rows will come before those that are here, and behind them. */
  readonly mayCome: { readonly before: boolean; readonly behind: boolean };
  readonly onMove: (index: number) => void;
}

/**
 * Moves by rows from the record that the reader is at, as far as there are rows. Steps to a row that is still on its way are taken when it is here, unless
 * the reader has gone elsewhere meanwhile.
 */
export function useRowSteps({ records, at, isOther, mayCome, onMove }: RowStepsOptions): (steps: number) => void {
  const owed = useRef<{ readonly from: string; readonly steps: number }>(undefined);
  const take = (steps: number) => {
    const from = records.findIndex(({ id }) => id === at);
    const to = from + steps;
    const isAwaited = from === -1 ? isOther : (to < 0 && mayCome.before) || (to >= records.length && mayCome.behind);
    owed.current = isAwaited && at !== undefined ? { from: at, steps } : undefined;
    if (owed.current === undefined) onMove(Math.min(records.length - 1, Math.max(0, to)));
  };
  const owedHere = () => (owed.current?.from === at ? (owed.current?.steps ?? 0) : 0);
  useLayoutEffect(() => {
    if (owedHere() === 0) owed.current = undefined;
    else take(owedHere());
  });
  return (steps) => take(owedHere() + steps);
}

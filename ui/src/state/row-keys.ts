import { focusRows } from './kept-focus.ts';
import { useShortcuts } from './shortcuts.ts';

interface RowKeys {
  readonly rowCount: number;
  /** The row the keys are on; -1 for none. */
  readonly active: number;
  readonly onActive: (row: number) => void;
  readonly onOpen: (row: number) => void;
}

/** `j` and `k` go through the rows of the page and take the focus there, Enter opens the one that they are on. */
export function useRowKeys({ rowCount, active, onActive, onOpen }: RowKeys): void {
  const move = (step: number): void => {
    if (rowCount === 0) return;
    onActive(Math.min(rowCount - 1, Math.max(0, active + step)));
    focusRows();
  };
  useShortcuts({ j: () => move(1), k: () => move(-1), Enter: () => active >= 0 && onOpen(active) });
}

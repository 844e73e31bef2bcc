import type { FilterMode } from '../../logic/query-filter.ts';

/** What a panel does when a value in its data is clicked. */
export interface FilterActions {
  readonly onFilter: (filter: string, mode: FilterMode) => void;
  /** Absent where the panel has no columns. */
  readonly columns?: {
    readonly shown: readonly string[];
    readonly onToggle: (key: string) => void;
  };
}

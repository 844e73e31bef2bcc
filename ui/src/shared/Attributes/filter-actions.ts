import type { FilterMode } from '../../logic/query-filter.ts';

/** What a panel does when a value in its data is clicked. */
export interface FilterActions {
  /** Absent where there is nothing to search. */
  readonly onFilter?: (filter: string, mode: FilterMode) => void;
  /** Absent where the panel has no columns. */
  readonly columns?: {
    readonly shown: readonly string[];
    readonly onToggle: (key: string) => void;
  };
}

/** The same for values that no column can be made of. */
export function filtersAlone({ onFilter }: FilterActions): FilterActions {
  return onFilter === undefined ? {} : { onFilter };
}

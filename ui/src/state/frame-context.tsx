import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { QueryProblem } from '../logic/query-problem.ts';
import type { SeenValues } from '../logic/seen-values.ts';
import type { LoadValues } from '../logic/value-suggestion.ts';

/** What the page below tells the top bar. */
export interface PageSearch {
  /** What the query searches: it decides which fields there are. */
  readonly target: 'logs' | 'spans';
  /** The collector's complaint about the query, with its place. */
  readonly error: QueryProblem | undefined;
  readonly seenValues: SeenValues;
  /** Fields of the search's records with the number of records, by key; absent where nobody has counted them. */
  readonly rangeFields?: ReadonlyMap<string, number> | undefined;
  /** Absent where the page has no range of its own. */
  readonly loadValues?: LoadValues | undefined;
}

const NO_SEARCH: PageSearch = { target: 'logs', error: undefined, seenValues: new Map() };

interface FrameState {
  readonly search: PageSearch;
  readonly setSearch: (search: PageSearch) => void;
}

const FrameContext = createContext<FrameState>({ search: NO_SEARCH, setSearch: () => undefined });

export function FrameStateProvider({ children }: { readonly children: ReactNode }) {
  const [search, setSearch] = useState(NO_SEARCH);
  const value = useMemo(() => ({ search, setSearch }), [search]);
  return <FrameContext value={value}>{children}</FrameContext>;
}

export function useFrameSearch(): PageSearch {
  return useContext(FrameContext).search;
}

const NOTHING_SEEN: SeenValues = new Map();

/** For a page that has no search of its own: what the top bar's query would search from here. */
export function useProvideTarget(target: 'logs' | 'spans'): void {
  useProvidePageSearch({ target, error: undefined, seenValues: NOTHING_SEEN });
}

/** Called by a page that searches, with values that keep their identity while nothing changes. */
export function useProvidePageSearch({ target, error, seenValues, rangeFields, loadValues }: PageSearch): void {
  const { setSearch } = useContext(FrameContext);
  useEffect(
    () => setSearch({ target, error, seenValues, rangeFields, loadValues }),
    [setSearch, target, error, seenValues, rangeFields, loadValues],
  );
}

import { useEffect, useMemo, useRef, useState } from 'react';
import { hasNews, type LoadValues, type OfferedCounts, valueSuggestionAt } from '../../logic/value-suggestion.ts';
import { ValueStore } from './value-store.ts';

export interface RangeValues {
  /** The values of the place, as far as they are here; where they are not they are asked for. */
  at(query: string, position: number): ReadonlyMap<string, number> | undefined;
  /** What the list has now: only what it lacks is worth another look. */
  noteOffered(counts: OfferedCounts): void;
}

/** Values of the data for the place where the reader writes, and a number that rises when some have come that the list does not have, or counts otherwise. */
export function useRangeValues(target: 'logs' | 'spans', load: LoadValues | undefined): readonly [RangeValues, number] {
  const [arrivals, setArrivals] = useState(0);
  const offered = useRef<OfferedCounts>(new Map());
  const store = useMemo(
    () =>
      load &&
      new ValueStore(load, (values) => {
        if (hasNews(offered.current, values)) setArrivals((count) => count + 1);
      }),
    [load],
  );
  useEffect(() => () => store?.stop(), [store]);
  const values = useMemo(
    (): RangeValues => ({
      at: (query, position) => {
        const suggestion = store && valueSuggestionAt(query, position, target);
        if (suggestion !== undefined) return store?.get(suggestion);
        store?.stop();
        return undefined;
      },
      noteOffered: (counts) => {
        offered.current = counts;
      },
    }),
    [store, target],
  );
  return [values, arrivals];
}

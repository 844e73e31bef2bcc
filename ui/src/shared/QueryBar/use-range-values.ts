import { useEffect, useMemo, useRef, useState } from 'react';
import { type LoadValues, valueSuggestionAt } from '../../logic/value-suggestion.ts';
import { ValueStore } from './value-store.ts';

export interface RangeValues {
  /** The values of the place, as far as they are here; where they are not they are asked for. */
  at(query: string, position: number): ReadonlyMap<string, number> | undefined;
  /** What the list has now: only what it lacks is worth another look. */
  noteOffered(labels: readonly string[]): void;
}

/** Values of the data for the place where the reader writes, and a number that rises when some have come that the list does not have. */
export function useRangeValues(target: 'logs' | 'spans', load: LoadValues | undefined): readonly [RangeValues, number] {
  const [arrivals, setArrivals] = useState(0);
  const offered = useRef<ReadonlySet<string>>(new Set());
  const store = useMemo(
    () =>
      load &&
      new ValueStore(load, (values) => {
        if ([...values.keys()].some((value) => !offered.current.has(value))) setArrivals((count) => count + 1);
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
      noteOffered: (labels) => {
        offered.current = new Set(labels);
      },
    }),
    [store, target],
  );
  return [values, arrivals];
}

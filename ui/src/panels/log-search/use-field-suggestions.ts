import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { logFieldsQuery, logFieldValuesQuery } from '../../api/queries.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { type LoadValues, SUGGESTED_VALUES } from '../../logic/value-suggestion.ts';
import type { LogAddress } from './use-log-search.ts';

const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 0 };

interface FieldSuggestionOptions {
  readonly range: TimeRange | undefined;
  /** The panel shows the fields: then they cost nothing more. */
  readonly isCounted: boolean;
}

/** What the query bar can offer of the data: the fields that the panel has, and on demand the values of one. */
export function useFieldSuggestions({ query }: LogAddress, { range, isCounted }: FieldSuggestionOptions) {
  const client = useQueryClient();
  const { fromMillis, toMillis } = range ?? NO_RANGE;
  const { data } = useQuery({ ...logFieldsQuery({ query, range: range ?? NO_RANGE }), enabled: isCounted && range !== undefined });
  const rangeFields = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { key, place, count } of data?.fields ?? []) {
      if (place !== 'record') counts.set(key, Math.max(count, counts.get(key) ?? 0));
    }
    return counts;
  }, [data]);
  const loadValues: LoadValues = useCallback(
    async ({ field, prefix, rest }, signal) => {
      if (fromMillis === toMillis) return new Map();
      const options = logFieldValuesQuery({ query: rest, range: { fromMillis, toMillis }, field, prefix, limit: SUGGESTED_VALUES });
      // Not where a panel waits for the same answer.
      const stop = () => void client.cancelQueries({ queryKey: options.queryKey, exact: true, type: 'inactive' });
      signal.addEventListener('abort', stop, { once: true });
      const { values } = await client.fetchQuery(options);
      return new Map(values.map(({ value, count }) => [value, count]));
    },
    [client, fromMillis, toMillis],
  );
  return { rangeFields, loadValues };
}

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { logStatsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { useResolvedRange } from '../../state/search-clock.ts';
import type { LogAddress } from './use-log-search.ts';

/** A range that holds nothing: stands in for one that is not valid, and is never sent. */
const NO_RANGE = { fromMillis: 0, toMillis: 0 };

/** Figures of the address's records. */
export function useLogStats(address: LogAddress) {
  const range = useResolvedRange(address.range);
  const { field, by } = address.stats;
  const asked = { query: address.query, field, by };
  const shown = useKeptRange(range, {
    question: JSON.stringify([asked, address.range]),
    keysOf: (part) => [logStatsQuery({ ...asked, range: part }).queryKey],
    name: 'logStats.title',
  });
  const search = useQuery({
    ...logStatsQuery({ ...asked, range: shown ?? NO_RANGE }),
    enabled: range !== undefined && address.isStats,
    placeholderData: keepPreviousData,
  });
  return { search, range };
}

export type LogStats = ReturnType<typeof useLogStats>;

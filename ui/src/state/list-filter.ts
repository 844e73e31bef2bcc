import { useNavigate } from '@tanstack/react-router';
import { addFilter } from '../logic/query-edit.ts';
import type { FilterMode } from '../logic/query-filter.ts';
import { searchUrl, useCurrentSearch } from './last-search.ts';
import { newLogsUrl } from './log-look.ts';
import { recordQuery } from './query-history.ts';

/** On a page that is no list, a click on a value leads to a list: the search that the top bar carries, changed by that value. */
export function useListFilter(list: 'logs' | 'traces'): (filter: string, mode: FilterMode) => void {
  const navigate = useNavigate();
  const current = useCurrentSearch(list === 'traces' ? 'spans' : 'logs');
  return (filter, mode) => {
    const query = mode === 'only' ? filter : addFilter(current.query, mode === 'exclude' ? `-${filter}` : filter);
    recordQuery(query);
    const search = searchUrl({ ...current, query });
    void (list === 'logs' ? navigate({ to: '/logs', search: newLogsUrl(search) }) : navigate({ to: '/traces', search }));
  };
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { statusQuery } from '../api/queries.ts';
import { canHeal } from './query-kinds.ts';

/**
 * What failed while the collector or its storage was away is read again by itself once both are there. Only where there is nothing to see but that it
 * failed: what the reader looks at never moves.
 */
export function useHealing(): void {
  const client = useQueryClient();
  const { data, dataUpdatedAt } = useQuery(statusQuery());
  const isWell = data?.storage.status === 'ok';
  useEffect(() => {
    if (!isWell) return;
    void client.refetchQueries({ type: 'active', predicate: (query) => canHeal(query, dataUpdatedAt) });
  }, [client, isWell, dataUpdatedAt]);
}

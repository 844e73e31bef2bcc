import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { statusQuery } from '../api/queries.ts';
import { canHeal, MAX_HEALINGS, mayPass } from './query-kinds.ts';

/**
 * What failed while the collector or its storage was away is read again by itself once both are there. Only where there is nothing to see but that it
 * failed: what the reader looks at never moves.
 */
export function useHealing(): void {
  const client = useQueryClient();
  const wellAtMillis = useWellAt();
  useEffect(() => {
    if (wellAtMillis === undefined) return;
    void client.refetchQueries({ type: 'active', predicate: (query) => canHeal(query, wellAtMillis) });
  }, [client, wellAtMillis]);
}

/** When the collector said last that it and its storage are well; undefined where it said last that they are not, or nothing yet. */
function useWellAt(): number | undefined {
  const { data, dataUpdatedAt } = useQuery(statusQuery());
  return data?.storage.status === 'ok' ? dataUpdatedAt : undefined;
}

interface Reread {
  /** Why what the reader asked to read again is not here; undefined where nothing is missing. */
  readonly error: Error | null | undefined;
  readonly isUnderWay: () => boolean;
  readonly retry: () => void;
}

/** What the reader asked to read again, and what could not be while the collector or its storage was away, is asked for once more each time that both are well. */
export function useHealedReread(reread: Reread): void {
  const wellAtMillis = useWellAt();
  const latest = useRef(reread);
  latest.current = reread;
  const healings = useRef(0);
  useEffect(() => {
    const { error, isUnderWay, retry } = latest.current;
    if (wellAtMillis === undefined || (error === undefined && !isUnderWay())) healings.current = 0;
    if (wellAtMillis === undefined || !mayPass(error) || healings.current >= MAX_HEALINGS) return;
    healings.current += 1;
    retry();
  }, [wellAtMillis]);
}

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { LogRecord } from '@threadline/collector/api';
import { useState } from 'react';
import { logRecordQuery } from './queries.ts';

export interface FullRecord {
  /** What there is of it so far: the list's record until the whole one has come. */
  readonly record: LogRecord | undefined;
  /** The whole record is not here yet. */
  readonly isLoading: boolean;
  readonly error: Error | undefined;
  readonly retry: () => void;
  /** What it is asked for with. */
  readonly query: UseQueryResult<LogRecord>;
}

/**
 * The whole record of an id. A list's record is enough where its body is not cut; then nothing is fetched. A record that leaves the list,
 * as one that was just excluded, stays as it was shown: a record never changes.
 */
export function useFullRecord(id: string | undefined, inList: LogRecord | undefined): FullRecord {
  const [shown, setShown] = useState(inList);
  if (inList !== undefined && inList !== shown) setShown(inList);
  const listed = inList ?? (shown?.id === id ? shown : undefined);
  const needed = id !== undefined && (listed === undefined || listed.bodyTruncated === true);
  const query = useQuery({ ...logRecordQuery(id ?? ''), enabled: needed });
  return {
    record: (needed ? query.data : undefined) ?? listed,
    isLoading: needed && query.isPending,
    error: needed ? (query.error ?? undefined) : undefined,
    retry: () => void query.refetch(),
    query,
  };
}

import { useQueries } from '@tanstack/react-query';
import type { TraceSummary } from '@threadline/collector/api';
import { useMemo } from 'react';
import { tracesByIdQuery } from '../../api/queries.ts';
import { firstTraces, type RecentFlow } from '../../logic/recent-flows.ts';

/** The traces that flows begin with, by their ids, as far as they have come. */
export function useFirstTraces(flows: readonly RecentFlow[]): ReadonlyMap<string, TraceSummary> {
  const parts = useMemo(() => firstTraces(flows), [flows]);
  return useQueries({
    queries: parts.map((part) => tracesByIdQuery(part)),
    combine: byId,
  });
}

function byId(answers: readonly { readonly data: readonly TraceSummary[] | undefined }[]): ReadonlyMap<string, TraceSummary> {
  return new Map(answers.flatMap(({ data = [] }) => data.map((trace) => [trace.traceId, trace] as const)));
}

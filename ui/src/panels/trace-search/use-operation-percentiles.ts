import { type UseQueryResult, useQueries } from '@tanstack/react-query';
import type { ServiceFiguresAnswer } from '@threadline/collector/api';
import { useCallback, useMemo } from 'react';
import { serviceFiguresQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { rangesByName, type UsualRange } from '../../logic/usual-range.ts';
import type { Traces } from './use-trace-search.ts';

/** Roots of more services than these in one list have no percentiles beside them. */
const MAX_SERVICES = 20;
const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 1 };

/** How long the operation of a trace's root takes in the range, as far as it is known yet. */
export function useOperationPercentiles({
  traces,
  range,
  rangeText,
}: Pick<Traces, 'traces' | 'range' | 'rangeText'>): (service: string, operation: string) => UsualRange | undefined {
  const services = useMemo(
    () => [...new Set(traces.map(({ rootService }) => rootService))].filter((name) => name !== '').slice(0, MAX_SERVICES),
    [traces],
  );
  const kept = useKeptRange(range, {
    question: JSON.stringify([services, rangeText]),
    keysOf: (part) => services.map((service) => serviceFiguresQuery(service, part).queryKey),
    name: 'traces.percentiles',
  });
  const byService = useQueries({
    queries: services.map((service) => ({
      ...serviceFiguresQuery(service, kept ?? NO_RANGE),
      enabled: kept !== undefined,
      retry: false,
    })),
    combine: combineFigures,
  });
  return useCallback((service, operation) => byService.get(service)?.get(operation), [byService]);
}

/** Outside of the hook, so that it is worked out anew only when an answer comes. */
function combineFigures(results: readonly UseQueryResult<ServiceFiguresAnswer>[]) {
  return new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.name, rangesByName(data)] as const])));
}

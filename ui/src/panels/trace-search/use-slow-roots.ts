import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { traceIdsQuery } from '../../api/queries.ts';
import { rangeOfTraces, slowRootQuery, withSlowRoot } from '../../logic/slow-roots.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import type { UsualRange } from '../../logic/usual-range.ts';
import type { Traces } from './use-trace-search.ts';

const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 1 };
const NONE: ReadonlySet<string> = new Set();

/** Ids of the traces whose root took longer than its operation usually does, as far as it is known. A list that begins in its middle may have more. */
export function useSlowRoots(
  { traces, range, asked }: Pick<Traces, 'traces' | 'range' | 'asked'>,
  usualOf: (service: string, operation: string) => UsualRange | undefined,
): ReadonlySet<string> {
  const rootQuery = useMemo(() => slowRootQuery(traces, usualOf), [traces, usualOf]);
  const search = rootQuery === undefined ? undefined : withSlowRoot(asked, rootQuery);
  const part = useMemo(() => range && rangeOfTraces(traces, range), [traces, range]);
  const { data = NONE } = useQuery({
    ...traceIdsQuery({ ...(search ?? asked), range: part ?? NO_RANGE }),
    enabled: search !== undefined && range !== undefined,
    placeholderData: keepPreviousData,
  });
  return search === undefined ? NONE : data;
}

import { queryOptions } from '@tanstack/react-query';
import type { OperationFiguresAnswer } from '@threadline/collector/api';
import type { Environment } from '../logic/environment.ts';
import { rangesOfService, type UsualRange, type UsualRanges } from '../logic/usual-range.ts';
import { ApiError } from './api-error.ts';
import { requestJson } from './request-json.ts';

const MINUTE_MILLIS = 60_000;
/** What is usual is what was before the trace, for as long as this. */
const BEFORE_MILLIS = 6 * 60 * MINUTE_MILLIS;
/** Where nothing was before it, what was around it: the trace itself is in that. */
const AROUND_MILLIS = 60 * MINUTE_MILLIS;
/** Asked for at once; the collector takes up to 50. */
const SERVICES_A_REQUEST = 30;
/** A trace of more services than these has a range on the bars of the first of them. */
const MAX_SERVICES = 600;

export interface UsualRangesSearch {
  /** At least one; those that count most first. */
  readonly services: readonly string[];
  readonly startMillis: number;
  readonly endMillis: number;
  /** Where the trace is from. */
  readonly environment: Environment;
}

/**
 * How long the operations of a trace's services usually take: one request for each thirty, and one more where services sent nothing before the trace.
 * Where figures cannot be read there are none: bars without a range are whole without it.
 */
export function usualRangesQuery({ services, startMillis, endMillis, environment }: UsualRangesSearch) {
  const asked = services.slice(0, MAX_SERVICES);
  const from = Math.floor(startMillis / MINUTE_MILLIS) * MINUTE_MILLIS;
  return queryOptions({
    queryKey: ['usualRanges', asked, from, endMillis, environment],
    queryFn: async ({ signal }): Promise<UsualRanges> => {
      const ranges = new Map<string, ReadonlyMap<string, UsualRange>>();
      try {
        await readRanges(ranges, asked, { from: from - BEFORE_MILLIS, to: from, environment }, signal);
        const others = asked.filter((service) => !ranges.has(service));
        if (others.length > 0) {
          const around = { from: from - AROUND_MILLIS, to: endMillis + AROUND_MILLIS, environment, isAround: true };
          await readRanges(ranges, others, around, signal);
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
      return ranges;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Adds the ranges of services of which enough is known in the time. */
async function readRanges(
  ranges: Map<string, ReadonlyMap<string, UsualRange>>,
  services: readonly string[],
  {
    isAround = false,
    ...place
  }: { readonly from: number; readonly to: number; readonly environment: Environment; readonly isAround?: boolean },
  signal: AbortSignal,
): Promise<void> {
  for (let first = 0; first < services.length; first += SERVICES_A_REQUEST) {
    const asked = services.slice(first, first + SERVICES_A_REQUEST);
    const answer = await requestJson<OperationFiguresAnswer>('/operation-figures', { service: asked, ...place }, signal);
    for (const service of answer.services) {
      const known = rangesOfService(service, { isAround });
      if (known.size > 0) ranges.set(service.name, known);
    }
  }
}

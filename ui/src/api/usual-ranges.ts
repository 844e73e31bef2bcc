import { queryOptions } from '@tanstack/react-query';
import type { ServiceFiguresAnswer } from '@threadline/collector/api';
import { rangesOfService, type UsualRange, type UsualRanges } from '../logic/usual-range.ts';
import { ApiError } from './api-error.ts';
import { requestJson } from './request-json.ts';

const MINUTE_MILLIS = 60_000;
/** What is usual is what was before the trace, for as long as this. */
const BEFORE_MILLIS = 6 * 60 * MINUTE_MILLIS;
/** Where nothing was before it, what was around it: the trace itself is in that. */
const AROUND_MILLIS = 60 * MINUTE_MILLIS;
/** A trace of more services than these has a range on the bars of those with the most spans. */
const MAX_SERVICES = 30;

export interface UsualRangesSearch {
  /** Most spans first. */
  readonly services: readonly string[];
  readonly startMillis: number;
  readonly endMillis: number;
}

/**
 * How long the operations of a trace's services usually take: one request a service, one after the other, so that nothing that the reader waits for waits for them.
 * Where figures cannot be read the rest is not asked for: bars without a range are whole without it.
 */
export function usualRangesQuery({ services, startMillis, endMillis }: UsualRangesSearch) {
  const asked = services.slice(0, MAX_SERVICES);
  const from = Math.floor(startMillis / MINUTE_MILLIS) * MINUTE_MILLIS;
  return queryOptions({
    queryKey: ['usualRanges', asked, from, endMillis],
    queryFn: async ({ signal }): Promise<UsualRanges> => {
      const ranges = new Map<string, ReadonlyMap<string, UsualRange>>();
      try {
        for (const service of asked) {
          const before = await readRanges(service, { from: from - BEFORE_MILLIS, to: from }, signal);
          const around = { from: from - AROUND_MILLIS, to: endMillis + AROUND_MILLIS };
          ranges.set(service, before.size > 0 ? before : await readRanges(service, around, signal));
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

/** None for a service that sent nothing in the range. */
async function readRanges(
  service: string,
  range: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, UsualRange>> {
  try {
    return rangesOfService(
      await requestJson<ServiceFiguresAnswer>(`/services/${encodeURIComponent(service)}/figures`, { ...range }, signal),
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return new Map();
    throw error;
  }
}

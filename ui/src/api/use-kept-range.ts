import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { TimeRange } from '../logic/time-range.ts';
import type { MessageKey } from '../messages/english.ts';
import { reportKeptPart } from '../state/kept-parts.ts';
import { ApiError } from './api-error.ts';

interface KeptRangeOptions {
  /** All that is asked for but the instants. Where it changes, what was read before answers another question and is not kept. */
  readonly question: string;
  readonly keyOf: (range: TimeRange) => QueryKey;
  /** What the part of the page is called. */
  readonly name: MessageKey;
}

/**
 * The range that a part of a page asks for: the given one, or, where that is the same text read again and its answer failed to come, the one before, whose
 * answer is here. What else the page shows goes on; the page says which part is of an earlier time.
 */
export function useKeptRange<Range extends TimeRange | undefined>(
  range: Range,
  { question, keyOf, name }: KeptRangeOptions,
): Range | TimeRange {
  const client = useQueryClient();
  const cache = client.getQueryCache();
  const key = range && keyOf(range);
  const state = useSyncExternalStore(cache.subscribe, () => key && client.getQueryState(key));
  const [good, setGood] = useState<{ readonly question: string; readonly range: TimeRange }>();
  const isGood = state?.data !== undefined;
  if (range && isGood && !(good?.question === question && isSame(good.range, range))) setGood({ question, range });
  const hasFailed = state?.status === 'error' && !isGood && !isOfTheSearch(state.error);
  const before = hasFailed && good?.question === question ? client.getQueryState(keyOf(good.range)) : undefined;
  const kept = before?.data === undefined ? undefined : good?.range;
  const isKept = kept !== undefined;
  const error = state?.error ?? null;
  const ofMillis = before?.dataUpdatedAt ?? 0;
  const keyText = JSON.stringify(key);
  useEffect(() => {
    if (!isKept) return;
    const retry = () => void client.refetchQueries({ predicate: ({ queryKey }) => JSON.stringify(queryKey) === keyText });
    return reportKeptPart({ name, error, ofMillis, retry });
  }, [client, isKept, name, error, ofMillis, keyText]);
  return kept ?? range;
}

/** Another try would not help, and the page has a place of its own for it. */
function isOfTheSearch(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 401);
}

function isSame(one: TimeRange, other: TimeRange): boolean {
  return one.fromMillis === other.fromMillis && one.toMillis === other.toMillis;
}

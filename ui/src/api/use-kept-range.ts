import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { TimeRange } from '../logic/time-range.ts';
import type { MessageKey } from '../messages/english.ts';
import { reportKeptPart } from '../state/kept-parts.ts';
import { ApiError } from './api-error.ts';

interface KeptRangeOptions {
  /** All that is asked for but the instants. Where it changes, what was read before answers another question and is not kept. */
  readonly question: string;
  /** What the part of the page asks for; it is kept as a whole. */
  readonly keysOf: (range: TimeRange) => readonly QueryKey[];
  /** What the part of the page is called. */
  readonly name: MessageKey;
}

/**
 * The range that a part of a page asks for: the given one, or, where that is the same text read again and its answer failed to come, the one before, whose
 * answer is here. What else the page shows goes on; the page says which part is of an earlier time.
 */
export function useKeptRange<Range extends TimeRange | undefined>(
  range: Range,
  { question, keysOf, name }: KeptRangeOptions,
): Range | TimeRange {
  const client = useQueryClient();
  const cache = client.getQueryCache();
  const keys = range === undefined ? [] : keysOf(range);
  useSyncExternalStore(cache.subscribe, () => outcomeOf(client, keys));
  const outcome = outcomeOf(client, keys);
  const [good, setGood] = useState<{ readonly question: string; readonly range: TimeRange }>();
  const isGood = outcome.startsWith('good');
  if (range && isGood && !(good?.question === question && isSame(good.range, range))) setGood({ question, range });
  const hasFailed = outcome.startsWith('failed');
  const before = hasFailed && good?.question === question ? keysOf(good.range).map((key) => client.getQueryState(key)) : [];
  const kept = before.length > 0 && before.every((state) => state?.data !== undefined) ? good?.range : undefined;
  const isKept = kept !== undefined;
  const error = hasFailed ? (keys.map((key) => client.getQueryState(key)?.error).find((one) => one) ?? null) : null;
  const ofMillis = Math.min(...before.map((state) => state?.dataUpdatedAt ?? 0));
  const keyTexts = JSON.stringify(keys.map((key) => JSON.stringify(key)));
  useEffect(() => {
    if (!isKept) return;
    const failed: readonly string[] = JSON.parse(keyTexts);
    const retry = () =>
      void client.refetchQueries({
        predicate: ({ queryKey, state }) => state.status === 'error' && failed.includes(JSON.stringify(queryKey)),
      });
    return reportKeptPart({ name, error, ofMillis, retry });
  }, [client, isKept, name, error, ofMillis, keyTexts]);
  return kept ?? range;
}

/** Whether all of the questions have an answer, or one of them has failed and has none; and of when that is. */
function outcomeOf(client: QueryClient, keys: readonly QueryKey[]): string {
  const states = keys.map((key) => client.getQueryState(key));
  if (states.length > 0 && states.every((state) => state?.data !== undefined)) return 'good';
  const failed = states.filter((state) => state?.status === 'error' && state.data === undefined && !isOfTheSearch(state.error));
  return failed.length > 0 ? `failed ${failed.map((state) => state?.errorUpdatedAt).join(' ')}` : 'waiting';
}

/** Another try would not help, and the page has a place of its own for it. */
function isOfTheSearch(error: unknown): boolean {
  return error instanceof ApiError && [400, 401, 404].includes(error.status ?? 0);
}

function isSame(one: TimeRange, other: TimeRange): boolean {
  return one.fromMillis === other.fromMillis && one.toMillis === other.toMillis;
}

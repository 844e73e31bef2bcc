import type { UseQueryResult } from '@tanstack/react-query';
import type { LogHistogramAnswer } from '@threadline/collector/api';
import { useEffect, useMemo, useRef, useState } from 'react';
import { sumByLevel } from '../../logic/histogram-geometry.ts';
import { countAgainIn, countLive, type LogCounts } from '../../logic/live-counts.ts';
import type { LiveRows } from '../../logic/live-rows.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { restartClock } from '../../state/search-clock.ts';
import type { LogAddress } from './use-log-search.ts';

/** How often a live view counts anew, however little has come. */
const LIVE_COUNTS_MILLIS = 10_000;

interface LogCountsOptions {
  readonly address: LogAddress;
  /** What the answer is of. */
  readonly range: TimeRange;
  readonly live: LiveRows;
}

/** How many records match, by level; of a live view never less than its rows, and counted anew as they come. Counts and fields follow the list. */
export function useLogCounts(
  answer: UseQueryResult<LogHistogramAnswer>,
  { address, range, live }: LogCountsOptions,
): LogCounts | undefined {
  const { isLive, query } = address;
  const data = answer.isPlaceholderData ? undefined : answer.data;
  const question = JSON.stringify([query, address.range]);
  // While the next answer is awaited, the last one to the same question stands, and is of its own range.
  const [last, setLast] = useState<{ readonly question: string; readonly range: TimeRange; readonly answer: LogHistogramAnswer }>();
  if (isLive && data !== undefined && data !== last?.answer) setLast({ question, range, answer: data });
  const { rows, waiting, arrivedCount } = live;
  useCountingAnew({ isLive, arrivedCount, total: data?.total, answeredMillis: answer.dataUpdatedAt });
  const isOpen = address.range.to === 'now';
  return useMemo(() => {
    if (!isLive) return answer.data && { total: answer.data.total, byLevel: sumByLevel(answer.data.buckets) };
    return last?.question === question ? countLive({ ...last, isOpen }, [...rows, ...waiting]) : undefined;
  }, [isLive, answer.data, last, question, isOpen, rows, waiting]);
}

interface CountingOptions {
  readonly isLive: boolean;
  readonly arrivedCount: number;
  /** Of the last answer; undefined while it is awaited. */
  readonly total: number | undefined;
  readonly answeredMillis: number;
}

/** Moves the page's `now` on while a view is live: at once, every so often, as much comes, and at its end: the list after it has what it showed. */
function useCountingAnew({ isLive, arrivedCount, total, answeredMillis }: CountingOptions): void {
  const asked = useRef({ askedMillis: 0, arrivedCount: 0 });
  const arrivedNow = useRef(arrivedCount);
  arrivedNow.current = arrivedCount;
  const count = useRef(() => {
    asked.current = { askedMillis: Date.now(), arrivedCount: arrivedNow.current };
    restartClock();
  }).current;
  useEffect(() => {
    if (!isLive) return;
    count();
    const timer = setInterval(count, LIVE_COUNTS_MILLIS);
    return () => {
      clearInterval(timer);
      restartClock();
    };
  }, [isLive, count]);
  useEffect(() => {
    if (!isLive || total === undefined) return;
    // A list that began anew counts from nothing.
    if (arrivedCount < asked.current.arrivedCount) asked.current.arrivedCount = 0;
    const askedMillis = Math.min(asked.current.askedMillis, answeredMillis);
    const arrived = arrivedCount - asked.current.arrivedCount;
    const inMillis = countAgainIn({ total, askedMillis, answeredMillis }, { arrived, nowMillis: Date.now() });
    if (inMillis === undefined) return;
    const timer = setTimeout(count, inMillis);
    return () => clearTimeout(timer);
  }, [isLive, arrivedCount, total, answeredMillis, count]);
}

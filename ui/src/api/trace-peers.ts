import { queryOptions } from '@tanstack/react-query';
import type { TraceSearchAnswer, TraceSummary } from '@threadline/collector/api';
import { type Environment, environmentFilter } from '../logic/environment.ts';
import { choosePeers } from '../logic/trace-peers.ts';
import { openStream, requestJson } from './request-json.ts';

/** Healthy traces are looked for from so long before the trace to so long after it. */
const BEFORE_MILLIS = 24 * 3600_000;
const AFTER_MILLIS = 3600_000;
const PAGE_TRACES = 100;
/** Where nearly all requests fail, healthy ones are not looked for any further than this. */
const MAX_PAGES = 10;
/** Read at once: the collector has others to answer. */
const READ_AT_ONCE = 2;
/** Whole traces are kept no longer than they are looked at, but for a step back. */
const KEPT_MILLIS = 60_000;

/** Traces to compare with, and the answer in columns of each. */
export interface TracePeers {
  readonly traces: readonly TraceSummary[];
  readonly answers: readonly ArrayBuffer[];
  /** Traces of the request that were looked at, and those that failed. */
  readonly lookedAt: number;
  readonly failed: number;
  /** Healthy ones that were too large to be read beside the others. */
  readonly tooLarge: number;
}

export interface PeersSearch {
  readonly traceId: string;
  readonly service: string;
  readonly operation: string;
  readonly startMillis: number;
  readonly environment: Environment;
  readonly count: number;
}

/** Up to `count` healthy traces whose root is the same, from the same environment where that is known, the newest first. */
export function tracePeersQuery({ traceId, service, operation, startMillis, environment, count }: PeersSearch) {
  return queryOptions({
    queryKey: ['tracePeers', traceId, service, operation, environment, count],
    queryFn: async ({ signal }): Promise<TracePeers> => {
      const range = { from: startMillis - BEFORE_MILLIS, to: startMillis + AFTER_MILLIS };
      let cursor: string | undefined = '';
      const candidates: TraceSummary[] = [];
      let chosen = choosePeers([], { traceId, service, operation, count });
      for (let page = 0; page < MAX_PAGES && cursor !== undefined && chosen.traces.length < count; page += 1) {
        const answer: TraceSearchAnswer = await requestJson(
          '/traces',
          { service, operation, query: environmentFilter(environment), ...range, limit: PAGE_TRACES, cursor },
          signal,
        );
        candidates.push(...answer.traces);
        cursor = answer.nextCursor;
        chosen = choosePeers(candidates, { traceId, service, operation, count });
      }
      return { ...chosen, answers: await readAll(chosen.traces, signal) };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MILLIS,
  });
}

/** One trace to compare with. */
export function tracePeerQuery(traceId: string) {
  return queryOptions({
    queryKey: ['tracePeer', traceId],
    queryFn: ({ signal }) => readColumns(traceId, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MILLIS,
  });
}

async function readAll(traces: readonly TraceSummary[], signal: AbortSignal): Promise<ArrayBuffer[]> {
  const answers = new Array<ArrayBuffer>(traces.length);
  const waiting = [...traces.entries()];
  const readNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      answers[next[0]] = await readColumns(next[1].traceId, signal);
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, readNext));
  return answers;
}

async function readColumns(traceId: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const { body } = await openStream(`/traces/${encodeURIComponent(traceId)}/columns`, {
    parameters: {},
    headers: { accept: 'application/x-ndjson' },
    signal,
  });
  return new Response(body).arrayBuffer();
}

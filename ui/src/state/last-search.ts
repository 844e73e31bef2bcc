import type { QueryTarget } from '@threadline/query-language';
import { useMemo, useSyncExternalStore } from 'react';
import { type Environment, environmentUrl, parseEnvironment } from '../logic/environment.ts';
import { sharedQuery } from '../logic/shared-query.ts';
import { DEFAULT_RANGE, type TimeRangeText } from '../logic/time-range.ts';
import { createStoredValue } from './stored-value.ts';
import type { SearchUrl, ServicesUrl } from './url-state.ts';

/**
 * Search and range that the top bar carries between pages; pages without a search of their own (a trace, a flow) show it and
 * leave it alone. Kept for this tab, so that a reload of a trace still has the search around it.
 */
export interface CurrentSearch extends TimeRangeText {
  readonly query: string;
}

/** What a page of figures is of: when and where. */
export interface Place extends TimeRangeText {
  readonly environment: Environment;
}

type PlaceUrl = Pick<ServicesUrl, 'from' | 'to' | 'env'>;

/** One range for all pages; of logs and of spans the query that was asked last. */
export interface LastSearch extends Place {
  readonly queries: Readonly<Record<QueryTarget, string>>;
  /** What was searched last. */
  readonly target: QueryTarget;
}

const NOTHING_ASKED: LastSearch = { queries: { logs: '', spans: '' }, target: 'logs', environment: undefined, ...DEFAULT_RANGE };

const store = createStoredValue({ key: 'threadline.search', place: 'sessionStorage', parse: parseSearch });

/** Whatever was stored, a search comes of it. */
export function parseSearch(stored: unknown): LastSearch {
  if (typeof stored !== 'object' || stored === null) return NOTHING_ASKED;
  const { logs, spans, target, environment, from, to }: Readonly<Record<string, unknown>> = {
    ...stored,
    ...('queries' in stored && Object(stored.queries)),
  };
  return {
    queries: { logs: textOr(logs, ''), spans: textOr(spans, '') },
    target: target === 'spans' ? 'spans' : 'logs',
    environment: typeof environment === 'string' ? environment : undefined,
    from: textOr(from, DEFAULT_RANGE.from),
    to: textOr(to, DEFAULT_RANGE.to),
  };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/**
 * What is asked where the reader goes on to logs or spans: what these have in common with what was searched last. That is their own last query, whole, as long
 * as the reader has changed nothing of what it shares.
 */
export function queryFor({ queries, target: from }: Pick<LastSearch, 'queries' | 'target'>, target: QueryTarget): string {
  if (from === target) return queries[target];
  const shared = sharedQuery(queries[from]);
  return sharedQuery(queries[target]) === shared ? queries[target] : shared;
}

/** What a list's address says; defaults for what it leaves out. */
export function rememberSearch(target: QueryTarget, { q = '', from = DEFAULT_RANGE.from, to = DEFAULT_RANGE.to }: SearchUrl): void {
  remember({ ...store.get(), queries: { ...store.get().queries, [target]: q }, target, from, to });
}

/** What the address of a page says that a range and an environment are for, and no query; the query stays. */
export function rememberPlace({ from = DEFAULT_RANGE.from, to = DEFAULT_RANGE.to, env }: PlaceUrl): void {
  remember({ ...store.get(), from, to, environment: parseEnvironment(env) });
}

function remember(next: LastSearch): void {
  if (JSON.stringify(next) !== JSON.stringify(store.get())) store.set(next);
}

/** The search as a page of logs, or of spans, has it. */
export function useCurrentSearch(target: QueryTarget): CurrentSearch {
  const last = useSyncExternalStore(store.subscribe, store.get);
  return useMemo(() => ({ query: queryFor(last, target), from: last.from, to: last.to }), [last, target]);
}

export function useCurrentRange(): TimeRangeText {
  return useSyncExternalStore(store.subscribe, store.get);
}

export function useCurrentPlace(): Place {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** As an address carries it: defaults are left out. */
export function searchUrl({ query, ...range }: CurrentSearch): SearchUrl {
  return { ...(query === '' ? {} : { q: query }), ...rangeUrl(range) };
}

/** The range alone, for a page that no query is for. */
export function rangeUrl({ from, to }: TimeRangeText): Pick<SearchUrl, 'from' | 'to'> {
  return from === DEFAULT_RANGE.from && to === DEFAULT_RANGE.to ? {} : { from, to };
}

/** The same for a page of figures. */
export function placeUrl({ environment, ...range }: Place): PlaceUrl {
  return { ...rangeUrl(range), ...environmentUrl(environment) };
}

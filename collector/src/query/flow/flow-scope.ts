import type { QueryNode } from '@threadline/query-language';
import { EPISODE_GAP_NANOS, type Episode, type FlowStart, isReused, MAX_FLOW_TRACES, splitEpisodes } from '../../analysis/episodes.ts';
import type { FlowIdentity } from '../../analysis/flow-membership.ts';
import { ascending } from '../../model/ascending.ts';
import type { TimeRange } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { and, anyOf, equals, exists, not, or, recordField } from '../query-nodes.ts';

/** Traces of a reused id whose episodes are told apart; older ones are found with `from` and `to`. */
const MAX_EPISODE_TRACES = 10_000;

/** What a flow's own spans and records are, as a search. */
export interface FlowScope extends FlowIdentity {
  /** For spans and for logs alike. */
  readonly query: QueryNode;
  readonly range: TimeRange;
  /** Latest first; empty for an id that was not reused. */
  readonly episodes: readonly Episode[];
  /** The one that the scope is of. */
  readonly episode: Episode | undefined;
  readonly warnings: readonly string[];
}

export interface FlowRequest {
  readonly correlationId: string;
  readonly range: TimeRange;
  /** The start of the episode that an earlier page was of; undefined: the latest. */
  readonly episodeFromNanos: bigint | undefined;
}

/** What the id means in the range; undefined where nothing carries it. */
export async function readFlowScope(
  { correlationId, range, episodeFromNanos }: FlowRequest,
  reader: Reader,
): Promise<FlowScope | undefined> {
  const byId = equals('correlationId', correlationId);
  const extent = await readExtent(byId, range, reader);
  if (extent === undefined) return undefined;
  const starts = await readTraceStarts(byId, { range, limit: MAX_FLOW_TRACES + 1 }, reader);
  if (!isReused(starts.size, extent)) {
    const traceIds = new Set(starts.keys());
    const query = or(byId, and(anyOf('traceId', [...traceIds]), not(exists('correlationId'))));
    return { correlationId, traceIds, query, range, episodes: [], episode: undefined, warnings: [] };
  }
  const all = await readTraceStarts(byId, { range, limit: MAX_EPISODE_TRACES }, reader);
  const episodes = splitEpisodes([...traceStarts(all), ...(await readTracelessStarts(byId, extent, reader))]);
  const episode = episodes.find(({ fromNanos }) => fromNanos === episodeFromNanos) ?? episodes[0];
  const warnings =
    all.size >= MAX_EPISODE_TRACES
      ? [
          `The id was seen over more than ${MAX_EPISODE_TRACES} traces: only the latest are in the list of episodes; "to" finds those before.`,
        ]
      : [];
  const traceIds = new Set(episode?.traceIds ?? []);
  const query = episode === undefined ? byId : episodeQuery(byId, episode);
  return { correlationId, traceIds, query, range, episodes, episode, warnings };
}

interface Extent {
  readonly firstNanos: bigint;
  readonly lastNanos: bigint;
}

async function readExtent(query: QueryNode, range: TimeRange, { storage, context }: Reader): Promise<Extent | undefined> {
  const search = (order: 'asc' | 'desc') => ({ query, range, order, limit: 1 });
  const pages = await Promise.all([
    storage.searchSpans(search('asc'), context),
    storage.searchLogs(search('asc'), context),
    storage.searchSpans(search('desc'), context),
    storage.searchLogs(search('desc'), context),
  ]);
  const times = pages.flatMap(({ rows }) => rows.map(({ key }) => key.timeNanos)).sort(ascending);
  const firstNanos = times[0];
  const lastNanos = times.at(-1);
  return firstNanos === undefined || lastNanos === undefined ? undefined : { firstNanos, lastNanos };
}

/** Each trace with the earliest time at which it carries the id. */
async function readTraceStarts(
  query: QueryNode,
  { range, limit }: { readonly range: TimeRange; readonly limit: number },
  { storage, context }: Reader,
): Promise<Map<string, bigint>> {
  const [spans, logs] = await Promise.all([
    storage.findTraceIds({ query, target: 'spans', range, limit }, context),
    storage.findTraceIds({ query, target: 'logs', range, limit }, context),
  ]);
  const starts = new Map<string, bigint>();
  for (const { traceId, firstNanos } of [...spans, ...logs]) {
    const known = starts.get(traceId);
    if (known === undefined || firstNanos < known) starts.set(traceId, firstNanos);
  }
  return starts;
}

function traceStarts(starts: ReadonlyMap<string, bigint>): FlowStart[] {
  return [...starts].map(([traceId, nanos]) => ({ traceId, nanos }));
}

/** The hours in which records without a trace carry the id: what is closer together than an hour is one episode anyway. */
async function readTracelessStarts(byId: QueryNode, { firstNanos, lastNanos }: Extent, { storage, context }: Reader): Promise<FlowStart[]> {
  const widthNanos = EPISODE_GAP_NANOS;
  const query = and(byId, not(exists('traceId')));
  const { counts } = await storage.logHistogram({ query, range: { fromNanos: firstNanos, toNanos: lastNanos + 1n }, widthNanos }, context);
  const hours = new Set(counts.filter(({ count }) => count > 0).map(({ bucket }) => bucket * widthNanos));
  return [...hours].map((nanos) => ({ nanos: nanos < firstNanos ? firstNanos : nanos }));
}

/** A trace belongs to one episode as a whole; records without a trace by their time. */
function episodeQuery(byId: QueryNode, { fromNanos, toNanos, traceIds }: Episode): QueryNode {
  const inTime: QueryNode = {
    type: 'range',
    field: recordField('time'),
    min: { value: fromNanos.toString(), inclusive: true },
    ...(toNanos === undefined ? {} : { max: { value: toNanos.toString(), inclusive: false } }),
  };
  return or(and(anyOf('traceId', traceIds), or(byId, not(exists('correlationId')))), and(byId, not(exists('traceId')), inTime));
}

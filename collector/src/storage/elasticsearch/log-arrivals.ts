import type { QueryNode } from '@threadline/query-language';
import type { LogRecord } from '../../api/index.ts';
import type { ArrivalPage, ArrivalRequest, LogArrivals } from '../log-arrivals.ts';
import type { ReadContext } from '../storage.ts';
import { type ArrivalPosition, encodePosition, parsePosition } from './arrival-position.ts';
import { type Connection, ResponseTooLargeError } from './connection.ts';
import { lookUpNodes } from './query-lookups.ts';
import { translateQuery } from './query-translation.ts';
import { createSearch, logOf, RECORD_FIELD, type Search } from './search-requests.ts';
import { createFrontierReader, nameOf, type ShardFrontier } from './shard-frontiers.ts';

/** What arrived in one shard between two numbers, the first exclusive. */
interface Stretch {
  readonly frontier: ShardFrontier;
  readonly after: number;
}

/**
 * Arrivals in a cluster, whichever collector wrote them, in the order of their sequence numbers. A position is good for every collector of the
 * cluster, and over restarts.
 */
export function createLogArrivals(connection: Connection): LogArrivals {
  const readFrontiers = createFrontierReader(connection);
  return {
    async read(request, context): Promise<ArrivalPage> {
      const frontiers = await readFrontiers(context);
      const { after, limit } = request;
      const known = after === undefined ? undefined : parsePosition(after);
      const position = encodePosition(frontiers, known);
      const nothing = { records: [], skippedCount: 0, unreadCount: 0, position };
      if (known === undefined) return { ...nothing, isBroken: after !== undefined };
      const pages = await Promise.all(newSince(known, frontiers).map((stretch) => readStretch(connection, stretch, { request, context })));
      const records = pages.flatMap((page) => page.records);
      const total = pages.reduce((sum, page) => sum + page.total, 0);
      const given = records.slice(Math.max(0, records.length - limit));
      return { ...nothing, records: given, skippedCount: total - given.length, isBroken: false };
    },
  };
}

/** Indices are named by their day and number: one that is not in the position is new, or not newer than the oldest of those that are. */
function newSince(known: ArrivalPosition, frontiers: readonly ShardFrontier[]): Stretch[] {
  const oldest = known.map(({ index }) => index).sort()[0] ?? '';
  const numbers = new Map(known.map((frontier) => [nameOf(frontier), frontier.checkpoint]));
  return frontiers.flatMap((frontier) => {
    const after = numbers.get(nameOf(frontier)) ?? (frontier.index <= oldest ? frontier.checkpoint : -1);
    return frontier.checkpoint > after ? [{ frontier, after }] : [];
  });
}

async function readStretch(
  connection: Connection,
  { frontier, after }: Stretch,
  { request, context }: { readonly request: ArrivalRequest; readonly context: ReadContext },
): Promise<{ readonly records: readonly LogRecord[]; readonly total: number }> {
  const stretch = { range: { _seq_no: { gt: after, lte: frontier.checkpoint } } };
  const place = { index: frontier.index, preference: `_shards:${frontier.shard}` };
  const searchPlace = createSearch(connection, place);
  const search: Search = (target, body, readContext) =>
    searchPlace(target, { ...body, query: { bool: { filter: [stretch, body.query] } } }, readContext);
  const query = await translated(search, request.query, context);
  for (let size = request.limit; ; size = Math.ceil(size / 2)) {
    try {
      const body = { size, track_total_hits: true, query, sort: [{ _seq_no: 'desc' }], ...RECORD_FIELD };
      const { hits } = await search('logs', body, context);
      return { records: hits.hits.map(logOf).reverse(), total: hits.total?.value ?? 0 };
    } catch (error) {
      if (!(error instanceof ResponseTooLargeError) || size <= 1) throw error;
    }
  }
}

async function translated(search: Search, query: QueryNode, context: ReadContext) {
  return translateQuery(query, 'logs', await lookUpNodes(search, { query, target: 'logs', range: {}, context }));
}

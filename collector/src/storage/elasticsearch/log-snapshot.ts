import { indexLog } from '../../model/indexed-record.ts';
import type { LogSnapshot, ReadContext } from '../storage.ts';
import { type Connection, RequestRefusedError } from './connection.ts';
import { dataStreamOf } from './index-template.ts';
import { searchRows } from './row-search.ts';
import { createSearch, logOf, NO_HITS, type PointInTime, type Search } from './search-requests.ts';

/** Between two pages the client takes what it has, which may be slow; a collector that ended leaves it behind for so long. */
const KEEP_ALIVE = '10m';

/**
 * A tenant's logs by a point in time of Elasticsearch. What was written is to be visible before. A point in time does not hold an index that retention or
 * somebody deletes, and answers nothing more then: the rows behind those that were read are of a new one, of the indices that are left.
 */
export async function openLogSnapshot(connection: Connection, context: ReadContext): Promise<LogSnapshot> {
  const id = await openPointInTime(connection, context);
  if (id === undefined) return NO_LOGS;
  const moment: PointInTime = { id, keepAlive: KEEP_ALIVE };
  const searchMoment = createSearch(connection, moment);
  let renewal: Promise<boolean> | undefined;

  /** False where nothing is left of the data stream. */
  async function renew(pageContext: ReadContext): Promise<boolean> {
    const next = await openPointInTime(connection, pageContext);
    if (next === undefined) return false;
    await closePointInTime(connection, moment.id);
    moment.id = next;
    return true;
  }

  const search: Search = async (target, body, pageContext) => {
    for (;;) {
      const asked = moment.id;
      try {
        return await searchMoment(target, body, pageContext);
      } catch (error) {
        if (!isIndexGone(error)) throw error;
        // Several searches of a page meet it at once.
        if (moment.id !== asked) continue;
        renewal ??= renew(pageContext).finally(() => {
          renewal = undefined;
        });
        if (!(await renewal)) return NO_HITS;
      }
    }
  };

  return {
    searchLogs: (rows, pageContext) =>
      searchRows(search, { target: 'logs', rows, context: pageContext, recordOf: logOf, indexed: indexLog, ofMoment: true }),
    close: () => closePointInTime(connection, moment.id),
  };
}

/** Undefined where the tenant has written nothing yet: there is no data stream. */
async function openPointInTime(connection: Connection, { tenant, deadline, signal }: ReadContext): Promise<string | undefined> {
  const { status, body } = await connection.request({
    method: 'POST',
    path: `/${dataStreamOf('logs', tenant)}/_pit`,
    parameters: { keep_alive: KEEP_ALIVE },
    acceptedStatuses: [404],
    deadline,
    signal,
  });
  const { id }: { readonly id?: unknown } = Object(body);
  return status === 404 || typeof id !== 'string' ? undefined : id;
}

/** What cannot be given back now goes when its time is over. */
async function closePointInTime(connection: Connection, id: string): Promise<void> {
  await connection.request({ method: 'DELETE', path: '/_pit', body: { id }, acceptedStatuses: [404] }).catch(() => undefined);
}

function isIndexGone(error: unknown): boolean {
  return error instanceof RequestRefusedError && error.type === 'index_not_found_exception';
}

const NO_LOGS: LogSnapshot = { searchLogs: async () => ({ rows: [], hasMore: false }), close: async () => undefined };

import { indexLog } from '../../model/indexed-record.ts';
import type { LogSnapshot, ReadContext } from '../storage.ts';
import type { Connection } from './connection.ts';
import { dataStreamOf } from './index-template.ts';
import { searchRows } from './row-search.ts';
import { createSearch, logOf, type PointInTime } from './search-requests.ts';

/** Between two pages the client takes what it has, which may be slow; a collector that ended leaves it behind for so long. */
const KEEP_ALIVE = '10m';

/** A tenant's logs by a point in time of Elasticsearch. What was written is to be visible before. */
export async function openLogSnapshot(connection: Connection, { tenant, deadline, signal }: ReadContext): Promise<LogSnapshot> {
  const { status, body } = await connection.request({
    method: 'POST',
    path: `/${dataStreamOf('logs', tenant)}/_pit`,
    parameters: { keep_alive: KEEP_ALIVE },
    // Of a tenant that has written nothing yet there is no data stream.
    acceptedStatuses: [404],
    deadline,
    signal,
  });
  const { id }: { readonly id?: unknown } = Object(body);
  if (status === 404 || typeof id !== 'string') return NO_LOGS;
  const moment: PointInTime = { id, keepAlive: KEEP_ALIVE };
  const search = createSearch(connection, moment);
  return {
    searchLogs: (rows, context) =>
      searchRows(search, { target: 'logs', rows, context, recordOf: logOf, indexed: indexLog, ofMoment: true }),
    close: async () => {
      // What cannot be given back now goes when its time is over.
      await connection
        .request({ method: 'DELETE', path: '/_pit', body: { id: moment.id }, acceptedStatuses: [404] })
        .catch(() => undefined);
    },
  };
}

const NO_LOGS: LogSnapshot = { searchLogs: async () => ({ rows: [], hasMore: false }), close: async () => undefined };

import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { type DataStream, readDataStreams } from './data-streams.ts';

const MILLIS_A_DAY = 24 * 60 * 60 * 1_000;
/** As Elasticsearch's own data stream lifecycle: larger shards are slow to move and to recover. */
const MAX_SHARD_SIZE = '50gb';
const MAX_SHARD_DOCUMENTS = 200_000_000;
/** How often it looks, at least: as the data stream lifecycle does by default. */
const MAX_PERIOD_MILLIS = 5 * 60_000;
const MIN_PERIOD_MILLIS = 1_000;
/** Of the retention: so much longer than it a record may be there. */
const PERIODS_A_RETENTION = 10;

export interface RetentionOptions {
  readonly connection: Connection;
  readonly retentionDays: number;
  /** Told of what went wrong; the next round tries again. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Rolls data streams over and deletes their indices once all records in them arrived longer ago than the retention, where the cluster has no
 * lifecycle of its own. Any number of collectors may do so on one cluster. Runs until the signal is aborted.
 */
export async function runRetention({ connection, retentionDays, onFault }: RetentionOptions, signal: AbortSignal): Promise<void> {
  const retentionMillis = retentionDays * MILLIS_A_DAY;
  const periodMillis = Math.min(MAX_PERIOD_MILLIS, Math.max(MIN_PERIOD_MILLIS, retentionMillis / PERIODS_A_RETENTION));
  while (!signal.aborted) {
    try {
      for (const dataStream of await readDataStreams(connection, signal)) await tidy(connection, { dataStream, retentionMillis, signal });
    } catch (error) {
      if (!signal.aborted) onFault(error);
    }
    await sleep(periodMillis, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

interface Tidying {
  readonly dataStream: DataStream;
  readonly retentionMillis: number;
  readonly signal: AbortSignal;
}

async function tidy(connection: Connection, { dataStream, retentionMillis, signal }: Tidying): Promise<void> {
  for (const name of expiredIndices(dataStream, { retentionMillis, nowMillis: Date.now() })) {
    // Another collector may have deleted it, or Elasticsearch may refuse while a snapshot is taken of it.
    await connection.request({ method: 'DELETE', path: `/${name}`, acceptedStatuses: [400, 404], signal });
  }
  await connection.request({
    method: 'POST',
    path: `/${dataStream.name}/_rollover`,
    body: {
      conditions: {
        max_age: `${rolloverAgeMillis(retentionMillis)}ms`,
        max_primary_shard_size: MAX_SHARD_SIZE,
        max_primary_shard_docs: MAX_SHARD_DOCUMENTS,
        min_docs: 1,
      },
    },
    acceptedStatuses: [400, 404],
    signal,
  });
}

/** The indices in which no record arrived since the retention began: nothing comes into one once the next one is there. */
export function expiredIndices(
  { indices }: DataStream,
  { retentionMillis, nowMillis }: { readonly retentionMillis: number; readonly nowMillis: number },
): string[] {
  return indices
    .filter((_, at) => (indices[at + 1]?.createdMillis ?? Number.POSITIVE_INFINITY) < nowMillis - retentionMillis)
    .map(({ name }) => name);
}

/** How long one index is written to: by so much longer than the retention a record stays at most. As the data stream lifecycle's own. */
export function rolloverAgeMillis(retentionMillis: number): number {
  if (retentionMillis <= MILLIS_A_DAY) return Math.max(MIN_PERIOD_MILLIS, Math.round(retentionMillis / PERIODS_A_RETENTION));
  if (retentionMillis <= 14 * MILLIS_A_DAY) return MILLIS_A_DAY;
  return (retentionMillis <= 90 * MILLIS_A_DAY ? 7 : 30) * MILLIS_A_DAY;
}

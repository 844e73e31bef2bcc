import type { ReadContext } from '../storage.ts';
import type { Connection } from './connection.ts';
import { dataStreamOf } from './index-template.ts';

/** Readers at the same time share what was found this recently. */
const FRESH_MILLIS = 300;

/** One primary shard and the number of the last operation up to which its history is whole and will never be another. */
export interface ShardFrontier {
  readonly index: string;
  readonly shard: number;
  readonly checkpoint: number;
}

/**
 * How far each shard of a tenant's logs has come. Elasticsearch numbers what it writes, shard by shard (`_seq_no`); at or below the global checkpoint
 * no number is still on its way. Everything up to what is given here is visible to searches. Shards without a primary at the moment are left out.
 */
export type ReadFrontiers = (context: ReadContext) => Promise<readonly ShardFrontier[]>;

interface Known {
  readonly at: number;
  readonly frontiers: readonly ShardFrontier[];
}

export function createFrontierReader(connection: Connection): ReadFrontiers {
  const known = new Map<string, Known>();
  const running = new Map<string, Promise<Known>>();

  async function read(dataStream: string): Promise<Known> {
    // Without a reader's signal and deadline: others wait for the same answer.
    const { status, body } = await connection.request({
      method: 'GET',
      path: `/${dataStream}/_stats/docs`,
      parameters: { level: 'shards', filter_path: 'indices.*.shards.*.routing.primary,indices.*.shards.*.seq_no.global_checkpoint' },
      // Of a tenant that has written nothing yet there is no data stream.
      acceptedStatuses: [404],
    });
    const frontiers = status === 404 ? [] : frontiersOf(body);
    const before = new Map(known.get(dataStream)?.frontiers.map((frontier) => [nameOf(frontier), frontier.checkpoint]));
    if (frontiers.some((frontier) => frontier.checkpoint > (before.get(nameOf(frontier)) ?? -1))) {
      await connection.request({ method: 'POST', path: `/${dataStream}/_refresh`, parameters: { ignore_unavailable: true } });
    }
    const result = { at: performance.now(), frontiers };
    known.set(dataStream, result);
    return result;
  }

  return async ({ tenant, signal }) => {
    signal.throwIfAborted();
    const dataStream = dataStreamOf('logs', tenant);
    const last = known.get(dataStream);
    if (last && performance.now() - last.at < FRESH_MILLIS) return last.frontiers;
    const reading = running.get(dataStream) ?? read(dataStream).finally(() => running.delete(dataStream));
    running.set(dataStream, reading);
    return (await reading).frontiers;
  };
}

/** Names a shard of all indices. */
export function nameOf({ index, shard }: Pick<ShardFrontier, 'index' | 'shard'>): string {
  return `${index}/${shard}`;
}

interface ShardStats {
  readonly routing?: { readonly primary?: boolean };
  readonly seq_no?: { readonly global_checkpoint?: number };
}

function frontiersOf(body: unknown): ShardFrontier[] {
  const parsed: { readonly indices?: Readonly<Record<string, { readonly shards?: Readonly<Record<string, readonly ShardStats[]>> }>> } =
    Object(body);
  return Object.entries(parsed.indices ?? {}).flatMap(([index, { shards = {} }]) =>
    Object.entries(shards).flatMap(([shard, copies]) => {
      const checkpoint = copies.find(({ routing }) => routing?.primary === true)?.seq_no?.global_checkpoint;
      return checkpoint === undefined ? [] : [{ index, shard: Number(shard), checkpoint }];
    }),
  );
}

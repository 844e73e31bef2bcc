/** The settings that make a block, by Elasticsearch's number of it. Source: `IndexMetadata` and `Metadata` of the server. */
const BLOCK_SETTINGS: Readonly<Record<string, string>> = {
  5: 'index.blocks.read_only',
  6: 'cluster.blocks.read_only',
  7: 'index.blocks.read',
  8: 'index.blocks.write',
  9: 'index.blocks.metadata',
  12: 'index.blocks.read_only_allow_delete',
  13: 'cluster.blocks.read_only_allow_delete',
};
/** Elasticsearch sets and takes off this one by itself. */
const FLOOD_STAGE = '12';
/** `index [NAME] blocked by: [FORBIDDEN/8/index write (api)];`, without an index where the whole cluster is. */
const BLOCK = /(?:index \[(?<index>[^\]]+)\] )?blocked by: \[[A-Z_]+\/(?<number>\d+)\/(?<name>[^\];]+)/;

/** What a `cluster_block_exception` says: which index, which block, and what to do about it. */
export function blockedMessage(url: string, { status, reason }: { readonly status: number; readonly reason: string }): string {
  const { index, number = '', name = 'a block' } = BLOCK.exec(reason)?.groups ?? {};
  const place = index === undefined ? 'is' : `has the index ${index}, which is`;
  return `Elasticsearch at ${url} ${place} blocked (${status} cluster_block_exception: ${name}): ${remedyOf(number)}`;
}

/** What an `index_closed_exception` says, as somebody has closed an index; none closes by itself. */
export function closedMessage(url: string, index: string | undefined): string {
  const place = index === undefined ? 'an index that' : `the index ${index}, which`;
  return `Elasticsearch at ${url} has ${place} is closed: open it (POST /${index ?? '<index>'}/_open)`;
}

/** No node has started a copy of a shard, as where its disk is gone or nodes may take none: no write and no search of its index ends well until one has. */
export function missingShardsMessage(url: string, indices: readonly string[]): string {
  const places = indices.length === 0 ? 'an index' : indices.join(', ');
  return `Elasticsearch at ${url} has a shard of ${places} that no node has started: GET /_cluster/allocation/explain says why`;
}

/** Half of the nodes that may be its master, or more, are away or do not hear each other: nothing is written until they do. */
export function noMasterMessage(url: string): string {
  return `Elasticsearch at ${url} has no master: start its other nodes, or see in their logs why they do not find each other`;
}

/**
 * What Elasticsearch says of a record that it refuses even without attributes. Its words often quote the record, so only those are told that name a pipeline
 * or a field: without attributes the fields are the collector's own.
 */
const TELLABLE = /pipeline with id \[[^\]]{1,200}\] does not exist|failed to parse field \[[^\]]{1,200}\] of type \[[^\]]{1,50}\]/;

/** Why a record is among the dead letters; quotes nothing of it. */
export function refusedMessage({ type, reason }: { readonly type: string; readonly reason: string }): string {
  const words = TELLABLE.exec(reason)?.[0];
  return `Elasticsearch refuses a record in every form (${words === undefined ? type : `${type}: ${words}`})`;
}

function remedyOf(number: string): string {
  const setting = BLOCK_SETTINGS[number];
  if (setting === undefined) return 'take the block off';
  if (number !== FLOOD_STAGE) return `take the block off, by setting ${setting} to null`;
  return `make room on the disk, and Elasticsearch takes the block off; one that somebody has set goes by setting ${setting} to null`;
}

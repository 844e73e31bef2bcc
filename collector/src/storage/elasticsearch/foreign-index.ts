import { type Connection, unavailable } from './connection.ts';
import { readDataStreams } from './data-streams.ts';
import { TEMPLATE_PRIORITY, VERSION_IN_MAPPING } from './index-template.ts';

interface Place {
  readonly connection: Connection;
  readonly dataStream: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Throws `storage_unavailable` where the next index of the data stream would not be of the collector's template, as somebody's template for the same names has a higher
 * priority: in such an index nothing is found, and records are refused. To be called once the template is there.
 */
export async function checkNextIndex({ connection, dataStream, signal }: Place): Promise<void> {
  const { body } = await connection.request({
    method: 'POST',
    path: `/_index_template/_simulate_index/${dataStream}`,
    parameters: { filter_path: `template.mappings._meta.${VERSION_IN_MAPPING}` },
    ...(signal && { signal }),
  });
  const answer: { readonly template?: unknown } = Object(body);
  if (answer.template !== undefined) return;
  throw unavailable(
    `Elasticsearch at ${connection.url} would not make ${dataStream} by the index template ${templateOf(dataStream)}, as another one is in front ` +
      `of it: ${remedyOf(dataStream)} (GET /_index_template lists all)`,
  );
}

/** Throws `storage_unavailable` where the index that is written to now was not made by the collector's template: what it refuses is not the records' fault. */
export async function checkNewestIndex({ connection, dataStream, signal }: Place): Promise<void> {
  const newest = (await readIndices({ connection, dataStream, signal })).at(-1);
  if (newest?.isForeign)
    throw unavailable(`${foreignMessage(connection, dataStream, newest.name)}, and roll over (POST /${dataStream}/_rollover)`);
}

/** Throws `storage_unavailable` where an index of the data stream was not made by the collector's template: what it cannot search is not the query's fault. */
export async function checkAllIndices({ connection, dataStream, signal }: Place): Promise<void> {
  const found = (await readIndices({ connection, dataStream, signal })).find(({ isForeign }) => isForeign);
  if (!found) return;
  throw unavailable(
    `${foreignMessage(connection, dataStream, found.name)}, roll over (POST /${dataStream}/_rollover) and delete the index (DELETE /${found.name}): ` +
      'what is in it cannot be searched',
  );
}

async function readIndices({ connection, dataStream, signal }: Place) {
  return (await readDataStreams(connection, signal)).find(({ name }) => name === dataStream)?.indices ?? [];
}

function foreignMessage({ url }: Connection, dataStream: string, index: string): string {
  return `Elasticsearch at ${url} has the index ${index}, which another index template than ${templateOf(dataStream)} made: ${remedyOf(dataStream)}`;
}

function remedyOf(dataStream: string): string {
  return `lower that one's priority below ${TEMPLATE_PRIORITY}, or leave ${dataStream} out of its index_patterns`;
}

function templateOf(dataStream: string): string {
  return `threadline-${dataStream.split('-')[0]}`;
}

import type { Connection } from './connection.ts';

/** Modules of Elasticsearch's distributions that its core can run without. */
const MATCH_ONLY_TEXT_MODULE = 'mapper-extras';
const LIFECYCLE_MODULE = 'data-streams';
/** Without the right to see nodes, or where there are none to see (serverless): such a cluster is one of Elastic's distributions. */
const UNSEEN_STATUSES = [401, 403, 404, 410];

/** What of Elasticsearch a cluster has, as far as the collector makes use of it. */
export interface ClusterFacts {
  /** Of all nodes, each once. */
  readonly versions: readonly string[];
  readonly hasMatchOnlyText: boolean;
  /** Deletes what is older than a data stream's retention by itself. */
  readonly hasLifecycle: boolean;
}

/** Of a cluster of different nodes: what every one of them has. */
export async function readClusterFacts(connection: Connection, signal: AbortSignal | undefined): Promise<ClusterFacts> {
  // `GET /` would say the version too, but is not part of the server's core.
  const { status, body } = await connection.request({
    method: 'GET',
    path: '/_nodes/plugins',
    parameters: { filter_path: 'nodes.*.version,nodes.*.modules.name' },
    acceptedStatuses: UNSEEN_STATUSES,
    ...(signal && { signal }),
  });
  if (status >= 400) return { versions: [], hasMatchOnlyText: true, hasLifecycle: true };
  const answer: {
    readonly nodes?: Readonly<Record<string, { readonly version?: string; readonly modules?: readonly { readonly name?: string }[] }>>;
  } = Object(body);
  const nodes = Object.values(answer.nodes ?? {});
  const haveAll = (module: string) => nodes.every(({ modules = [] }) => modules.some(({ name }) => name === module));
  return {
    versions: [...new Set(nodes.map(({ version = 'unknown' }) => version))].sort(),
    hasMatchOnlyText: haveAll(MATCH_ONLY_TEXT_MODULE),
    hasLifecycle: haveAll(LIFECYCLE_MODULE),
  };
}

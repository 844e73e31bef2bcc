import { rm } from 'node:fs/promises';
import { makeNodeDirectory } from '../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch } from '../../deploy/elasticsearch/node.mjs';
import { ELASTICSEARCH_URL } from './collector-process.ts';

/** One real node for the whole run, which every collector of it keeps its records in, each in a namespace of its own. */
export default async function startNode(): Promise<() => Promise<void>> {
  const directory = await makeNodeDirectory('threadline-ui-elasticsearch-');
  const node = await startElasticsearch({ directory });
  // The workers begin later and inherit it.
  process.env[ELASTICSEARCH_URL] = node.url;
  return async () => {
    await node.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import type { ElasticsearchVersion } from '../../../deploy/elasticsearch/assemble.mjs';
import { makeNodeDirectory } from '../../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch } from '../../../deploy/elasticsearch/node.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    elasticsearchUrl: string;
    elasticsearchVersion: string;
  }
}

/** One real node for all files of the project: they write to tenants of their own. A machine without a JDK fails here, with what to install. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return startNode(project, '9.5.3');
}

/** The same with a node of that version. */
export async function startNode(project: TestProject, version: ElasticsearchVersion): Promise<() => Promise<void>> {
  const directory = await makeNodeDirectory('threadline-elasticsearch-');
  const node = await startElasticsearch({ directory, version });
  project.provide('elasticsearchUrl', node.url);
  project.provide('elasticsearchVersion', version);
  return async () => {
    await node.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

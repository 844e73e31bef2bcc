import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startElasticsearch } from '../../../deploy/elasticsearch/node.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    elasticsearchUrl: string;
  }
}

/** One real node for all files of the project: they write to tenants of their own. A machine without a JDK fails here, with what to install. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'threadline-elasticsearch-'));
  const node = await startElasticsearch({ directory });
  project.provide('elasticsearchUrl', node.url);
  return async () => {
    await node.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

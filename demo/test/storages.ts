import path from 'node:path';
import { findJdk, findMaven } from '../../deploy/elasticsearch/find-jdk.mjs';
import { startElasticsearch } from '../../deploy/elasticsearch/node.mjs';

/** A storage that the collector runs on: its settings, once what they need is started. */
export interface StorageUnderTest {
  readonly name: string;
  readonly canRun: boolean;
  start(directory: string): Promise<{ readonly settings: Readonly<Record<string, string>>; readonly stop: () => Promise<void> }>;
}

const EMBEDDED: StorageUnderTest = {
  name: 'embedded',
  canRun: true,
  start: async () => ({ settings: { THREADLINE_STORAGE: 'embedded' }, stop: () => Promise.resolve() }),
};

const ELASTICSEARCH: StorageUnderTest = {
  name: 'elasticsearch',
  canRun: findJdk() !== undefined && findMaven(),
  start: async (directory) => {
    const node = await startElasticsearch({ directory: path.join(directory, 'elasticsearch') });
    return { settings: { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: node.url }, stop: node.stop };
  },
};

export const STORAGES = [EMBEDDED, ELASTICSEARCH];

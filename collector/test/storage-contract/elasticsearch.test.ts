import { inject } from 'vitest';
import { createElasticsearchStorage } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import { testStorageContract } from './storage-contract.ts';

testStorageContract('ElasticsearchStorage', {
  // Tenants are fresh and the node goes with the run, so there is nothing to take away.
  createStorage: async () => ({ storage: createElasticsearchStorage({ url: inject('elasticsearchUrl') }), dispose: async () => undefined }),
});

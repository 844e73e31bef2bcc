import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';
import { describeCrashes } from './embedded-crashes.ts';
import { testStorageContract } from './storage-contract.ts';

testStorageContract('EmbeddedStorage', {
  createStorage: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'threadline-embedded-'));
    return { storage: createEmbeddedStorage({ directory }), dispose: () => rm(directory, { recursive: true, force: true }) };
  },
});
describeCrashes();

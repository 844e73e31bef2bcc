import { defineConfig } from 'vitest/config';

/** One project a part of `npm test`; scripts/test.mjs runs them in this order. Suites with servers run alone. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{query-language,collector,sdk,ui,demo}/src/**/*.test.{ts,tsx}',
            '{collector,sdk}/bench/*.test.ts',
            'scripts/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'storage-embedded',
          include: ['collector/test/storage-contract/embedded.test.ts', 'collector/test/storage-contract/wire-*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'storage-elasticsearch',
          include: ['collector/test/elasticsearch/*.test.ts', 'collector/test/storage-contract/elasticsearch.test.ts'],
          globalSetup: ['collector/test/elasticsearch/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'storage-elasticsearch-8',
          include: ['collector/test/elasticsearch/*.test.ts', 'collector/test/storage-contract/elasticsearch.test.ts'],
          globalSetup: ['collector/test/elasticsearch/global-setup-8.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'elasticsearch-outages',
          include: ['collector/test/elasticsearch/outages/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'query', include: ['collector/test/query/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: 'conformance', include: ['collector/test/conformance/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'end-to-end',
          include: ['collector/test/end-to-end/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'sdk-transports',
          include: ['sdk/test/transports/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'sdk-outage', include: ['sdk/test/outage/*.test.ts'], testTimeout: 300_000 } },
      { test: { name: 'sdk', include: ['sdk/test/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false } },
      {
        test: {
          name: 'deploy',
          include: ['deploy/**/*.test.ts'],
          exclude: ['deploy/servers/test/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'servers',
          include: ['deploy/servers/test/*.test.ts'],
          globalSetup: ['deploy/servers/test/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'demo', include: ['demo/test/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false } },
    ],
  },
});

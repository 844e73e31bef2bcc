import { defineConfig } from 'vitest/config';

/**
 * Node strips types by WebAssembly, whose wrappers V8 compiles again once they are used much: in worker threads, of which the embedded storage has
 * several, that ends the process with SIGSEGV now and then (a core: `Runtime_TierUpWasmToJSWrapper`, `NativeModule::FreeCode`). Only sources are
 * stripped, so that a built collector cannot meet it.
 */
const execArgv = ['--wasm-wrapper-tiering-budget=2147483647'];

/** One project a part of `npm test`; scripts/test.mjs runs them in this order. Suites with servers run alone. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          execArgv,
          include: [
            '{query-language,collector,sdk,ui,demo}/src/**/*.test.{ts,tsx}',
            '{collector,sdk}/bench/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          // Styles are empty in tests, but for the colours that one of them measures.
          css: { include: /tokens\.css/ },
          // Properties with many cases have time on a loaded machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Many of them wait for a disk. On two processors there would be one worker.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'storage-embedded',
          execArgv,
          include: [
            'collector/test/storage-contract/embedded*.test.ts',
            'collector/test/storage-contract/reference-*.test.ts',
            'collector/test/storage-contract/wire-*.test.ts',
          ],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'storage-elasticsearch',
          execArgv,
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
          execArgv,
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
          execArgv,
          include: ['collector/test/elasticsearch/outages/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'query',
          execArgv,
          include: ['collector/test/query/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      { test: { name: 'conformance', execArgv, include: ['collector/test/conformance/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'end-to-end',
          execArgv,
          include: ['collector/test/end-to-end/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // They wait for their collectors most of the time.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'sdk-transports',
          execArgv,
          include: ['sdk/test/transports/**/*.test.ts'],
          globalSetup: ['deploy/servers/test/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'sdk-confluent-kafka',
          execArgv,
          include: ['sdk/test/confluent-kafka/*.test.ts'],
          globalSetup: ['sdk/test/confluent-kafka/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'sdk-outage', execArgv, include: ['sdk/test/outage/*.test.ts'], testTimeout: 300_000 } },
      {
        test: {
          name: 'sdk',
          execArgv,
          include: ['sdk/test/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They wait for their services most of the time; more at once would make a service late.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'sdk-node-22',
          execArgv,
          include: ['sdk/test/*.test.ts'],
          globalSetup: ['sdk/test/node-22-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'deploy',
          execArgv,
          include: ['deploy/**/*.test.ts'],
          exclude: ['deploy/servers/test/**', 'deploy/gateway/test/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'gateways',
          execArgv,
          include: ['deploy/gateway/test/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'servers',
          execArgv,
          include: ['deploy/servers/test/*.test.ts'],
          globalSetup: ['deploy/servers/test/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'demo',
          execArgv,
          include: ['demo/test/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

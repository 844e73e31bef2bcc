import { startCollector } from './collector-process.ts';
import { test as base } from './console-watch.ts';
import { seedFlows } from './flow-seed.ts';

/** A page in front of a collector with the flows of `flow-seed.ts`. */
export const test = base.extend<object, { readonly flowsUi: string }>({
  flowsUi: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      await seedFlows(collector.otlpHttp, Date.now());
      await collector.hasStored();
      await use(collector.ui);
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ flowsUi }, use) => use(flowsUi),
});

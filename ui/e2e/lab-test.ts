import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base, expect } from './shop-test.ts';
import { type Lab, seedLab } from './trace-lab.ts';

interface LabWithCollector extends Lab {
  readonly collector: CollectorProcess;
}

/** A page in front of a collector that holds requests with planted faults, apart from the shop's. */
export const test = base.extend<object, { readonly lab: LabWithCollector }>({
  lab: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      const seeded = await seedLab({ otlpHttp: collector.otlpHttp, endMillis: Date.now() });
      await collector.hasStored();
      await use({ ...seeded, collector });
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ lab }, use) => use(lab.collector.ui),
});

export { expect };

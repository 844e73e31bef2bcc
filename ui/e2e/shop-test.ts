import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base, expect } from './console-watch.ts';
import { type Seeded, seed } from './seed.ts';

export interface Shop extends Seeded {
  readonly collector: CollectorProcess;
}

const REQUESTS = 150;
const SEED = 7;

/** A page in front of a collector that holds a small shop's last quarter of an hour; one collector for all tests. */
export const test = base.extend<object, { readonly shop: Shop }>({
  shop: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      const seeded = await seed({ otlpHttp: collector.otlpHttp, endMillis: Date.now(), requests: REQUESTS, seed: SEED });
      await use({ ...seeded, collector });
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ shop }, use) => use(shop.collector.ui),
});

export { expect };

import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base, expect } from './console-watch.ts';
import { type Seeded, seed } from './seed.ts';

export interface Shop extends Seeded {
  readonly collector: CollectorProcess;
}

const REQUESTS = 150;
const SEED = 7;

/** A page in front of a collector that holds a small shop's last quarter of an hour; one collector for all tests but those that ask for a fresh one. */
export const test = base.extend<object, { readonly freshFor: string; readonly shop: Shop }>({
  // Files that name themselves have a shop of their own, whose records have just come: by the time they run, others have left the last quarter of an hour.
  freshFor: ['', { option: true, scope: 'worker' }],
  shop: [
    async ({ freshFor: _ }, use) => {
      const collector = await startCollector();
      const seeded = await seed({ otlpHttp: collector.otlpHttp, endMillis: Date.now(), requests: REQUESTS, seed: SEED });
      await collector.hasStored();
      await use({ ...seeded, collector });
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ shop }, use) => use(shop.collector.ui),
});

export { expect };

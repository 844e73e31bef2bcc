import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base, expect } from './console-watch.ts';
import { type Renewed, renewed } from './renewed.ts';
import { type Seeded, seed } from './seed.ts';

export interface Shop extends Seeded {
  readonly collector: CollectorProcess;
}

const REQUESTS = 150;
const SEED = 7;
/** After twice as long, the first of its records leave the last quarter of an hour. */
const SHOP_MILLIS = 3 * 60_000;

/** What is made once a worker. */
export interface Shops {
  readonly freshFor: string;
  readonly shops: Renewed<Shop & { readonly stop: () => Promise<void> }>;
}

/** A page in front of a collector that holds a small shop's last minutes; one collector for all tests, but those that ask for a fresh one, until it is old. */
export const test = base.extend<{ readonly shop: Shop }, Shops>({
  // Files that name themselves have a shop of their own, whose records have just come.
  freshFor: ['', { option: true, scope: 'worker' }],
  shops: [
    async ({ freshFor: _ }, use) => {
      const shops = renewed(async () => {
        const collector = await startCollector();
        const seeded = await seed({ otlpHttp: collector.otlpHttp, endMillis: Date.now(), requests: REQUESTS, seed: SEED });
        await collector.hasStored();
        return { ...seeded, collector, stop: collector.stop };
      }, SHOP_MILLIS);
      await use(shops);
      await shops.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  shop: [async ({ shops }, use) => use(await shops.get()), { timeout: 120_000 }],
  baseURL: async ({ shop }, use) => use(shop.collector.ui),
});

export { expect };

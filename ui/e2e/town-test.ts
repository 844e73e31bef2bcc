import { type CollectorProcess, startCollector } from './collector-process.ts';
import { seedQueues } from './queues-seed.ts';
import { type Renewed, renewed } from './renewed.ts';
import { seedServices } from './services-seed.ts';
import { test as base, expect } from './shop-test.ts';

/** Its services fare now as they did when they last sent for two minutes more. */
const TOWN_MILLIS = 2 * 60_000;

/** A page in front of a collector that holds a few services in each state and a crowd of others, beside that of the shop. */
export const test = base.extend<
  { readonly town: CollectorProcess; readonly queues: CollectorProcess },
  { readonly towns: Renewed<CollectorProcess> }
>({
  towns: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const towns = renewed(async () => {
        const collector = await startCollector();
        await seedServices({ otlpHttp: collector.otlpHttp, endMillis: Date.now() });
        await collector.hasStored();
        return collector;
      }, TOWN_MILLIS);
      await use(towns);
      await towns.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  town: [async ({ towns }, use) => use(await towns.get()), { timeout: 120_000 }],
  /** Another that holds who calls whom over queues and topics. */
  queues: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      await seedQueues({ otlpHttp: collector.otlpHttp, endMillis: Date.now() });
      await collector.hasStored();
      await use(collector);
      await collector.stop();
    },
    { timeout: 120_000 },
  ],
  baseURL: async ({ town }, use) => use(town.ui),
});

export { expect };

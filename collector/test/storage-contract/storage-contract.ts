import { afterAll, beforeAll, describe } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { describeCounts } from './counts.ts';
import { describeErrors } from './errors.ts';
import { describeFacets } from './facets.ts';
import { describeFigures } from './figures.ts';
import { describeHistogram } from './histogram.ts';
import { describeOrder } from './order.ts';
import { describePatterns } from './patterns.ts';
import { describeQueries } from './queries.ts';
import { describeRandomQueries } from './random.ts';
import { describeLimits } from './read-limits.ts';
import { describeRoundTrip } from './round-trip.ts';
import { describeStats } from './stats.ts';
import { describeTraces } from './traces.ts';
import { describeWrites } from './writes.ts';

/** A storage that nothing has started yet, and how to take it away again with all it holds. */
export interface StorageUnderTest {
  readonly storage: Storage;
  readonly dispose: () => Promise<void>;
}

export interface StorageContractOptions {
  /** Called a few times; each storage is started and shut down by the suite, and disposed of at the end. May share a server: tenants are fresh. */
  readonly createStorage: () => Promise<StorageUnderTest>;
}

/** What the parts of the suite get: the started storage, and tenants that no run before had. */
export interface ContractContext {
  readonly storage: () => Storage;
  readonly createStorage: StorageContractOptions['createStorage'];
  readonly newTenant: (part: string) => string;
}

/**
 * The meaning of `Storage` as a test: every adapter runs all of it. An adapter's own test file only says how one is made.
 * Data is written once a part and read many times.
 */
export function testStorageContract(name: string, { createStorage }: StorageContractOptions): void {
  describe(`${name} keeps the storage contract`, () => {
    let current: StorageUnderTest | undefined;
    const run = Math.floor(Math.random() * 36 ** 6).toString(36);
    const context: ContractContext = {
      storage: () => {
        if (!current) throw new Error('the storage is not there before the suite has started it');
        return current.storage;
      },
      createStorage,
      newTenant: (part) => `${part}${run}`,
    };

    beforeAll(async () => {
      current = await createStorage();
      await current.storage.start(AbortSignal.timeout(START_TIMEOUT_MILLIS));
    });
    afterAll(async () => {
      await current?.storage.shutdown();
      await current?.dispose();
    });

    describeWrites(context);
    describeRoundTrip(context);
    describeOrder(context);
    describeQueries(context);
    describeRandomQueries(context);
    describeHistogram(context);
    describeFacets(context);
    describePatterns(context);
    describeStats(context);
    describeTraces(context);
    describeCounts(context);
    describeFigures(context);
    describeErrors(context);
    describeLimits(context);
  });
}

/** A server that other suites keep busy may take long to answer. */
const START_TIMEOUT_MILLIS = 60_000;

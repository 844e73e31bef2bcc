import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { BASE_NANOS, buildLog, buildSpan, SECOND_NANOS } from '../storage-contract/builders.ts';
import { newTenant, readContext, startStorage } from './reading.ts';

describe('services', () => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await startStorage();
  });
  afterAll(() => storage.shutdown());

  it('that are quiet are told with when they were last seen, behind very many newer records of others', async () => {
    const tenant = newTenant('quiet');
    const atSecond = (second: number) => BASE_NANOS + BigInt(second) * SECOND_NANOS;
    const log = (service: string, second: number) => buildLog(`${service} ${second}`, { service, timeUnixNano: String(atSecond(second)) });
    const span = (service: string, second: number) =>
      buildSpan(`${service} ${second}`, { service, startTimeUnixNano: String(atSecond(second)), status: { code: 2 } });
    await storage.writeLogs(tenant, [
      ...Array.from({ length: 1_200 }, (_, second) => log('busy', 100 + second)),
      ...[3, 9, 5].map((second) => log('quiet', second)),
    ]);
    await storage.writeSpans(tenant, [...[4, 2].map((second) => span('quiet', second)), span('spans only', 1)]);
    const none = { spanCount: 0, logCount: 0, errorCount: 0 };
    const quiet = { name: 'quiet', spanCount: 2, logCount: 3, errorCount: 2, lastSeenNanos: atSecond(9) };
    const spansOnly = { ...none, name: 'spans only', spanCount: 1, errorCount: 1, lastSeenNanos: atSecond(1) };
    expect(await storage.services({}, readContext(tenant))).toEqual([
      { ...none, name: 'busy', logCount: 1_200, lastSeenNanos: atSecond(1_299) },
      quiet,
      spansOnly,
    ]);
    expect(await storage.services({ toNanos: atSecond(4) }, readContext(tenant))).toEqual([
      { ...quiet, spanCount: 1, logCount: 1, errorCount: 1, lastSeenNanos: atSecond(3) },
      spansOnly,
    ]);
  });

  it('are all told where there are more than one aggregation counts', async () => {
    const tenant = newTenant('crowd');
    const services = Array.from({ length: 10_050 }, (_, number) => `s-${String(number).padStart(5, '0')}`);
    await storage.writeLogs(
      tenant,
      services.map((service, number) => buildLog(service, { service, timeUnixNano: String(BASE_NANOS + BigInt(number)) })),
    );
    const found = await storage.services({}, readContext(tenant));
    expect(found.map(({ name }) => name)).toEqual(services);
    expect(found.every(({ logCount, lastSeenNanos }, number) => logCount === 1 && lastSeenNanos === BASE_NANOS + BigInt(number))).toBe(
      true,
    );
  });
});

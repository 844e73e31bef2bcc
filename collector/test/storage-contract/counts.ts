import { beforeAll, describe, expect, it } from 'vitest';
import { at, buildLog, buildSpan } from './builders.ts';
import { readContext, writeAndAwait } from './reading.ts';
import type { ContractContext } from './storage-contract.ts';

export function describeCounts({ storage, newTenant }: ContractContext): void {
  describe('services and operations', () => {
    const tenant = newTenant('counts');
    const spans = [
      buildSpan('a', { name: 'GET /', kind: 2, startTimeUnixNano: at(1) }),
      buildSpan('b', { name: 'GET /', kind: 2, startTimeUnixNano: at(2), status: { code: 2 } }),
      buildSpan('c', { name: 'GET /', kind: 3, startTimeUnixNano: at(3), status: { code: 1 } }),
      buildSpan('d', { name: 'POST /', kind: 2, startTimeUnixNano: at(4) }),
      buildSpan('e', { name: '주문', service: 'orders', startTimeUnixNano: at(5) }),
      buildSpan('f', { name: 'none', service: '', startTimeUnixNano: at(6) }),
    ];
    const logs = [
      buildLog('g', { timeUnixNano: at(10), severityNumber: 17 }),
      buildLog('h', { service: 'logger', timeUnixNano: at(2) }),
      buildLog('i', { service: '', timeUnixNano: at(2) }),
      buildLog('j', { service: '결제', timeUnixNano: '18446744073709551615' }),
    ];
    beforeAll(() => writeAndAwait(storage(), tenant, { logs, spans }));

    it('lists services by name, with spans, logs, spans in error and the last time; records without a service are in none', async () => {
      expect(await storage().services({}, readContext(tenant))).toEqual([
        { name: 'logger', spanCount: 0, logCount: 1, errorCount: 0, lastSeenNanos: BigInt(at(2)) },
        { name: 'orders', spanCount: 1, logCount: 0, errorCount: 0, lastSeenNanos: BigInt(at(5)) },
        { name: 'shop', spanCount: 4, logCount: 1, errorCount: 1, lastSeenNanos: BigInt(at(10)) },
        { name: '결제', spanCount: 0, logCount: 1, errorCount: 0, lastSeenNanos: 2n ** 63n - 1n },
      ]);
    });

    it('counts only what is in the range', async () => {
      const range = { fromNanos: BigInt(at(2)), toNanos: BigInt(at(4)) };
      expect(await storage().services(range, readContext(tenant))).toEqual([
        { name: 'logger', spanCount: 0, logCount: 1, errorCount: 0, lastSeenNanos: BigInt(at(2)) },
        { name: 'shop', spanCount: 2, logCount: 0, errorCount: 1, lastSeenNanos: BigInt(at(3)) },
      ]);
      expect(await storage().operations('shop', range, readContext(tenant))).toEqual([
        { name: 'GET /', kind: 2, spanCount: 1, errorCount: 1 },
        { name: 'GET /', kind: 3, spanCount: 1, errorCount: 0 },
      ]);
    });

    it('lists a thousand operations of a service that has more, and a service whose name is half a surrogate pair as it is found', async () => {
      const own = newTenant('countsmany');
      const many = Array.from({ length: 1_002 }, (_, number) =>
        buildSpan(`${number}`, { name: `op ${number % 2 ? '\u{1f600}' : '\uff00'} ${number}`, service: 'wild' }),
      );
      const half = [buildSpan('half', { name: 'x', service: '\ud800' }), buildSpan('other half', { name: 'y', service: '\udc00' })];
      await writeAndAwait(storage(), own, { spans: [...many, ...half], logs: [buildLog('half', { service: '\ud800' })] });
      const shown = await storage().operations('wild', {}, readContext(own));
      expect(shown.map(({ name }) => name)).toEqual(
        many
          .map(({ record }) => record.name)
          .sort()
          .slice(0, 1_000),
      );
      const services = await storage().services({}, readContext(own));
      expect(services).toMatchObject([
        { name: 'wild', spanCount: 1_002 },
        { name: '\ufffd', spanCount: 2, logCount: 1 },
      ]);
      expect(await storage().operations('\ufffd', {}, readContext(own))).toMatchObject([{ name: 'x' }, { name: 'y' }]);
      expect(
        (await storage().serviceFigures({ range: {}, types: ['service'] }, readContext(own))).figures.map(({ key }) => key.service).sort(),
      ).toEqual(['wild', '\ufffd']);
    });

    it('lists operations of a service by count, then name, then kind', async () => {
      expect(await storage().operations('shop', {}, readContext(tenant))).toEqual([
        { name: 'GET /', kind: 2, spanCount: 2, errorCount: 1 },
        { name: 'GET /', kind: 3, spanCount: 1, errorCount: 0 },
        { name: 'POST /', kind: 2, spanCount: 1, errorCount: 0 },
      ]);
      expect(await storage().operations('orders', {}, readContext(tenant))).toEqual([
        { name: '주문', kind: 0, spanCount: 1, errorCount: 0 },
      ]);
      expect(await storage().operations('nobody', {}, readContext(tenant))).toEqual([]);
    });
  });
}

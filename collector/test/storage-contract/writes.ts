import { describe, expect, it } from 'vitest';
import { PlainRequest } from '../../src/model/plain-request.ts';
import { isLog } from '../../src/model/record.ts';
import { idsByDigest, requestDigest } from '../../src/model/record-ids.ts';
import { logsBody } from '../../src/model/testing/logs-body.ts';
import { at, buildLog, buildSpan } from './builders.ts';
import { countRows, poll, readContext, search, writeAndAwait } from './reading.ts';
import type { ContractContext } from './storage-contract.ts';

/** The most that a write may take to be found, from the moment it resolved. */
const VISIBLE_AFTER_MILLIS = 1_000;

export function describeWrites({ storage, createStorage, newTenant }: ContractContext): void {
  describe('writes', () => {
    it('are found by a read that starts one second after they resolved', async () => {
      const tenant = newTenant('visible');
      const delays: number[] = [];
      // Three tries, the best counts: the machine may be busy with other suites.
      for (const id of ['first', 'second', 'third']) {
        await storage().writeLogs(tenant, [buildLog(id)]);
        const resolved = performance.now();
        let readStarted = resolved;
        await poll(async () => {
          readStarted = performance.now();
          return (await storage().getLog(id, readContext(tenant))) !== undefined;
        });
        delays.push(readStarted - resolved);
      }
      expect(Math.min(...delays)).toBeLessThanOrEqual(VISIBLE_AFTER_MILLIS);
    });

    it('change nothing when the same records are written again, alone, mixed with new ones or twice in one call', async () => {
      const tenant = newTenant('idempotent');
      const logs = ['a', 'b', 'c', 'd', 'e'].map((id, index) => buildLog(`log-${id}`, { timeUnixNano: at(index) }));
      const spans = ['a', 'b', 'c', 'd', 'e'].map((id, index) => buildSpan(`span-${id}`, { startTimeUnixNano: at(index) }));
      await writeAndAwait(storage(), tenant, { logs: logs.slice(0, 3), spans: spans.slice(0, 3) });

      const again = { mayRepeat: true };
      await storage().writeLogs(tenant, logs.slice(0, 3), again);
      await storage().writeSpans(tenant, spans.slice(0, 3), again);
      await storage().writeLogs(tenant, [...logs.slice(1), ...logs.slice(3)], again);
      await storage().writeSpans(tenant, [...spans.slice(1), ...spans.slice(3)], again);
      await Promise.all([
        storage().writeLogs(tenant, logs, again),
        storage().writeLogs(tenant, logs, again),
        storage().writeSpans(tenant, spans, again),
      ]);

      await writeAndAwait(storage(), tenant, { logs, spans });
      expect((await search(storage(), 'logs', { tenant })).rows.map((row) => row.key.id)).toEqual(logs.map((log) => log.id));
      expect((await search(storage(), 'spans', { tenant })).rows.map((row) => row.key.id)).toEqual(spans.map((span) => span.id));
    });

    it('that may repeat others keep what is there and add what is missing', async () => {
      const tenant = newTenant('mayrepeat');
      const logs = ['a', 'b', 'c'].map((id, index) => buildLog(`log-${id}`, { timeUnixNano: at(index) }));
      const spans = ['a', 'b', 'c'].map((id, index) => buildSpan(`span-${id}`, { startTimeUnixNano: at(index) }));
      await storage().writeLogs(tenant, logs.slice(1, 2));
      await storage().writeLogs(tenant, logs, { mayRepeat: true });
      await storage().writeSpans(tenant, spans, { mayRepeat: true });
      await storage().writeSpans(tenant, spans, { mayRepeat: true });

      await writeAndAwait(storage(), tenant, { logs: logs.slice(0, 1), spans: spans.slice(0, 1) });
      expect((await search(storage(), 'logs', { tenant })).rows.map((row) => row.key.id)).toEqual(logs.map((log) => log.id));
      expect((await search(storage(), 'spans', { tenant })).rows.map((row) => row.key.id)).toEqual(spans.map((span) => span.id));
    });

    it('of requests that may repeat others, or records of them, keep what is there and add what is missing', async () => {
      const tenant = newTenant('repeatedrequests');
      const texts = { a: ['a1', 'a2'], b: ['b1', 'b2', 'b3'], c: ['c1'], d: ['d1', 'd2'] };
      const requests = (...names: readonly (keyof typeof texts)[]) => names.map((name) => plainLogs(name, texts[name]));
      const mayRepeat = { mayRepeat: true };
      await storage().writeRequests?.(tenant, requests('a'));
      await storage().writeLogs(tenant, plainLogs('b', texts.b).records().filter(isLog).slice(1, 2));
      await Promise.all([
        storage().writeRequests?.(tenant, requests('b', 'a', 'c'), mayRepeat),
        storage().writeRequests?.(tenant, requests('c', 'b'), mayRepeat),
      ]);
      await storage().writeRequests?.(tenant, requests('d', 'a', 'b', 'd'), mayRepeat);
      await storage().writeRequests?.(tenant, requests('c', 'd'), mayRepeat);

      const expected = Object.values(texts).flat();
      await poll(async () => (await countRows(storage(), 'logs', tenant)) >= expected.length);
      const { rows } = await search(storage(), 'logs', { tenant });
      expect(rows.map(({ record }) => 'body' in record && record.body?.stringValue).toSorted()).toEqual(expected);
    });

    it('keep the first version of a record when its id comes again with another time', async () => {
      const tenant = newTenant('firstwins');
      const first = buildLog('zero', { timeUnixNano: '0', observedTimeUnixNano: '0', arrivalTimeUnixNano: at(1) });
      await writeAndAwait(storage(), tenant, { logs: [first] });
      const other = buildLog('zero', { timeUnixNano: '0', observedTimeUnixNano: '0', arrivalTimeUnixNano: at(2) });
      await storage().writeLogs(tenant, [other, buildLog('next')], { mayRepeat: true });
      await writeAndAwait(storage(), tenant, { logs: [first, buildLog('next')] });

      const rows = (await search(storage(), 'logs', { tenant })).rows;
      expect(rows.map((row) => row.key.id)).toEqual(['next', 'zero']);
      expect(rows[1]?.record).toEqual(first.record);
    });

    it('of one tenant are never seen by another, even under the same ids', async () => {
      const [one, other, none] = [newTenant('tenantone'), newTenant('tenantother'), newTenant('tenantnone')];
      const span = buildSpan('same', { service: 'one' });
      await writeAndAwait(storage(), one, {
        logs: [buildLog('same', { service: 'one' }), buildLog('mine', { service: 'one' })],
        spans: [span],
      });
      await writeAndAwait(storage(), other, { logs: [buildLog('same', { service: 'other' })] });

      expect(
        (await search(storage(), 'logs', { tenant: other })).rows.map((row) => row.record.resource.attributes[0]?.value?.stringValue),
      ).toEqual(['other']);
      expect(await storage().getLog('mine', readContext(other))).toBeUndefined();
      expect((await storage().services({}, readContext(other))).map((service) => service.name)).toEqual(['other']);
      expect(await storage().summarizeTraces([span.record.traceId], readContext(other))).toEqual([]);
      expect((await search(storage(), 'logs', { tenant: none })).rows).toEqual([]);
      expect(await storage().services({}, readContext(none))).toEqual([]);
    });

    it('of many callers at once are all kept, once each', async () => {
      const tenant = newTenant('concurrent');
      const calls = Array.from({ length: 20 }, (_, call) =>
        Array.from({ length: 10 }, (_, index) => buildLog(`call-${call}-${index}`, { timeUnixNano: at(call, BigInt(index)) })),
      );
      await Promise.all(calls.map((logs) => storage().writeLogs(tenant, logs)));
      await writeAndAwait(storage(), tenant, { logs: calls.flat() });
      expect(await countRows(storage(), 'logs', tenant)).toBe(200);
    });

    it('of no records at all resolve', async () => {
      await expect(storage().writeLogs(newTenant('empty'), [])).resolves.toBeUndefined();
      await expect(storage().writeSpans(newTenant('empty'), [])).resolves.toBeUndefined();
    });
  });

  describe('shutdown', () => {
    it('finishes the writes under way, refuses later calls and may be called again', async () => {
      const { storage: own, dispose } = await createStorage();
      const tenant = newTenant('shutdown');
      try {
        await own.start(AbortSignal.timeout(60_000));
        await own.start(AbortSignal.timeout(60_000));
        const underWay = own.writeLogs(tenant, [buildLog('last')]);
        await Promise.all([own.shutdown(), own.shutdown()]);
        await expect(underWay).resolves.toBeUndefined();
        await expect(own.writeLogs(tenant, [buildLog('late')])).rejects.toMatchObject({ code: 'shutting_down' });
        await expect(own.getLog('last', readContext(tenant))).rejects.toMatchObject({ code: 'shutting_down' });
        await expect(own.shutdown()).resolves.toBeUndefined();
      } finally {
        await dispose();
      }
    });
  });
}

/** A request of its own under the same ids each time, since a storage may take its body. */
function plainLogs(name: string, texts: readonly string[]): PlainRequest {
  const body = logsBody(texts);
  const ids = idsByDigest(requestDigest({ tenant: 'any', signal: 'logs', idempotencyKey: name, body }));
  const request = PlainRequest.of('logs', body, { arrivalNanos: 5n, ids });
  if (!request) throw new Error('the request is not plain');
  return request;
}

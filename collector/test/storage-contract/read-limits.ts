import { beforeAll, describe, expect, it } from 'vitest';
import type { ReadContext } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, buildSpan, hexId, SECOND_NANOS } from './builders.ts';
import { ALL, readContext, search, writeAndAwait } from './reading.ts';
import type { ContractContext } from './storage-contract.ts';

export function describeLimits({ storage, newTenant }: ContractContext): void {
  describe('every read', () => {
    const tenant = newTenant('limits');
    beforeAll(() => writeAndAwait(storage(), tenant, { logs: [buildLog('a', { timeUnixNano: at(1) })], spans: [buildSpan('b')] }));

    const row = { query: ALL, range: {}, order: 'desc', limit: 10 } as const;
    const minute = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 60n * SECOND_NANOS };
    const reads: readonly (readonly [name: string, read: (context: ReadContext) => Promise<unknown>])[] = [
      ['check', (context) => storage().check(context)],
      ['searchLogs', (context) => storage().searchLogs(row, context)],
      ['searchSpans', (context) => storage().searchSpans(row, context)],
      ['getLog', (context) => storage().getLog('a', context)],
      ['logHistogram', (context) => storage().logHistogram({ query: ALL, range: minute, widthNanos: SECOND_NANOS }, context)],
      ['logFields', (context) => storage().logFields({ query: ALL, range: {}, limit: 10 }, context)],
      [
        'logFieldValues',
        (context) =>
          storage().logFieldValues({ query: ALL, range: {}, field: { type: 'record', name: 'service' }, prefix: '', limit: 10 }, context),
      ],
      ['searchTraces', (context) => storage().searchTraces({ query: ALL, range: {}, limit: 10 }, context)],
      ['summarizeTraces', (context) => storage().summarizeTraces([hexId('trace of b', 32)], context)],
      ['findTraceIds', (context) => storage().findTraceIds({ query: ALL, target: 'spans', range: {}, limit: 10 }, context)],
      ['services', (context) => storage().services({}, context)],
      ['operations', (context) => storage().operations('shop', {}, context)],
    ];

    it.each(reads)('stops with the reason of a signal that is aborted: %s', async (_, read) => {
      const reason = new Error('the reader has gone');
      await expect(read(readContext(tenant, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    });

    it.each(reads)('stops with the reason of a signal that is aborted while it runs: %s', async (_, read) => {
      const controller = new AbortController();
      const reason = new Error('the reader has gone');
      const reading = read(readContext(tenant, { signal: controller.signal }));
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
    });

    it.each(reads)('stops with deadline_exceeded past its deadline: %s', async (_, read) => {
      await expect(read(readContext(tenant, { deadline: performance.now() - 1 }))).rejects.toMatchObject({ code: 'deadline_exceeded' });
    });

    it('is answered after others were stopped', async () => {
      const stopped = Array.from({ length: 20 }, () => {
        const controller = new AbortController();
        const reading = storage().searchLogs(row, readContext(tenant, { signal: controller.signal }));
        controller.abort();
        return reading;
      });
      expect((await Promise.allSettled(stopped)).every((result) => result.status === 'rejected')).toBe(true);
      expect((await search(storage(), 'logs', { tenant })).rows.map((found) => found.key.id)).toEqual(['a']);
    });

    it('of many at once is answered', async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => search(storage(), 'logs', { tenant })));
      expect(answers.every((page) => page.rows.length === 1)).toBe(true);
    });

    it('answers ids of any kind, times and texts of any length', async () => {
      const long = 'x'.repeat(20_000);
      const query = { type: 'equals', field: { type: 'attribute', place: 'any', key: long }, value: long } as const;
      expect((await search(storage(), 'logs', { tenant, query })).rows).toEqual([]);
      expect(await storage().getLog(`${long}'; DROP TABLE logs; --`, readContext(tenant))).toBeUndefined();
      expect((await search(storage(), 'logs', { tenant, range: { fromNanos: 0n, toNanos: 2n ** 64n } })).rows).toHaveLength(1);
    });
  });
}

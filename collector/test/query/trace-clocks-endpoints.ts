import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceClocksAnswer } from '../../src/api/index.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildSpan, hexId } from '../storage-contract/builders.ts';
import { attributes } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const MS = 1_000_000n;
/** The machine of payments is 3 s ahead. */
const AHEAD = 3_000n * MS;
const TRACES = 25;
const trace = (index: number): string => hexId(`clocks ${index}`, 32);
const machine = (service: string, host: string) => ({ attributes: attributes({ 'service.name': service, 'host.name': host }) });

/** gateway calls payments on another machine, and orders on a third one whose clock is right. */
function spansOf(index: number) {
  const start = BASE_NANOS + BigInt(index) * 1_000n * MS;
  const span = (name: string, fields: { kind: number; host: string; service: string; from: bigint; to: bigint; parent?: string }) =>
    buildSpan(`${name} ${index}`, {
      traceId: trace(index),
      spanId: hexId(`${name} ${index}`, 16),
      ...(fields.parent !== undefined && { parentSpanId: hexId(`${fields.parent} ${index}`, 16) }),
      name,
      kind: fields.kind,
      startTimeUnixNano: String(start + fields.from),
      endTimeUnixNano: String(start + fields.to),
      resource: machine(fields.service, fields.host),
    });
  const way = BigInt(1 + (index % 4)) * MS;
  return [
    span('root', { kind: 2, service: 'gateway', host: 'node-1', from: 0n, to: 100n * MS }),
    span('pay', { kind: 3, service: 'gateway', host: 'node-1', parent: 'root', from: 10n * MS, to: 50n * MS }),
    span('charge', {
      kind: 2,
      service: 'payments',
      host: 'node-2',
      parent: 'pay',
      from: 10n * MS + way + AHEAD,
      to: 50n * MS - way + AHEAD,
    }),
    span('order', { kind: 3, service: 'gateway', host: 'node-1', parent: 'root', from: 60n * MS, to: 90n * MS }),
    span('reserve', { kind: 2, service: 'orders', host: 'node-3', parent: 'order', from: 60n * MS + way, to: 90n * MS - way }),
  ];
}

/** What the API answers of a trace's clocks, on any storage; one that is given is the suite's own and empty. */
export function testTraceClocks(createStorage?: () => Storage): void {
  describe('the clocks of a trace', () => {
    let api: QueryApi;
    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      const lonely = buildSpan('lonely', { traceId: trace(-1), startTimeUnixNano: at(7_200), resource: machine('cron', 'node-9') });
      await api.write({ spans: [...Array.from({ length: TRACES }, (_, index) => spansOf(index)).flat(), lonely] });
    });
    afterAll(() => api.stop());

    it('are apart as the calls of many traces show, those that agree by nothing', async () => {
      const answer = await api.get<TraceClocksAnswer>(`/api/v1/traces/${trace(12)}/clocks`);
      expect(answer.reference).toBe('node-1');
      expect(answer.clocks.toSorted((left, right) => left.name.localeCompare(right.name))).toEqual([
        { name: 'node-1', services: ['gateway'], offsetNano: '0', isSure: true },
        { name: 'node-2', services: ['payments'], offsetNano: String(AHEAD), isSure: true },
        { name: 'node-3', services: ['orders'], offsetNano: '0', isSure: true },
      ]);
      const pair = answer.pairs.find(({ called }) => called === 'node-2');
      expect(pair).toMatchObject({ caller: 'node-1', state: 'differ', calls: TRACES, traces: TRACES, spreadNano: '0' });
      expect(BigInt(pair?.lowNano ?? 0)).toBeLessThan(AHEAD);
      expect(BigInt(pair?.highNano ?? 0)).toBeGreaterThan(AHEAD);
      expect(answer.pairs.find(({ called }) => called === 'node-3')).toMatchObject({ state: 'agree', medianNano: '0' });
      expect(answer.tracesLookedAt).toBe(TRACES);
    });

    it('are one where a trace is of one machine', async () => {
      expect(await api.get<TraceClocksAnswer>(`/api/v1/traces/${trace(-1)}/clocks`)).toEqual({
        reference: 'node-9',
        clocks: [{ name: 'node-9', services: ['cron'], offsetNano: '0', isSure: true }],
        pairs: [],
        tracesLookedAt: 1,
      });
    });

    it('of an unknown trace are an error', async () => {
      const response = await api.send(`/api/v1/traces/${trace(-2)}/clocks`);
      expect(response.status).toBe(404);
      expect(errorOf(response)).toMatchObject({ code: 'not_found', field: 'traceId' });
    });
  });
}

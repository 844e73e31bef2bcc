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

interface Sent {
  readonly kind: number;
  readonly service: string;
  /** One of the service alone unless given. */
  readonly host?: string;
  /** Nanoseconds from the trace's start, by the machine's own clock. */
  readonly from: bigint;
  readonly to: bigint;
  /** Name of another span of the trace. */
  readonly parent?: string;
}

/** What builds the spans of one trace. */
function spansIn(traceId: string, start: bigint) {
  const spanId = (name: string): string => hexId(`${name} in ${traceId}`, 16);
  return (name: string, { kind, service, host = `of ${service}`, from, to, parent }: Sent) =>
    buildSpan(`${name} in ${traceId}`, {
      traceId,
      spanId: spanId(name),
      ...(parent !== undefined && { parentSpanId: spanId(parent) }),
      name,
      kind,
      startTimeUnixNano: String(start + from),
      endTimeUnixNano: String(start + to),
      resource: machine(service, host),
    });
}

/** gateway calls payments on another machine, and orders on a third one whose clock is right. */
function spansOf(index: number) {
  const start = BASE_NANOS + BigInt(index) * 1_000n * MS;
  const span = spansIn(trace(index), start);
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

/** The machine of stock is behind by so much, that of ledger ahead, that of mailer behind. */
const STOCK = -700n * MS;
const LEDGER = 900n * MS;
const MAILER = -5_000n * MS;
const bareTrace = (index: number): string => hexId(`without clients ${index}`, 32);

/** No client in shop: servers stand right under its server and its internal span; a consumer comes later. */
function spansWithoutClients(index: number) {
  const start = BASE_NANOS + 3_600_000n * MS + BigInt(index) * 1_000n * MS;
  const span = spansIn(bareTrace(index), start);
  const way = BigInt(1 + (index % 4)) * MS;
  return [
    span('root', { kind: 2, service: 'front', from: 0n, to: 100n * MS }),
    span('work', { kind: 1, service: 'front', parent: 'root', from: 10n * MS, to: 90n * MS }),
    span('stock', { kind: 2, service: 'stock', parent: 'root', from: way + STOCK, to: 100n * MS - way + STOCK }),
    span('right', { kind: 2, service: 'right', parent: 'root', from: way, to: 60n * MS - way }),
    span('ledger', { kind: 2, service: 'ledger', parent: 'work', from: 10n * MS + way + LEDGER, to: 90n * MS - way + LEDGER }),
    span('send', { kind: 4, service: 'front', parent: 'root', from: 50n * MS, to: 51n * MS }),
    span('mail', { kind: 5, service: 'mailer', parent: 'send', from: 51n * MS + way * 10n + MAILER, to: 900n * MS + MAILER }),
  ];
}

const mixedTrace = (index: number): string => hexId(`mixed ${index}`, 32);

/** The machine of worker, 400 ms ahead, answers calls, and in the first trace takes a message too. */
function spansOfBothKinds(index: number) {
  const start = BASE_NANOS + 10_800_000n * MS + BigInt(index) * 1_000n * MS;
  const span = spansIn(mixedTrace(index), start);
  return [
    span('call', { kind: 3, service: 'desk', from: 0n, to: 100n * MS }),
    span('answer', { kind: 2, service: 'worker', parent: 'call', from: 402n * MS, to: 498n * MS }),
    ...(index === 0 ? [span('message', { kind: 5, service: 'worker', parent: 'call', from: 450n * MS, to: 460n * MS })] : []),
  ];
}

/** What the API answers of a trace's clocks, on any storage; one that is given is the suite's own and empty. */
export function testTraceClocks(createStorage?: () => Storage): void {
  describe('the clocks of a trace', () => {
    let api: QueryApi;
    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      const lonely = buildSpan('lonely', { traceId: trace(-1), startTimeUnixNano: at(7_200), resource: machine('cron', 'node-9') });
      await api.write({
        spans: [
          ...Array.from({ length: TRACES }, (_, index) => spansOf(index)).flat(),
          ...Array.from({ length: TRACES }, (_, index) => spansWithoutClients(index)).flat(),
          ...Array.from({ length: TRACES }, (_, index) => spansOfBothKinds(index)).flat(),
          lonely,
        ],
      });
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

    it('are apart where the caller makes no client spans, too', async () => {
      const answer = await api.get<TraceClocksAnswer>(`/api/v1/traces/${bareTrace(12)}/clocks`);
      const offsets = new Map(
        answer.clocks.map(({ services: [service], offsetNano, isSure }) => [service, isSure ? BigInt(offsetNano) : undefined]),
      );
      expect(offsets.get('front')).toBe(0n);
      expect(offsets.get('right')).toBe(0n);
      expect(offsets.get('stock')).toBe(STOCK);
      expect(offsets.get('ledger')).toBe(LEDGER);
      const pair = answer.pairs.find(({ called }) => called === 'of stock');
      expect(pair).toMatchObject({ caller: 'of front', state: 'differ', calls: TRACES, traces: TRACES });
    });

    it('are behind by what consumers seem to begin before their producers, at least', async () => {
      const answer = await api.get<TraceClocksAnswer>(`/api/v1/traces/${bareTrace(12)}/clocks`);
      const pair = answer.pairs.find(({ called }) => called === 'of mailer');
      // The shortest way is 11 ms from the producer's start.
      expect(pair).toMatchObject({ state: 'differ', calls: TRACES, medianNano: String(MAILER + 11n * MS) });
      expect(pair).not.toHaveProperty('lowNano');
      expect(answer.clocks.find(({ name }) => name === 'of mailer')).toMatchObject({ isSure: true, offsetNano: pair?.medianNano });
    });

    it('are told by calls of other traces where a message goes the same way in this one', async () => {
      const answer = await api.get<TraceClocksAnswer>(`/api/v1/traces/${mixedTrace(0)}/clocks`);
      expect(answer.pairs).toMatchObject([{ called: 'of worker', state: 'differ', calls: TRACES, medianNano: String(400n * MS) }]);
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

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Shop, startShop } from '../src/shop/shop.ts';
import { attribute, type Flow, type FlowSpan, readFlow, serviceOf, textOf } from './flow-reader.ts';
import { type RunningCollector, startCollector } from './running-collector.ts';
import { STORAGES } from './storages.ts';

const SERVER = 2;
const CLIENT = 3;
const WARN = 13;
const ERROR = 17;
const EVERYONE = ['gateway', 'inventory', 'notifications', 'orders', 'payments'];
const CART = { lines: [{ sku: 'mug-blue', quantity: 1 }], card: 'tok_visa', email: 'ada@shopper.example' };

describe.each(STORAGES)('the demo shop on the $name storage', ({ canRun, start }) => {
  const stops: (() => Promise<unknown>)[] = [];
  let collector: RunningCollector;
  let shop: Shop;

  beforeAll(async () => {
    if (!canRun) return;
    const directory = await mkdtemp(path.join(tmpdir(), 'threadline-demo-'));
    stops.push(() => rm(directory, { recursive: true, force: true }));
    const storage = await start(directory);
    stops.push(storage.stop);
    collector = await startCollector({ THREADLINE_DATA_DIR: path.join(directory, 'data'), ...storage.settings });
    stops.push(collector.stop);
    // What an earlier run left for a collector on the same port is not this one's.
    vi.stubEnv('THREADLINE_SDK_SPOOL_DIR', path.join(directory, 'spool'));
    shop = await startShop({
      otlpUrl: collector.otlpUrl,
      dataDirectory: path.join(directory, 'shop'),
      gatewayHost: '127.0.0.1',
      gatewayPort: 0,
      requestsPerSecond: 0,
      seed: 1,
    });
    stops.push(shop.shutdown);
  }, 180_000);

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    vi.unstubAllEnvs();
  }, 60_000);

  /** One request of a visitor with an id of its own. */
  async function visit(requestPath: string, body?: object) {
    const correlationId = `visit-${randomUUID()}`;
    const response = await fetch(shop.gatewayUrl + requestPath, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-correlation-id': correlationId, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    expect(response.headers.get('x-correlation-id')).toBe(correlationId);
    return { correlationId, status: response.status, answer };
  }

  /** The flow when all of it is there that is expected; `requestCount`: spans of the kind SERVER. */
  const flowOf = (correlationId: string, services: readonly string[], lastLog: string, requestCount = 0) =>
    readFlow(
      collector.apiUrl,
      correlationId,
      (flow) =>
        namesOf(flow).length === services.length &&
        flow.summary.complete &&
        logsOf(flow, lastLog).length > 0 &&
        logsOutsideSpans(flow).length === 0 &&
        flow.spans.filter(({ kind }) => kind === SERVER).length >= requestCount,
    );

  it.skipIf(!canRun)('makes each of many visits at once one flow, with every service in it that took part', async () => {
    const kinds = [
      { path: '/products', services: ['gateway', 'inventory'], status: 200, lastLog: 'products listed' },
      { path: '/products/mug-blue', services: ['gateway', 'inventory'], status: 200, lastLog: 'product read' },
      { path: '/checkout', body: CART, services: EVERYONE, status: 201, lastLog: 'receipt sent' },
      { path: '/checkout', body: { ...CART, card: 'tok_bank_unavailable' }, services: EVERYONE, status: 201, lastLog: 'receipt sent' },
      {
        path: '/checkout',
        body: { ...CART, card: 'tok_declined' },
        services: ['gateway', 'inventory', 'orders', 'payments'],
        status: 402,
        lastLog: 'order not completed',
      },
      {
        path: '/checkout',
        body: { ...CART, lines: [{ sku: 'mug-unicorn', quantity: 1 }] },
        services: ['gateway', 'inventory', 'orders'],
        status: 409,
        lastLog: 'out of stock',
      },
      { path: '/orders/unknown', services: ['gateway', 'orders'], status: 404, lastLog: 'there is no order unknown' },
    ];
    const visits = await Promise.all(
      [...kinds, ...kinds, ...kinds].map(async (kind) => ({ kind, visited: await visit(kind.path, kind.body) })),
    );
    for (const { kind, visited } of visits) {
      const flow = await flowOf(visited.correlationId, kind.services, kind.lastLog);
      expect(visited.status).toBe(kind.status);
      expect(namesOf(flow)).toEqual(kind.services);
      expectOneFlow(flow, visited.correlationId);
    }
  });

  it.skipIf(!canRun)('parents spans across HTTP and gRPC', async () => {
    const { correlationId } = await visit('/checkout', CART);
    const flow = await flowOf(correlationId, EVERYONE, 'receipt sent', 6);
    const callers = flow.spans.filter(({ kind }) => kind === SERVER).map((span) => `${callerOf(flow, span)} -> ${serviceOf(span)}`);
    expect(callers.sort()).toEqual(
      [
        'notifications -> payments',
        'orders -> inventory',
        'orders -> notifications',
        'orders -> payments',
        'undefined -> gateway',
        'gateway -> orders',
      ].sort(),
    );
    expect(serverSpans(flow, 'gateway').map(({ name }) => name)).toEqual(['POST /checkout']);
    expect(serverSpans(flow, 'orders').map(({ name }) => name)).toEqual(['POST /orders']);
    expect(serverSpans(flow, 'inventory').map(({ name }) => name.toLowerCase())).toEqual([
      expect.stringContaining('shop.inventory.v1.inventory/reserve'),
    ]);
  });

  it.skipIf(!canRun)('keeps the logs of each service in place', async () => {
    const { correlationId } = await visit('/checkout', CART);
    const flow = await flowOf(correlationId, EVERYONE, 'receipt sent');
    const places: Record<string, string> = {
      'order received': 'orders',
      'stock reserved': 'inventory',
      'charge captured': 'payments',
      'receipt queued': 'notifications',
      'order paid': 'orders',
      'checkout done': 'gateway',
      'receipt job started': 'notifications',
      'receipt sent': 'notifications',
    };
    for (const [text, service] of Object.entries(places)) expect(logsOf(flow, text).map(serviceOf), text).toEqual([service]);
    const [paid] = logsOf(flow, 'order paid');
    expect(paid && attribute(paid, 'totalCents')).toBe('1250');
  });

  it.skipIf(!canRun)('has the job that runs after the response in the flow', async () => {
    const { correlationId } = await visit('/checkout', CART);
    const flow = await flowOf(correlationId, EVERYONE, 'receipt sent', 6);
    const [request] = serverSpans(flow, 'notifications');
    const [sent] = logsOf(flow, 'receipt sent');
    expect(BigInt(sent?.timeUnixNano ?? 0)).toBeGreaterThan(BigInt(request?.endTimeUnixNano ?? 0));
    const readByJob = serverSpans(flow, 'payments').find((span) => callerOf(flow, span) === 'notifications');
    expect(readByJob?.name).toBe('GET /charges/:orderId');
    expect(BigInt(readByJob?.startTimeUnixNano ?? 0)).toBeGreaterThan(BigInt(request?.endTimeUnixNano ?? 0));
  });

  it.skipIf(!canRun)('shows a payment that was tried again as two calls and a warning', async () => {
    const { correlationId } = await visit('/checkout', { ...CART, card: 'tok_bank_unavailable' });
    const flow = await flowOf(correlationId, EVERYONE, 'receipt sent', 7);
    const charges = serverSpans(flow, 'payments').filter(({ name }) => name === 'POST /charges');
    expect(charges.map((span) => attribute(span, 'http.response.status_code') ?? attribute(span, 'http.status_code'))).toEqual([
      '503',
      '201',
    ]);
    expect(charges.map(({ status }) => status?.code ?? 0)).toEqual([2, 0]);
    expect(logsOf(flow, 'payment attempt failed, trying again').map(({ severityNumber }) => severityNumber)).toEqual([WARN]);
  });

  it.skipIf(!canRun)('has the error of a request that failed, with its stack', async () => {
    const { correlationId, status } = await visit('/checkout', { ...CART, voucher: 'SUMMER24' });
    expect(status).toBe(500);
    const flow = await flowOf(correlationId, ['gateway', 'inventory', 'orders'], 'request failed');
    const error = flow.logs.find((log) => serviceOf(log) === 'orders' && log.severityNumber === ERROR);
    expect(JSON.stringify(error?.attributes)).toContain('at applyVoucher');
    expect(serverSpans(flow, 'gateway').map((span) => span.status?.code)).toEqual([2]);
  });

  function expectOneFlow(flow: Flow, correlationId: string): void {
    expect(flow.summary).toMatchObject({ correlationId, complete: true, missing: [] });
    expect(flow.summary.traces).toHaveLength(1);
    expect(flow.nextCursor).toBeUndefined();
    const traceIds = new Set([...flow.spans, ...flow.logs].map(({ traceId }) => traceId));
    expect([...traceIds]).toEqual([flow.summary.traces[0]?.traceId]);
    for (const record of [...flow.spans, ...flow.logs]) expect(attribute(record, 'correlation.id')).toBe(correlationId);
    const spans = new Map(flow.spans.map((span) => [span.spanId, span]));
    expect(flow.spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(serviceOf)).toEqual(['gateway']);
    for (const { parentSpanId } of flow.spans) if (parentSpanId !== undefined) expect(spans.has(parentSpanId)).toBe(true);
    for (const log of flow.logs) {
      const span = spans.get(log.spanId ?? '');
      expect(span && serviceOf(span), textOf(log)).toBe(serviceOf(log));
    }
  }
});

function namesOf(flow: Flow): string[] {
  return flow.summary.services.map(({ name }) => name).sort();
}

function logsOf(flow: Flow, text: string) {
  return flow.logs.filter((log) => textOf(log).startsWith(text));
}

/** Records of spans that are not there, as long as these have not ended: their records are sent before them. */
function logsOutsideSpans(flow: Flow) {
  const spanIds = new Set(flow.spans.map(({ spanId }) => spanId));
  return flow.logs.filter(({ spanId }) => spanId !== undefined && !spanIds.has(spanId));
}

function serverSpans(flow: Flow, service: string): FlowSpan[] {
  return flow.spans
    .filter((span) => span.kind === SERVER && serviceOf(span) === service)
    .sort((a, b) => (BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1));
}

/** The service whose client span is the parent of this server span. */
function callerOf(flow: Flow, span: FlowSpan): string | undefined {
  let parent = flow.spans.find(({ spanId }) => spanId === span.parentSpanId);
  if (parent && parent.kind !== CLIENT) parent = undefined;
  return parent && serviceOf(parent);
}

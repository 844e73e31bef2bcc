import { channel } from 'node:diagnostics_channel';
import { propagation, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAllowedHosts } from '../correlation/allowed-hosts.ts';
import { FlowPropagator } from '../correlation/propagator.ts';
import { createCounters } from '../counters.ts';
import { ConstantSampler } from '../sampling/plain-samplers.ts';
import { readSpanLimits } from '../traces/span-limits.ts';
import { SpanTracerProvider } from '../traces/span-tracer.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import { traceUndici } from './undici.ts';

const GIVEN = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const ended: ReadableSpan[] = [];
let isKept = true;
let stop = (): void => undefined;
beforeAll(() => {
  const processor = {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const limits = readSpanLimits({}, 10);
  const sampler = { shouldSample: () => new ConstantSampler(isKept).shouldSample(), toString: () => 'of the test' };
  trace.setGlobalTracerProvider(new SpanTracerProvider({ resource: { attributes: {} }, limits, processors: [processor], sampler }));
  const propagator = new FlowPropagator({
    correlationHeaders: ['x-correlation-id'],
    allowedHosts: createAllowedHosts([]),
    trust: { trusts: () => true },
    traceContextTo: 'all',
    counters: createCounters(),
    logLevelKeys: [],
    onRefused: () => undefined,
    onRefusedLevel: () => undefined,
  });
  propagation.setGlobalPropagator(propagator);
  stop = traceUndici();
});
afterAll(() => {
  stop();
  trace.disable();
  propagation.disable();
});

it.each([
  ['http://shop.local:8080', '/stock/7?view=full', 'http://shop.local:8080/stock/7?view=full', 'shop.local', 8080],
  ['https://shop.local', '/', 'https://shop.local/', 'shop.local', 443],
  ['http://[::1]:3000', '/a', 'http://[::1]:3000/a', '[::1]', 3000],
  ['http://shop.local', '/a/../b/./c', 'http://shop.local/b/c', 'shop.local', 80],
  ['http://shop.local', '/.well-known/a..b/c', 'http://shop.local/.well-known/a..b/c', 'shop.local', 80],
  ['http://shop.local', '/söme path?q=a b\'"', 'http://shop.local/s%C3%B6me%20path?q=a%20b%27%22', 'shop.local', 80],
  ['http://shop.local', '//other.host/a', 'http://shop.local//other.host/a', 'shop.local', 80],
  ['http://shop.local', '/a?token=secret&page=2', 'http://shop.local/a?token=REDACTED&page=2', 'shop.local', 80],
  ['http://bob:hunter2@shop.local', '/a', 'http://REDACTED:REDACTED@shop.local/a', 'shop.local', 80],
  ['http://proxy.local:3128', 'http://bob:hunter2@shop.local/a?token=secret', 'http://shop.local/a?token=REDACTED', 'shop.local', 80],
])('shows a call of %s%s as a URL has it, without secrets', (origin, path, shown, address, port) => {
  const request = { origin, path, method: 'GET', headers: [], addHeader: () => undefined };
  channel('undici:request:create').publish({ request });
  channel('undici:request:trailers').publish({ request });
  const attributes = ended.at(-1)?.attributes;
  expect(attributes).toMatchObject({ 'url.full': shown, 'server.address': address, 'server.port': port });
  expect(attributes?.['url.path']).toBe(new URL(shown).pathname);
});

it.each([
  [
    'a list',
    ['Accept', '*/*', 'Traceparent', GIVEN, 'baggage', 'own=1', 'X-Two', ['1', '2'], 'tracestate', 'a=b'],
    ['Accept', '*/*', 'X-Two', ['1', '2']],
  ],
  [
    'the text of undici before 6',
    `Accept: */*\r\nTraceparent: ${GIVEN}\r\nbaggage: own=1\r\ntracestate: a=b\r\nX-Two: 2\r\n`,
    'Accept: */*\r\nX-Two: 2\r\n',
  ],
])('replaces what the app handed on in %s', (_form, headers, kept) => {
  const added: Record<string, string> = {};
  const request = {
    ...{ origin: 'http://shop.local', path: '/', method: 'GET', headers },
    addHeader: (name: string, value: string) => void Object.assign(added, { [name]: value }),
  };
  channel('undici:request:create').publish({ request });
  expect(request.headers).toEqual(kept);
  expect(added).toEqual({
    traceparent: expect.not.stringContaining(GIVEN),
    baggage: expect.stringMatching(/^correlation\.id=[0-9a-f]{32},own=1$/),
    'x-correlation-id': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

it('leaves nothing on the request of a call that is left out', () => {
  isKept = false;
  const before = ended.length;
  const request = { origin: 'http://shop.local', path: '/', method: 'GET', headers: [], addHeader: () => undefined };
  for (const name of ['create', 'headers', 'trailers'])
    channel(`undici:request:${name}`).publish({ request, response: { statusCode: 500 } });
  expect(Object.getOwnPropertySymbols(request)).toEqual([]);
  expect(ended).toHaveLength(before);
});

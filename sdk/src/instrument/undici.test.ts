import { channel } from 'node:diagnostics_channel';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConstantSampler } from '../sampling/plain-samplers.ts';
import { readSpanLimits } from '../traces/span-limits.ts';
import { SpanTracerProvider } from '../traces/span-tracer.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import { traceUndici } from './undici.ts';

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
  stop = traceUndici();
});
afterAll(() => {
  stop();
  trace.disable();
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

it('leaves nothing on the request of a call that is left out', () => {
  isKept = false;
  const before = ended.length;
  const request = { origin: 'http://shop.local', path: '/', method: 'GET', headers: [], addHeader: () => undefined };
  for (const name of ['create', 'headers', 'trailers'])
    channel(`undici:request:${name}`).publish({ request, response: { statusCode: 500 } });
  expect(Object.getOwnPropertySymbols(request)).toEqual([]);
  expect(ended).toHaveLength(before);
});

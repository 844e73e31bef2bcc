import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlow } from './flow-reader.ts';
import { PassingServices } from './passing-services.ts';
import { startCollector } from './running-collector.ts';

const TRACE_HEADERS = ['traceparent', 'tracestate'];
const ID_HEADERS = ['baggage', 'x-correlation-id'];

/** Real services with real headers between them, one of which is broken each time. */
describe('a request that two services pass on', () => {
  const stops: (() => Promise<unknown>)[] = [];
  let services: PassingServices;
  let apiUrl = '';
  let last = '';

  beforeAll(async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'threadline-broken-'));
    stops.push(() => rm(directory, { recursive: true, force: true }));
    const collector = await startCollector({ THREADLINE_DATA_DIR: path.join(directory, 'data') });
    stops.push(collector.stop);
    apiUrl = collector.apiUrl;
    services = new PassingServices(collector.otlpUrl, directory);
    stops.push(() => services.stop());
    last = await services.start({ name: 'last' });
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const second = (name: string, options: { readonly isFollowed?: boolean; readonly env?: Readonly<Record<string, string>> } = {}) =>
    services.start({ name: `second-${name}`, next: last, ...options });
  const proxied = async (name: string, leftOut: readonly string[]) => services.startProxy(await second(name), leftOut);

  /** Resolves with the breaks of the flow that one request through a first service and this next one made, as soon as there are any. */
  async function breaksOf(
    name: string,
    next: string,
    isKnown: (flow: { readonly breaks: readonly { readonly cause: string }[]; readonly spans: readonly unknown[] }) => boolean,
  ) {
    const first = await services.start({ name: `first-${name}`, next });
    const id = `broken-${name}`;
    const response = await fetch(`${first}/${name}`, { headers: { 'x-correlation-id': id } });
    expect(await response.text()).toBe('done');
    const { breaks } = await readFlow(apiUrl, id, isKnown);
    return breaks.map(({ cause, from, to }) => [cause, from.service, to.service]);
  }

  it.each<readonly [cause: string, next: (name: string) => Promise<string>, isSecondKnown: boolean]>([
    ['header_dropped', (name) => proxied(name, [...TRACE_HEADERS, ...ID_HEADERS]), true],
    ['trace_dropped', (name) => proxied(name, TRACE_HEADERS), true],
    ['id_not_sent', (name) => proxied(name, ID_HEADERS), true],
    ['not_trusted', (name) => second(name, { env: { THREADLINE_SDK_TRUST: 'none' } }), true],
    ['sampled_out', (name) => second(name, { env: { OTEL_TRACES_SAMPLER: 'always_off' } }), true],
    ['not_instrumented', (name) => second(name, { isFollowed: false }), false],
  ])('breaks by %s, and the flow says so at that hop', async (cause, next, isSecondKnown) => {
    const breaks = await breaksOf(
      cause,
      await next(cause),
      (flow) => flow.spans.length >= 2 && flow.breaks.some((found) => found.cause === cause),
    );
    expect(breaks).toEqual([[cause, `first-${cause}`, isSecondKnown ? `second-${cause}` : '']]);
  });

  it('breaks by a library that was loaded before the SDK where that was needed, and nowhere else', async () => {
    const bank = await services.start({ name: 'bank', script: 'grpc-service.mjs' });
    const early = await services.start({ name: 'early', script: 'grpc-service.mjs', next: bank, isFollowed: false });
    const ask = async (path: string, id: string) => {
      const response = await fetch(`${early}${path}`, { headers: { 'x-correlation-id': id } });
      expect(await response.text()).toBe('done');
    };
    await ask('/plain', 'early-plain');
    const plain = await readFlow(apiUrl, 'early-plain', ({ unseen }) => unseen.length > 0);
    expect(plain).toMatchObject({ breaks: [], unseen: [{ service: 'early', libraries: ['@grpc/grpc-js'] }] });
    await ask('/charge', 'early-charge');
    const charged = await readFlow(apiUrl, 'early-charge', ({ breaks }) => breaks.length > 0);
    expect(charged).toMatchObject({
      breaks: [{ cause: 'loaded_before_sdk', from: { service: 'early' }, to: { service: 'bank' }, continuesIn: {} }],
      unseen: [],
    });
    expect((await readFlow(apiUrl, 'early-plain', () => true)).breaks).toEqual([]);
  });

  it.each<readonly [name: string, next: (name: string) => Promise<string>]>([
    ['directly', (name) => second(name)],
    ['through-a-proxy', (name) => proxied(name, [])],
  ])('is whole when it is passed on %s, and no break is told', async (name, next) => {
    expect(await breaksOf(name, await next(name), (flow) => flow.spans.length === 5)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get, isHeaderEcho } from './http-get.ts';

interface Shop {
  readonly express: string;
  readonly plain: string;
  end(): Promise<unknown>;
}

async function startShop(env: Readonly<Record<string, string>>): Promise<Shop> {
  const app = startApp({
    script: 'shop-imported.mjs',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'shop', ...env },
  });
  const ports = await app.ready();
  return {
    express: `http://127.0.0.1:${ports.express}`,
    plain: `http://127.0.0.1:${ports.plain}`,
    end() {
      app.kill('SIGTERM');
      return app.ended();
    },
  };
}

async function headersOf(shop: Shop, headers: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, unknown>>> {
  const answer = await get(`${shop.express}/fetches?url=${encodeURIComponent(shop.plain)}`, headers);
  const echo: unknown = JSON.parse(answer.body);
  if (!isHeaderEcho(echo)) throw new Error(answer.body);
  return echo.headers;
}

/** Randomness close to one, and close to none: kept and left out by any share. */
const KEPT = 'aaaaaaaaaaaaaaaaaafffffffffffffe';
const LEFT_OUT = 'aaaaaaaaaaaaaaaaaa00000000000001';

describe('a share of all traces', () => {
  it('is the same traces in every service, and tracestate says which share', async () => {
    const shop = await startShop({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' });
    const kept = await headersOf(shop, { traceparent: `00-${KEPT}-b7ad6b7169203331-00`, tracestate: 'a=b' });
    expect(kept).toMatchObject({ traceparent: expect.stringMatching(`^00-${KEPT}-.*-01$`), tracestate: 'ot=th:e666,a=b' });
    const leftOut = await headersOf(shop, { traceparent: `00-${LEFT_OUT}-b7ad6b7169203331-01`, tracestate: 'a=b' });
    expect(leftOut).toMatchObject({ traceparent: expect.stringMatching(`^00-${LEFT_OUT}-.*-00$`), tracestate: 'a=b' });
    await shop.end();
    expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([KEPT]));
  });

  it('is not named when THREADLINE_SDK_SAMPLING_THRESHOLD=off, nor when everything is kept', async () => {
    const off = await startShop({
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.9999999',
      THREADLINE_SDK_SAMPLING_THRESHOLD: 'off',
    });
    expect(await headersOf(off)).not.toHaveProperty('tracestate');
    expect(await headersOf(await startShop({}))).not.toHaveProperty('tracestate');
  });
});

describe('tail sampling', () => {
  it('keeps all that failed of what the sampler leaves out, as parts, and every log', async () => {
    const shop = await startShop({ THREADLINE_SDK_TAIL_SAMPLING: 'on', OTEL_TRACES_SAMPLER: 'always_off' });
    const requests = Array.from({ length: 20 }, (_, index) => [
      get(`${shop.express}/throws`, { 'x-correlation-id': `failed-${index}` }),
      get(`${shop.express}/orders/1`, { 'x-correlation-id': `well-${index}` }),
    ]);
    await Promise.all(requests.flat());
    await shop.end();
    const ids = collector.spans.map((span) => span.attributes['correlation.id']);
    expect(new Set(ids)).toEqual(new Set(Array.from({ length: 20 }, (_, index) => `failed-${index}`)));
    expect(new Set(collector.spans.map((span) => span.attributes['threadline.sampling.part']))).toEqual(new Set(['error']));
    expect(collector.logs.filter((log) => log.body === 'order read')).toHaveLength(20);
  });

  it('keeps what was slow, and tells nobody that it did', async () => {
    const shop = await startShop({
      THREADLINE_SDK_TAIL_SAMPLING: 'on',
      THREADLINE_SDK_TAIL_SLOW_MILLIS: '1',
      OTEL_TRACES_SAMPLER: 'always_off',
    });
    expect(await headersOf(shop)).toMatchObject({ traceparent: expect.stringMatching(/-00$/) });
    await get(`${shop.express}/streams`, {});
    await waitFor('the slow span', () => collector.spans.some((span) => span.name === 'GET /streams'));
    expect(collector.spans.find((span) => span.name === 'GET /streams')?.attributes).toMatchObject({ 'threadline.sampling.part': 'slow' });
  });
});

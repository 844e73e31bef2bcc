import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killApps, startApp, waitFor } from './app-process.ts';
import { get } from './http-get.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

const CLIENT = 3;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const SENT = {
  'x-correlation-id': 'theirs',
  traceparent: `00-${TRACE}-${CALLER}-01`,
  tracestate: 'vendor=1',
  baggage: 'tenant=blue;p=1,lat=%E4x',
};

const CLIENTS = [
  'fetch',
  'undici.request',
  'undici.request of a list',
  'http.request',
  'http.request of a list',
  'http2.request',
  'http2.request of a list',
];

interface HandedOn {
  /** Of the gateway's response. */
  readonly id: string;
  /** What the service behind it got. */
  readonly headers: Readonly<Record<string, string>>;
}

let collector: ScriptedCollector;
const bases = new Map<string, string>();

beforeAll(async () => {
  collector = await startCollector();
  const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'believes all': {},
    'believes nobody': { THREADLINE_SDK_TRUST: 'none' },
    'keeps its traces': { THREADLINE_SDK_TRACE_CONTEXT_TO: 'allowed' },
  };
  await Promise.all(
    Object.entries(settings).map(async ([name, env]) => {
      const app = startApp({ script: 'gateway.mjs', env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env } });
      bases.set(name, `http://127.0.0.1:${(await app.ready()).gateway}`);
    }),
  );
});
afterAll(async () => {
  await killApps();
  await collector.close();
});

/** What is handed on by a gateway with that setting, with its own headers on top. */
async function handOn(setting: string, client: string, own: Readonly<Record<string, string>> = {}, host = '127.0.0.1'): Promise<HandedOn> {
  const query = new URLSearchParams({ client, host, own: JSON.stringify(own) });
  const answer = await get(`${bases.get(setting)}/?${query}`, SENT);
  if (answer.status !== 200) throw new Error(answer.body);
  return { id: answer.headers['x-correlation-id'] ?? '', headers: JSON.parse(answer.body) };
}

describe.each(CLIENTS)('a gateway that hands on its caller’s headers by %s', (client) => {
  it('makes what it calls a child of its own call, with the ID and all baggage once', async () => {
    const { headers } = await handOn('believes all', client);
    const [, traceId, spanId] = headers.traceparent?.split('-') ?? [];
    expect(traceId).toBe(TRACE);
    await waitFor('the call’s span', () => collector.spans.some((span) => span.spanId === spanId && span.kind === CLIENT));
    expect(headers).toMatchObject({
      tracestate: 'vendor=1',
      baggage: 'correlation.id=theirs,tenant=blue;p=1,lat=%E4x',
      'x-correlation-id': 'theirs',
    });
  });

  it('keeps what it does not believe from the services behind it', async () => {
    const { id, headers } = await handOn('believes nobody', client, { baggage: `${SENT.baggage},own=1` });
    expect(id).not.toBe('theirs');
    expect(headers.traceparent).toMatch(new RegExp(`^00-${id}-`));
    expect(headers).not.toHaveProperty('tracestate');
    expect(headers).toMatchObject({ baggage: `correlation.id=${id},own=1`, 'x-correlation-id': id });
  });

  it('sends its own baggage and its own ID beside the flow’s', async () => {
    const own = { baggage: 'tenant=acme,order=7;p=2', 'x-correlation-id': 'own' };
    const { headers } = await handOn('believes all', client, own);
    expect(headers).toMatchObject({
      baggage: 'correlation.id=theirs,tenant=acme,lat=%E4x,order=7;p=2',
      'x-correlation-id': 'own',
    });
  });

  it('tells a host that is not allowed its own trace, and what the app itself wrote', async () => {
    const { headers } = await handOn('believes all', client, { baggage: 'order=7', 'x-correlation-id': 'own' }, 'api.example.com');
    expect(headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${CALLER})`));
    expect(headers).toMatchObject({ baggage: 'order=7', 'x-correlation-id': 'own' });
    const kept = await handOn('keeps its traces', client, {}, 'api.example.com');
    expect(kept.headers).not.toHaveProperty('traceparent');
    expect(kept.headers).not.toHaveProperty('tracestate');
  });
});

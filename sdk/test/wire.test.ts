import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killApps, startApp, waitFor } from './app-process.ts';
import { get } from './http-get.ts';
import type { LogLine, SpanLine } from './otlp.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

const SERVER = 2;
const CLIENT = 3;

describe.each(['wire-imported.mjs', 'wire-required.cjs'])('%s with nothing but --import @threadline/sdk/register', (script) => {
  let collector: ScriptedCollector;
  let base = '';
  let stderr = (): string => '';
  let flows = 0;

  beforeAll(async () => {
    collector = await startCollector();
    const app = startApp({ script, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'wire' } });
    base = `http://127.0.0.1:${(await app.ready()).port}`;
    stderr = app.stderr;
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  const newId = (): string => {
    flows += 1;
    return `wire-${flows}`;
  };
  const spansOf = (id: string): SpanLine[] => collector.spans.filter((span) => span.attributes['correlation.id'] === id);
  const logsOf = (id: string): LogLine[] => collector.logs.filter((log) => log.attributes['correlation.id'] === id);
  const act = async (id: string, action: string): Promise<unknown> => {
    const answer = await get(`${base}/${action}`, { 'x-correlation-id': id, baggage: 'tenant=blue' });
    const parsed: unknown = JSON.parse(answer.body);
    if (typeof parsed !== 'object' || parsed === null || !('result' in parsed)) throw new Error(answer.body);
    return parsed.result;
  };
  /** The request's own span, the call that it made, and what served that call: a chain of parents in one trace. */
  const hop = async (id: string): Promise<readonly [outer: SpanLine, client: SpanLine, server: SpanLine]> => {
    await waitFor(`three spans of ${id}`, () => spansOf(id).length === 3);
    const client = found(spansOf(id).find((span) => span.kind === CLIENT));
    const outer = found(spansOf(id).find((span) => span.spanId === client.parentSpanId));
    const server = found(spansOf(id).find((span) => span.parentSpanId === client.spanId));
    expect([outer.kind, server.kind]).toEqual([SERVER, SERVER]);
    expect(new Set(spansOf(id).map((span) => span.traceId)).size).toBe(1);
    return [outer, client, server];
  };
  const logged = async (id: string, count: number): Promise<LogLine[]> => {
    await waitFor(`${count} records of ${id}`, () => logsOf(id).length >= count);
    return logsOf(id);
  };
  const carried = (id: string, client: SpanLine) => ({
    traceparent: `00-${client.traceId}-${client.spanId}-01`,
    baggage: `correlation.id=${id},tenant=blue`,
    'x-correlation-id': id,
  });

  it('keeps the callbacks of calls over one kept-alive connection in the flow that made each', async () => {
    const ids = [newId(), newId(), newId()];
    const answers = await Promise.all(ids.map((id) => act(id, 'keepalive')));
    for (const [index, id] of ids.entries()) {
      const [outer, client, server] = await hop(id);
      expect(answers[index]).toMatchObject(carried(id, client));
      expect(client.attributes).toMatchObject({ 'http.response.status_code': 200, 'network.protocol.version': '1.1' });
      expect(server.name).toBe('GET');
      const logs = await logged(id, 3);
      expect(logs.map((log) => [log.body, log.spanId])).toEqual(['answered', 'received', 'ended'].map((body) => [body, outer.spanId]));
    }
  });

  it('adds the context to a call whose head is text already (Expect: 100-continue), and follows its body', async () => {
    const id = newId();
    const answer = await act(id, 'uploads');
    const [, client, server] = await hop(id);
    expect(answer).toMatchObject({ ...carried(id, client), 'x-kept': 'yes' });
    const logs = await logged(id, 4);
    expect(logs.find((log) => log.body === 'uploaded one')?.spanId).toBe(server.spanId);
  });

  it('keeps each chunk of requests that share one connection in its own request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const target = `${base}/keepalive`;
    const ids = [newId(), newId()];
    for (const id of ids) {
      await new Promise<void>((resolve, reject) => {
        request(target, { agent, method: 'POST', headers: { 'x-correlation-id': id } }, (response) => response.resume().on('end', resolve))
          .on('error', reject)
          .end('body');
      });
    }
    agent.destroy();
    for (const id of ids) expect((await hop(id))[0].attributes['http.request.method']).toBe('POST');
  });

  it('keeps a streamed response in the flow on both sides', async () => {
    const id = newId();
    const answer = await act(id, 'streams');
    const [, client, server] = await hop(id);
    expect(answer).toMatchObject([carried(id, client)]);
    expect((await logged(id, 1))[0]).toMatchObject({ body: 'in the middle of a stream', spanId: server.spanId });
  });

  it.each(['undici', 'pool', 'h2c'])('carries trace and id through %s', async (action) => {
    const ids = [newId(), newId()];
    const answers = await Promise.all(ids.map((id) => act(id, action)));
    for (const [index, id] of ids.entries()) {
      const [outer, client] = await hop(id);
      expect(answers[index]).toMatchObject(carried(id, client));
      if (action !== 'undici') expect((await logged(id, 1))[0]).toMatchObject({ body: 'answered', spanId: outer.spanId });
    }
  });

  it.each([
    ['listeners', ['data', 'data', 'end', 'close']],
    ['callback', ['end', 'close']],
    ['pipe', ['write', 'write', 'final']],
    ['pipeline', ['write', 'write', 'final']],
    ['stream', ['write', 'write', 'final']],
    ['dispatcher.pipeline', ['data', 'data', 'end', 'close']],
    ['interceptor', ['data', 'data', 'end', 'close']],
    ['dispatch', ['head', 'data', 'data', 'end']],
    ['for await', ['chunk', 'chunk']],
    ['fetch', ['chunk', 'chunk']],
  ])('hears each body of undici (%s) in the flow of its own request, whoever opened the connection', async (way, heard) => {
    for (const dispatcher of ['Client', 'Pool']) {
      const ids = [newId(), newId(), newId()];
      // The later ones wait for the connection of the first.
      await Promise.all(ids.map((id) => act(id, `body?way=${encodeURIComponent(way)}&dispatcher=${dispatcher}`)));
      for (const id of ids) {
        const [outer] = await hop(id);
        await waitFor(`the last record of ${id}`, () => logsOf(id).some((log) => log.body === 'done'));
        const ofCaller = logsOf(id).filter((log) => log.spanId === outer.spanId);
        expect(ofCaller.map((log) => log.body).sort()).toEqual([...heard, 'done'].sort());
      }
    }
  });

  describe.each([
    'http.request',
    'http.request of a list',
    'an agent that asks a proxy',
    'undici.request',
    'undici.fetch',
    'undici.Client',
  ])('a call through an HTTP proxy, by %s', (client) => {
    const askFor = async (id: string, target: string): Promise<readonly [answer: unknown, span: SpanLine]> => {
      const answer = await act(id, `proxied?client=${encodeURIComponent(client)}&target=${encodeURIComponent(target)}`);
      const isClient = (span: SpanLine): boolean => span.kind === CLIENT;
      await waitFor(`the client span of ${id}`, () => spansOf(id).some(isClient));
      return [answer, found(spansOf(id).find(isClient))];
    };

    it('tells a host that is not allowed no more than the trace, and is named after it', async () => {
      const id = newId();
      const [answer, span] = await askFor(id, 'http://partner.example.com/a/b?page=2');
      expect(answer).toMatchObject({ traceparent: carried(id, span).traceparent });
      expect(answer).not.toHaveProperty('baggage');
      expect(answer).not.toHaveProperty('x-correlation-id');
      expect(span.attributes).toMatchObject({ 'server.address': 'partner.example.com', 'server.port': 80 });
      expect(span.attributes['url.full']).toBe('http://partner.example.com/a/b?page=2');
      const line = 'threadline: partner.example.com is told neither correlation id nor baggage;';
      await waitFor('the line', () => stderr().includes(line));
      expect(stderr().split(line)).toHaveLength(2);
    });

    it('tells one that is allowed what it tells it without', async () => {
      const id = newId();
      const [answer, span] = await askFor(id, 'http://stock.internal:8080/a?token=abc');
      expect(answer).toMatchObject(carried(id, span));
      expect(span.attributes).toMatchObject({
        'server.address': 'stock.internal',
        'server.port': 8080,
        'url.full': 'http://stock.internal:8080/a?token=REDACTED',
      });
    });
  });

  it.each([
    ['aborts', 'ECONNRESET', 'ECONNRESET'],
    ['fetchaborts', 'TimeoutError', /Timeout/],
  ])('ends both spans of a call that its caller gives up (%s) as errors', async (action, result, errorType) => {
    const id = newId();
    expect(await act(id, action)).toBe(result);
    const [, client, server] = await hop(id);
    expect([client.statusCode, server.statusCode]).toEqual([2, 2]);
    expect(client.attributes['error.type']).toEqual(typeof errorType === 'string' ? errorType : expect.stringMatching(errorType));
    expect(server.attributes['error.type']).toBe('aborted');
    expect(server.attributes).not.toHaveProperty('http.response.status_code');
  });

  it.each(['streams', 'requests'])('carries trace and id through HTTP/2, to a server that listens for %s', async (server) => {
    const id = newId();
    const answer = await act(id, `http2?server=${server}&path=${encodeURIComponent('/orders?page=2')}&body=one`);
    const [outer, client, served] = await hop(id);
    expect(answer).toMatchObject({ status: 200, id, headers: carried(id, client) });
    for (const span of [client, served]) {
      expect(span.name).toBe('POST');
      expect(span.attributes).toMatchObject({
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'network.protocol.version': '2',
        'server.address': '127.0.0.1',
      });
    }
    expect(served.attributes).toMatchObject({ 'url.path': '/orders', 'url.query': 'page=2', 'network.peer.address': '127.0.0.1' });
    const logs = await logged(id, 2);
    expect(logs.find((log) => log.body === 'uploaded one')?.spanId).toBe(served.spanId);
    expect(logs.find((log) => log.body === 'received')?.spanId).toBe(outer.spanId);
  });

  it('takes the status of an HTTP/2 answer', async () => {
    const id = newId();
    await act(id, `http2?server=streams&path=${encodeURIComponent('/teapot')}`);
    const [, client, served] = await hop(id);
    expect([client.attributes['http.response.status_code'], client.statusCode, served.statusCode]).toEqual([418, 2, 0]);
  });

  it('ends both spans of an HTTP/2 stream that was cancelled as errors', async () => {
    const id = newId();
    await act(id, 'http2aborts');
    const [, client, served] = await hop(id);
    expect([client, served].map((span) => [span.statusCode, span.attributes['error.type']])).toEqual([
      [2, 'aborted'],
      [2, 'aborted'],
    ]);
  });

  it('ends the span of an HTTP/2 stream of events that its reader leaves as no error', async () => {
    const id = newId();
    await act(id, 'http2events');
    const [, , served] = await hop(id);
    expect(served.attributes).toMatchObject({ 'http.response.status_code': 200, 'url.path': '/events' });
    expect(served.attributes).not.toHaveProperty('error.type');
    expect(served.statusCode).toBe(0);
  });

  it('hears the messages of a WebSocket in the context of its upgrade', async () => {
    const id = newId();
    const answer = await act(id, 'websocket');
    const [, client, server] = await hop(id);
    expect(answer).toMatchObject([
      { text: 'one', headers: carried(id, client) },
      { text: 'two', headers: carried(id, client) },
    ]);
    expect([client, server].map((span) => [span.name, span.attributes['http.response.status_code'], span.statusCode])).toEqual([
      ['GET', 101, 0],
      ['GET', 101, 0],
    ]);
    const logs = await logged(id, 3);
    expect(logs.map((log) => [log.body, log.spanId])).toEqual(['connected', 'heard one', 'heard two'].map((body) => [body, server.spanId]));
  });

  it.each([
    ['count', 'Count', [0, 1], ['client heard 0', 'client heard 1'], []],
    ['collect', 'Collect', { sum: 3 }, ['client answered'], ['server heard 1', 'server heard 2']],
    ['chat', 'Chat', [2, 4], ['client heard 2', 'client heard 4'], ['server heard 1', 'server heard 2']],
  ])(
    'runs the handler of each message of a gRPC stream (%s) in the call’s context, with no HTTP span',
    async (action, name, result, atClient, atServer) => {
      const id = newId();
      expect(await act(id, action)).toEqual(result);
      const [outer, client, server] = await hop(id);
      expect([client.name, server.name]).toEqual([`wire.Counter/${name}`, `wire.Counter/${name}`]);
      const logs = await logged(id, atClient.length + atServer.length);
      expect(logs.filter((log) => log.spanId === outer.spanId).map((log) => log.body)).toEqual(atClient);
      expect(logs.filter((log) => log.spanId === server.spanId).map((log) => log.body)).toEqual(atServer);
      expect(spansOf(id)).toHaveLength(3);
    },
  );
});

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ThreadlineError } from '../../src/errors.ts';
import { NO_CAPABILITIES } from '../../src/storage/capabilities.ts';
import { changedStorage } from '../../src/storage/changed-storage.ts';
import { createEmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';
import type { ReadContext, Storage } from '../../src/storage/storage.ts';
import { poll } from '../storage-contract/reading.ts';
import { errorOf, QUIET_COLLECTOR, type QueryApi, startQueryApi } from './query-api.ts';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the query server', () => {
  let directory: string;
  let api: QueryApi;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-ui-'));
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), '<!doctype html><title>Threadline</title>');
    await writeFile(join(directory, 'assets', 'main-4f3a.js'), 'export {};');
    await writeFile(join(directory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(directory, '.secret'), 'hidden');
    api = await startQueryApi({ uiDirectory: directory, allowedHosts: ['logs.example.com'] });
  });
  afterAll(async () => {
    await api.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it.each(['/', '/logs', '/flow/order-42.a', '/api/v1/health', '/api/v1/nothing', '/assets/main-4f3a.js', '/missing.js'])(
    'sends the security headers with %s',
    async (path) => {
      const { headers } = await api.send(path, { headers: path.startsWith('/api') ? {} : HTML });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("script-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );

  it.each(['/api/v1/health', '/', '/assets/main-4f3a.js', '/nothing'])(
    'refuses a foreign Host header on %s and says what to set',
    async (path) => {
      const response = await api.send(path, { headers: { host: 'evil.example:4319' } });
      expect(response.status).toBe(403);
      expect(errorOf(response)).toMatchObject({ code: 'forbidden_host', field: 'host' });
      expect(errorOf(response).message).toContain('THREADLINE_UI_ALLOWED_HOSTS');
    },
  );

  it('answers to a host that was allowed', async () => {
    expect((await api.send('/api/v1/health', { headers: { host: 'logs.example.com' } })).status).toBe(200);
  });

  it('refuses what a page of another site asks of the API, and serves its pages to links', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const response = await api.send('/api/v1/services', { headers: foreign });
    expect(response.status).toBe(403);
    expect(errorOf(response).code).toBe('cross_site_request');
    expect((await api.send('/logs', { headers: { ...foreign, ...HTML } })).status).toBe(200);
    expect((await api.send('/api/v1/services', { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('answers %s with method_not_allowed and what is', async (method) => {
    const response = await api.send('/api/v1/logs', { method });
    expect(response.status).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD');
    expect(errorOf(response).code).toBe('method_not_allowed');
  });

  it('answers HEAD as GET without the body', async () => {
    const get = await api.send('/api/v1/services');
    const head = await api.send('/api/v1/services', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(get.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(get.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['/api/v1/nothing', 404, 'not_found'],
    ['/api', 404, 'not_found'],
    ['/api/v2/logs', 404, 'not_found'],
    ['/api/v1/LOGS', 404, 'not_found'],
    ['/api/v1/logs/%E0%A4%A', 400, 'invalid_argument'],
    ['/api/v1/traces/xyz', 400, 'invalid_argument'],
    [`/api/v1/flows/${'x'.repeat(1_025)}`, 400, 'invalid_argument'],
  ])('answers %s with %i %s in JSON', async (path, status, code) => {
    const response = await api.send(path, { headers: HTML });
    expect(response.status).toBe(status);
    expect(errorOf(response).code).toBe(code);
    expect(response.headers['content-type']).toContain('application/json');
    if (status === 404) expect(errorOf(response).message).toContain('/api/v1/openapi.json');
  });

  it('answers what is not HTTP in JSON too', async () => {
    const text = await sendRaw(api.url, 'NONSENSE\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.slice(text.indexOf('{'))).error.code).toBe('invalid_argument');
  });

  it('takes a query of the greatest length and refuses headers beyond all use', async () => {
    expect((await api.send(`/api/v1/logs?query=${'%EC%A3%BC'.repeat(9_000)}`)).status).toBe(200);
    expect(await sendRaw(api.url, `GET /${'x'.repeat(140_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('serves the UI: hashed assets for ever, its page fresh and for every path of it', async () => {
    const asset = await api.send('/assets/main-4f3a.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toContain('javascript');
    for (const path of ['/', '/logs?q=x', '/trace/4bf9', '/flow/order-42.a', '/index.html']) {
      const page = await api.send(path, { headers: HTML });
      expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<title>Threadline</title>') });
      expect(page.headers['cache-control']).toBe('no-cache');
    }
    expect((await api.send('/favicon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it.each(['/assets/gone-1234.js', '/nothing.png', '/.secret', '/..%2f..%2fetc%2fpasswd', '/assets/..%2f.secret'])(
    'gives no page for the file %s',
    async (path) => {
      const response = await api.send(path, { headers: { accept: '*/*' } });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(response.text).not.toContain('Threadline</title>');
      expect(response.text).not.toContain('hidden');
    },
  );

  it.each([
    ['GET', '/threadline/api/v1/logs'],
    ['POST', '/v1/logs'],
    ['POST', '/_bulk'],
  ])('says where questions and senders go to whoever is wrong here: %s %s', async (method, path) => {
    const response = await api.send(path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' && { body: '{}' }),
    });
    expect(response.status).toBe(404);
    expect(errorOf(response).message).toContain('the API is below /api/v1');
    expect(errorOf(response).message).toContain('THREADLINE_OTLP_HTTP_PORT');
  });

  it('describes its health with where to send data to, and how long that is kept', async () => {
    expect(await api.get('/api/v1/health')).toMatchObject({
      status: 'ok',
      version: '0.0.0-test',
      storage: { status: 'ok' },
      send: { otlpHttpUrl: 'http://127.0.0.1:4318', otlpGrpcUrl: 'http://127.0.0.1:4317' },
      retentionDays: 7,
    });
  });

  it('reports no fault of its own for any of this', () => {
    expect(api.errors).toEqual([]);
  });
});

describe('a query server without a built UI', () => {
  it('says on its page how to build it', async () => {
    const api = await startQueryApi();
    try {
      expect(await api.send('/', { headers: HTML })).toMatchObject({ status: 200, text: expect.stringContaining('npm run build') });
      expect((await api.send('/logs', { headers: HTML })).text).toContain('npm run build');
    } finally {
      await api.stop();
    }
  });

  it('may be stopped twice and before it was started, and refuses connections afterwards', async () => {
    const api = await startQueryApi();
    await api.stop();
    await api.stop();
    await expect(api.send('/api/v1/health')).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('a query server with a read key', () => {
  let api: QueryApi;
  beforeAll(async () => {
    api = await startQueryApi({ readKey: 'open-sesame' });
  });
  afterAll(() => api.stop());

  it.each([undefined, 'Bearer wrong', 'Basic open-sesame'])('refuses the API to %s', async (authorization) => {
    for (const path of ['/api/v1/logs', '/api/v1/openapi.json', '/api/v1/nothing']) {
      const response = await api.send(path, { headers: authorization === undefined ? {} : { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(errorOf(response).code).toBe('unauthenticated');
    }
  });

  it('answers to the key', async () => {
    expect((await api.send('/api/v1/logs', { headers: { authorization: 'Bearer open-sesame' } })).status).toBe(200);
  });

  it('shows of its health without the key that the storage answers and that records are taken and delivered, and its page', async () => {
    expect(JSON.parse((await api.send('/api/v1/health')).text)).toEqual({
      status: 'ok',
      ingest: { state: 'taking' },
      delivery: { state: 'delivering' },
    });
    expect(JSON.parse((await api.send('/api/v1/health', { headers: { authorization: 'Bearer open-sesame' } })).text)).toHaveProperty(
      'send',
    );
    expect((await api.send('/', { headers: HTML })).status).toBe(200);
  });
});

describe('a query server whose collector has troubles', () => {
  it('is healthy while it answers, and says that nothing is taken or delivered, since when, and no words of a fault', async () => {
    const { log, ...quiet } = QUIET_COLLECTOR.status();
    if (!log) throw new Error('a quiet collector has a log');
    const ingest = { state: 'refusing', sinceUnixNano: '1790000000000000001', reason: 'disk' } as const;
    const delivery = { state: 'waiting', sinceUnixNano: '1790000000000000000' } as const;
    const lastFault = { atUnixNano: '1790000000000000002', reason: 'Elasticsearch at http://10.0.0.7:9200 blocks writes' };
    const fault = 'nothing can be kept in /srv/threadline/log now: the disk is full: make room; senders keep their batches';
    const status = () => ({ ...quiet, log: { ...log, ingest: { ...ingest, fault }, delivery: { ...delivery, lastFault } } });
    const api = await startQueryApi({ readKey: 'open-sesame', collector: { ...QUIET_COLLECTOR, status } });
    try {
      const health = await api.send('/api/v1/health');
      expect(health.status).toBe(200);
      expect(JSON.parse(health.text)).toEqual({ status: 'ok', ingest, delivery });
    } finally {
      await api.stop();
    }
  });
});

describe('a query server whose storage has troubles', () => {
  it('passes on that it cannot be reached, when to try again, and tells the operator', async () => {
    const fault = new ThreadlineError('storage_unavailable', 'The storage does not answer.', { retryAfterMillis: 1_500 });
    const api = await startQueryApi({
      storage: await brokenStorage({ searchLogs: () => Promise.reject(fault), check: () => Promise.reject(fault) }),
    });
    try {
      const response = await api.send('/api/v1/logs');
      expect(response.status).toBe(503);
      expect(response.headers['retry-after']).toBe('2');
      expect(errorOf(response).code).toBe('storage_unavailable');
      expect(api.errors).toEqual([fault]);
      const health = await api.send('/api/v1/health');
      expect(health.status).toBe(503);
      expect(JSON.parse(health.text)).toMatchObject({ status: 'unavailable', storage: { status: 'unavailable' } });
    } finally {
      await api.stop();
    }
  });

  it('says nothing of an unforeseen fault but that it is one', async () => {
    const fault = new TypeError('a secret of the collector');
    const api = await startQueryApi({ storage: await brokenStorage({ services: () => Promise.reject(fault) }) });
    try {
      const response = await api.send('/api/v1/services');
      expect(response.status).toBe(500);
      expect(response.text).not.toContain('secret');
      expect(api.errors).toEqual([fault]);
    } finally {
      await api.stop();
    }
  });

  it('passes on what was not searched and which form it cannot do', async () => {
    const partial = { searchedFromNanos: 5n, reason: 'the deadline' };
    const capabilities = NO_CAPABILITIES;
    const storage = await brokenStorage({ capabilities, searchLogs: async () => ({ rows: [], hasMore: false, partial }) });
    const api = await startQueryApi({ storage });
    try {
      expect(await api.get('/api/v1/logs?query=*reset')).toEqual({
        records: [],
        partial: { searchedFrom: '5', reason: 'the deadline' },
        warnings: [expect.stringContaining('starts with a wildcard')],
      });
      const refused = await api.send('/api/v1/logs?query=a+AND+path:/x.y/');
      expect(refused.status).toBe(400);
      expect(errorOf(refused)).toMatchObject({ code: 'unsupported_query', field: 'query', position: 6 });
      expect(errorOf(refused).message).toContain('regular expression');
    } finally {
      await api.stop();
    }
  });

  it('looks into its storage when a page is opened, so that the page does not wait for the first look, and opens it all the same where that fails', async () => {
    let looks = 0;
    const check = () => {
      looks += 1;
      return Promise.reject(new ThreadlineError('storage_unavailable', 'Elasticsearch does not answer'));
    };
    const uiDirectory = await mkdtemp(join(tmpdir(), 'threadline-ui-'));
    await writeFile(join(uiDirectory, 'index.html'), '<!doctype html><title>Threadline</title>');
    await writeFile(join(uiDirectory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const api = await startQueryApi({ storage: await brokenStorage({ check }), uiDirectory });
    try {
      const before = looks;
      expect((await api.send('/favicon.svg')).status).toBe(200);
      expect(looks).toBe(before);
      expect((await api.send('/logs', { headers: HTML })).status).toBe(200);
      expect(looks).toBe(before + 1);
      expect(api.errors).toEqual([]);
    } finally {
      await api.stop();
      await rm(uiDirectory, { recursive: true, force: true });
    }
  });

  it('stops a read whose client went away, and does not call that a fault', async () => {
    const contexts: ReadContext[] = [];
    const searchLogs: Storage['searchLogs'] = (_search, context) => {
      contexts.push(context);
      return new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(new Error('stopped'))));
    };
    const api = await startQueryApi({ storage: await brokenStorage({ searchLogs }) });
    try {
      const { hostname, port } = new URL(api.url);
      const socket = connect(Number(port), hostname, () => socket.write('GET /api/v1/logs HTTP/1.1\r\nhost: localhost\r\n\r\n'));
      await poll(async () => contexts.length === 1);
      expect(contexts[0]).toMatchObject({ tenant: 'default', signal: { aborted: false } });
      expect((contexts[0]?.deadline ?? 0) - performance.now()).toBeGreaterThan(10_000);
      socket.destroy();
      await poll(async () => contexts[0]?.signal.aborted ?? false);
      expect((await api.send('/api/v1/health')).status).toBe(200);
      expect(api.errors).toEqual([]);
    } finally {
      await api.stop();
    }
  });
});

/** A real storage of which some parts behave as the test needs. */
async function brokenStorage(parts: Partial<Storage>): Promise<Storage> {
  const directory = await mkdtemp(join(tmpdir(), 'threadline-query-'));
  const storage = createEmbeddedStorage({ directory });
  return changedStorage(storage, {
    shutdown: async () => {
      await storage.shutdown();
      await rm(directory, { recursive: true, force: true });
    },
    ...parts,
  });
}

/** Everything that comes back for these bytes. */
function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
}

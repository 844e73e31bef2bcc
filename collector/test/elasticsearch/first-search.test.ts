import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { LogSearchAnswer } from '../../src/api/index.ts';
import { FOUND_WITHIN } from '../end-to-end/reading.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';

/** Resolved when the node may have what is written, which on a new one takes longer than a reader waits. */
let written: PromiseWithResolvers<void>;
let proxy: Server;
let data: Awaited<ReturnType<typeof temporaryDirectory>>;
let collector: RunningCollector;

beforeEach(async () => {
  written = Promise.withResolvers();
  proxy = createServer(async (request, response) => {
    if (request.url?.includes('_bulk')) await written.promise;
    const forwarded = httpRequest(new URL(request.url ?? '/', inject('elasticsearchUrl')), {
      method: request.method,
      headers: request.headers,
    });
    forwarded.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.once('error', () => response.destroy());
    request.pipe(forwarded);
  }).listen({ host: '127.0.0.1', port: 0 });
  await once(proxy, 'listening');
  // What listens on a port has such an address.
  const { port } = proxy.address() as AddressInfo;
  data = await temporaryDirectory();
  collector = await startCollector(data.path, {
    THREADLINE_STORAGE: 'elasticsearch',
    THREADLINE_ELASTICSEARCH_URL: `http://127.0.0.1:${port}`,
    THREADLINE_ELASTICSEARCH_NAMESPACE: `first${process.pid}${Date.now()}`,
  });
});

afterEach(async () => {
  written.resolve();
  await collector.end('SIGTERM');
  proxy.closeAllConnections();
  proxy.close();
  await data.remove();
});

async function search(): Promise<LogSearchAnswer> {
  const response = await fetch(`${collector.ui}/api/v1/logs?from=1970-01-01T00:00:00Z&to=now`);
  expect(response.status).toBe(200);
  // The API's answers are typed by the package under test.
  return (await response.json()) as LogSearchAnswer;
}

it('an empty answer before the first write has come through says that it is not all, and none says so after', async () => {
  expect(await search()).toEqual({ records: [] });
  const logRecords = [{ timeUnixNano: '1790000000000000000', body: { stringValue: 'the first' } }];
  const sent = await fetch(`${collector.otlpHttp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  expect(sent.status).toBe(200);
  expect(await search()).toEqual({
    records: [],
    warnings: ['Not all that was acknowledged before is in the storage yet: it is on its way, and not in this answer.'],
  });
  written.resolve();
  await expect.poll(search, FOUND_WITHIN).toEqual({ records: [expect.objectContaining({ body: { stringValue: 'the first' } })] });
});

import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StatusAnswer } from '../../src/api/index.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { FOUND_WITHIN, searchLogs } from './reading.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let collector: RunningCollector;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  await collector?.end('SIGKILL');
  await directory.remove();
});

async function send(body: string, key = 'ingest-secret', signal = 'logs'): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  return (await fetch(`${collector.otlpHttp}/v1/${signal}`, { method: 'POST', headers, body })).status;
}

function logs(count: number, message: string): string {
  const logRecords = Array.from({ length: count }, () => ({ timeUnixNano: '1790000000000000000', body: { stringValue: message } }));
  return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
}

it('the status counts what a collector refuses, and shows neither a secret nor a record', async () => {
  collector = await startCollector(directory.path, {
    THREADLINE_INGEST_KEY: 'ingest-secret',
    THREADLINE_READ_KEY: 'read-secret',
    THREADLINE_QUEUE_BYTES: '64MiB',
  });
  expect(await send(logs(1, 'taken'))).toBe(200);
  expect(await send(logs(1, 'taken'), 'wrong-secret')).toBe(401);
  expect(await send('{"resourceLogs":')).toBe(400);
  expect(await send(logs(1, 'hidden-message '.repeat(1_500_000)))).toBe(413);
  const metrics = '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"hidden-message","gauge":{"dataPoints":[{},{}]}}]}]}]}';
  expect(await send(metrics, 'ingest-secret', 'metrics')).toBe(200);
  const response = await fetch(`${collector.ui}/api/v1/status`, { headers: { authorization: 'Bearer read-secret' } });
  const text = await response.text();
  const status: StatusAnswer = JSON.parse(text);
  expect(status).toMatchObject({
    storage: { kind: 'embedded', status: 'ok' },
    log: { capacityBytes: 64 * 1024 * 1024, delivery: { state: 'delivering' }, deadLetters: { kept: 0 }, setAside: { count: 0 } },
    metrics: [{ tenant: 'default', requests: 1, dataPoints: 2 }],
  });
  expect(status.refusals).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ tenant: 'default', reason: 'too_large', requests: 1, records: 0 }),
      expect.objectContaining({ tenant: 'default', reason: 'malformed', requests: 1, records: 0 }),
      expect.objectContaining({ reason: 'unauthenticated', requests: 1, records: 0 }),
    ]),
  );
  expect(status.refusals).toHaveLength(3);
  expect(text).not.toMatch(/secret|hidden-message/);
});

it('the status counts what of the storage is damaged on disk, and names it', async () => {
  collector = await startCollector(directory.path);
  expect(await send(logs(3, 'stored'))).toBe(200);
  await expect.poll(() => searchLogs(collector.ui, 'stored'), FOUND_WITHIN).toHaveLength(3);
  await collector.end('SIGTERM');
  const segments = join(directory.path, 'embedded', 'segments');
  const file = (await readdir(segments)).find((name) => name.endsWith('.parquet')) ?? '';
  await truncate(join(segments, file), 500);
  collector = await startCollector(directory.path);
  const readStatus = async (): Promise<StatusAnswer> => JSON.parse(await (await fetch(`${collector.ui}/api/v1/status`)).text());
  await expect
    .poll(async () => (await readStatus()).storage.damaged, FOUND_WITHIN)
    .toEqual({ count: 1, reasons: [{ reason: expect.stringContaining(file), count: 1, lastAtUnixNano: expect.any(String) }] });
  expect(await searchLogs(collector.ui, 'stored')).toEqual([]);
});

it('the status counts what of the log is gone from the disk', async () => {
  collector = await startCollector(directory.path);
  await collector.end('SIGTERM');
  // As after an end with requests in the log, whose file was removed since.
  await writeFile(join(directory.path, 'log', 'end'), '1 5032\n');
  collector = await startCollector(directory.path);
  const status: StatusAnswer = JSON.parse(await (await fetch(`${collector.ui}/api/v1/status`)).text());
  const reason = 'log file 1: acknowledged requests are gone from it';
  expect(status.storage.damaged).toEqual({ count: 1, reasons: [{ reason, count: 1, lastAtUnixNano: expect.any(String) }] });
  expect(collector.stderr()).toMatch(/ERROR a part of the log is gone from the disk: .* file=1 offset=32 byteCount=5000\n/);
});

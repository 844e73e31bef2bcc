import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failToStart, type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { allLogs, FOUND_WITHIN, searchLogs } from './reading.ts';

/** Enough acknowledged requests that writes are under way when the process dies. */
const ACKNOWLEDGED_BEFORE_KILL = 60;
const SENDERS = 6;
const LOGS_PER_REQUEST = 5;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const running: RunningCollector[] = [];

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  for (const collector of running.splice(0)) await collector.end('SIGKILL');
  await directory.remove();
});

async function start(settings?: Record<string, string>): Promise<RunningCollector> {
  const collector = await startCollector(directory.path, settings);
  running.push(collector);
  return collector;
}

function logsBody(name: string, count: number): string {
  const logRecords = Array.from({ length: count }, (_, index) => ({
    timeUnixNano: `17900000000000${String(index).padStart(5, '0')}`,
    body: { stringValue: `${name}-${index}` },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'load' } }] };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
}

function send(collector: RunningCollector, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

describe('a collector that is killed under load', () => {
  it('has everything that it acknowledged after a restart, once, and takes more', async () => {
    const first = await start();
    const acknowledged: string[] = [];
    const reached = Promise.withResolvers<void>();
    let isKilled = false;
    const sender = async (number: number): Promise<void> => {
      for (let request = 0; !isKilled; request++) {
        const name = `r${number}x${request}`;
        const status = await send(first, logsBody(name, LOGS_PER_REQUEST)).then(
          (response) => response.status,
          () => undefined,
        );
        if (status === 200) acknowledged.push(name);
        if (acknowledged.length >= ACKNOWLEDGED_BEFORE_KILL) reached.resolve();
      }
    };
    const senders = Array.from({ length: SENDERS }, (_, number) => sender(number));
    await reached.promise;
    await first.end('SIGKILL');
    isKilled = true;
    await Promise.all(senders);

    const second = await start();
    const expected = acknowledged.flatMap((name) => Array.from({ length: LOGS_PER_REQUEST }, (_, index) => `${name}-${index}`));
    const missing = async () => {
      const bodies = new Set((await allLogs(second.ui, 'service:load')).map((log) => log.body?.stringValue));
      return expected.filter((body) => !bodies.has(body));
    };
    await expect.poll(missing, FOUND_WITHIN).toEqual([]);
    expect((await send(second, logsBody('after', 1))).status).toBe(200);
    await expect.poll(() => searchLogs(second.ui, '"after-0"'), FOUND_WITHIN).toHaveLength(1);
    const [latest] = await searchLogs(second.ui, '"after-0"');

    // What comes later stands behind everything that there was: with it there, nothing more is on its way.
    const found = (await allLogs(second.ui, 'service:load')).filter((log) => log.id !== latest?.id);
    const bodies = found.map((log) => log.body?.stringValue);
    expect(new Set(found.map((log) => log.id)).size).toBe(found.length);
    expect(new Set(bodies).size).toBe(bodies.length);
    expect(found.every((log) => log.id < (latest?.id ?? ''))).toBe(true);
  });

  it('stores a request with an idempotency key once, before and after', async () => {
    const first = await start();
    const headers = { 'idempotency-key': 'batch-1' };
    expect((await send(first, logsBody('once', 3), headers)).status).toBe(200);
    await first.end('SIGKILL');
    const second = await start();
    expect((await send(second, logsBody('once', 3), headers)).status).toBe(200);
    expect((await send(second, logsBody('later', 1))).status).toBe(200);
    await expect.poll(() => searchLogs(second.ui, '"later-0"'), FOUND_WITHIN).toHaveLength(1);
    expect(await searchLogs(second.ui, 'service:load -"later-0"')).toHaveLength(3);
  });
});

describe('a collector that is stopped', () => {
  it('answers what is under way, exits with 0 and leaves its data for the next start', async () => {
    const first = await start();
    const answers = Array.from({ length: 8 }, (_, number) =>
      send(first, logsBody(`drain${number}`, 200)).then((response) => response.status),
    );
    await Promise.race(answers);
    const stoppedAt = performance.now();
    expect(await first.end('SIGTERM')).toBe(0);
    // Senders keep their connections open; that must not keep the collector until it cuts them after 10 s.
    expect(performance.now() - stoppedAt).toBeLessThan(9_000);
    const statuses = await Promise.all(answers.map((answer) => answer.catch(() => 'cut')));
    // Refused with 503 or not let in at all is for the sender to repeat; what is not allowed is an answer of another kind.
    expect(statuses.filter((status) => status !== 200 && status !== 503 && status !== 'cut')).toEqual([]);
    const identity = await readFile(join(directory.path, 'log', 'id'), 'utf8');

    const second = await start();
    expect(await readFile(join(directory.path, 'log', 'id'), 'utf8')).toBe(identity);
    const answered = statuses.flatMap((status, number) => (status === 200 ? [`drain${number}`] : []));
    const counts = async () => {
      const found = await allLogs(second.ui, 'service:load');
      return answered.map((name) => found.filter((log) => log.body?.stringValue?.startsWith(`${name}-`)).length);
    };
    await expect.poll(counts, FOUND_WITHIN).toEqual(answered.map(() => 200));
    expect(await second.end('SIGINT')).toBe(0);
    expect(second.stderr()).toBe('');
  });
});

describe('a data directory', () => {
  it('is one collector’s at a time', async () => {
    await start();
    const { exitCode, stderr } = await failToStart(directory.path, {});
    expect(exitCode).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(directory.path);
    expect(stderr).toContain('THREADLINE_DATA_DIR');
  });
});

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeRecord, findRecords, recordFacts } from '../src/export/spool/batch-record.ts';
import { type AppProcess, createSpoolFolder, killApps, startApp, waitFor } from './app-process.ts';
import { type LogLine, parseRequest, readLogs, type SpanLine } from './otlp.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

let collector: ScriptedCollector;
let spool: string;
beforeEach(async () => {
  collector = await startCollector();
  spool = createSpoolFolder();
});
afterEach(async () => {
  await killApps();
  await collector.close();
});

interface Load {
  readonly count: number;
  readonly millis: number;
  readonly paddingBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
}

function startLoad({ count, millis, paddingBytes = 1, env = {} }: Load): AppProcess {
  return startApp({
    script: 'load.mjs',
    args: [count, millis, paddingBytes].map(String),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, THREADLINE_SDK_SPOOL_DIR: spool, ...env },
  });
}

function isDone(app: AppProcess): boolean {
  return app.lines.some((line) => typeof line === 'object' && line !== null && 'done' in line);
}

/** The numbers of the load that arrived, in order; a number that came twice is there twice. */
function numbersOf(records: readonly (SpanLine | LogLine)[]): number[] {
  return records
    .map(({ attributes }) => Number(attributes.number))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function drops(): readonly LogLine[] {
  return collector.logs.filter(({ eventName }) => eventName === 'threadline.drop');
}

/** Files of the spool, by their path below it. */
function spoolFiles(): string[] {
  return readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.batches'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What is in these files; one that goes meanwhile has nothing. */
function spooledRecords(): Buffer[] {
  const contents = spoolFiles().flatMap((file) => {
    try {
      return [readFileSync(file)];
    } catch {
      return [];
    }
  });
  return contents.flatMap((bytes) => findRecords(bytes).records).map(({ bytes }) => bytes);
}

/** How many spans and log records are in these files. */
function spooledItems(): number {
  return spooledRecords().reduce((sum, bytes) => sum + recordFacts(bytes).itemCount, 0);
}

/** What the files say was lost. */
function notedDrops(): LogLine[] {
  const notes = spooledRecords().filter((bytes) => bytes.includes('threadline.drop'));
  return notes.flatMap((bytes) => readLogs(parseRequest('logs', 'application/x-protobuf', Buffer.from(decodeRecord(bytes, 'logs').body))));
}

function countOf(lost: readonly LogLine[]): number {
  return lost.reduce((sum, { attributes }) => sum + Number(attributes['drop.count']), 0);
}

describe('a collector that is away', () => {
  it('has everything when it is back, nothing twice, each batch under a key of its own', async () => {
    const app = startLoad({ count: 1500, millis: 3000 });
    await waitFor('some arrived', () => collector.spans.length > 0);
    const { port } = collector;
    const before = collector;
    await collector.close();
    await waitFor('all is made', () => isDone(app));
    await waitFor('something waits on disk', () => spoolFiles().length > 0);
    expect(statSync(spool).mode & 0o777).toBe(0o700);
    for (const file of spoolFiles()) expect(statSync(file).mode & 0o777).toBe(0o600);
    collector = await startCollector(port);
    const spans = (): SpanLine[] => [...before.spans, ...collector.spans];
    const logs = (): LogLine[] => [...before.logs, ...collector.logs];
    await waitFor('all of it', () => spans().length >= 1500 && logs().length >= 1500, 40_000);
    await waitFor('the spool is empty', () => spoolFiles().length === 0);
    expect(numbersOf(spans())).toEqual(upTo(1500));
    expect(numbersOf(logs())).toEqual(upTo(1500));
    const keys = [...before.keys, ...collector.keys];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
    expect(drops()).toEqual([]);
  });

  it('that comes back for the next process has what was in it, also after kill -9, under the same keys', async () => {
    collector.behave({ status: 503, headers: { 'retry-after': '3600' } });
    const first = startLoad({ count: 200, millis: 200 });
    await waitFor('all is made', () => isDone(first));
    await waitFor('both signals wait on disk', () =>
      ['traces-', 'logs-'].every((signal) => spoolFiles().some((file) => file.includes(signal))),
    );
    const refused = collector.requests.map((headers) => headers['idempotency-key']);
    first.kill('SIGTERM');
    await first.ended();
    collector.behave('take');
    const second = startLoad({ count: 1, millis: 20 });
    await waitFor('all of it', () => numbersOf(collector.spans).length >= 201 && numbersOf(collector.logs).length >= 201);
    await waitFor('the spool is empty', () => spoolFiles().length === 0);
    expect(numbersOf(collector.spans).slice(1)).toEqual(upTo(200));
    expect(collector.keys).toEqual(expect.arrayContaining(refused));
    second.kill('SIGTERM');
    await second.ended();
  });

  it('has all that several processes left which were killed, each within its own size, from the next one', async () => {
    const { port } = collector;
    await collector.close();
    const env = { THREADLINE_SDK_SPOOL_MAX_BYTES: String(1024 * 1024) };
    const apps = [1, 2, 3].map(() => startLoad({ count: 1500, millis: 1500, paddingBytes: 400, env }));
    for (const app of apps) await waitFor('all is made', () => isDone(app));
    await waitFor('all waits on disk', () => spooledItems() === 9000);
    for (const app of apps) app.kill('SIGKILL');
    for (const app of apps) await app.ended();
    collector = await startCollector(port);
    startLoad({ count: 1, millis: 20, env });
    await waitFor('all of it', () => numbersOf(collector.spans).length + numbersOf(collector.logs).length >= 9002, 40_000);
    const thrice = upTo(1500).flatMap((number) => [number, number, number]);
    expect(numbersOf(collector.spans).slice(1)).toEqual(thrice);
    expect(numbersOf(collector.logs).slice(1)).toEqual(thrice);
    expect(drops()).toEqual([]);
  });

  it('has what waits on disk in the encoding that it was written in, whatever the next process sends', async () => {
    collector.behave({ status: 503, headers: { 'retry-after': '3600' } });
    const first = startLoad({ count: 20, millis: 20, env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' } });
    await waitFor('all is made', () => isDone(first));
    await waitFor('both signals wait on disk', () => spooledItems() === 40);
    first.kill('SIGTERM');
    await first.ended();
    collector.behave('take');
    const seen = collector.requests.length;
    const second = startLoad({ count: 1, millis: 20 });
    await waitFor('all of it', () => numbersOf(collector.spans).length >= 21 && numbersOf(collector.logs).length >= 21);
    const types = collector.requests.slice(seen).map((headers) => headers['content-type']);
    expect(new Set(types)).toEqual(new Set(['application/json', 'application/x-protobuf']));
    second.kill('SIGTERM');
    await second.ended();
  });

  it('does not share the files of a process that lives with another one', async () => {
    collector.behave({ status: 503, headers: { 'retry-after': '3600' } });
    // Whole batches, which go to disk as soon as they are full: what is smaller may wait in memory for two seconds.
    const first = startLoad({ count: 50, millis: 50, env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10' } });
    await waitFor('its batches wait on disk', () => spooledItems() === 100);
    collector.behave('take');
    const second = startLoad({ count: 1, millis: 20 });
    await waitFor('the second one’s', () => collector.spans.length > 0);
    second.kill('SIGTERM');
    await second.ended();
    expect(spooledItems()).toBe(100);
    first.kill('SIGKILL');
    await first.ended();
    startLoad({ count: 1, millis: 20 });
    await waitFor('what the first one left', () => numbersOf(collector.spans).length === 52);
    expect(numbersOf(collector.spans).slice(2)).toEqual(upTo(50));
  });
});

describe('the spool', () => {
  it('drops the oldest beyond its size, and says how many and when', async () => {
    const { port } = collector;
    await collector.close();
    const app = startLoad({ count: 6000, millis: 3000, paddingBytes: 400, env: { THREADLINE_SDK_SPOOL_MAX_BYTES: String(1024 * 1024) } });
    await waitFor('all is made', () => isDone(app));
    expect(spoolFiles().reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThanOrEqual(1024 * 1024);
    collector = await startCollector(port);
    const lost = (): LogLine[] => drops().filter(({ attributes }) => attributes['drop.signal'] === 'traces');
    const lostCount = (): number => lost().reduce((sum, { attributes }) => sum + Number(attributes['drop.count']), 0);
    await waitFor('each span, or word of its loss', () => numbersOf(collector.spans).length + lostCount() >= 6000, 40_000);
    await waitFor('the spool is empty', () => spoolFiles().length === 0);
    expect(lostCount()).toBeGreaterThan(0);
    const arrived = numbersOf(collector.spans);
    expect(new Set(arrived).size).toBe(6000 - lostCount());
    expect(arrived.slice(-500)).toEqual(upTo(6000).slice(-500));
    const [report] = lost();
    expect(report?.attributes).toMatchObject({ 'drop.reason': 'the spool was full' });
    const first = BigInt(String(report?.attributes['drop.first_time_unix_nano']));
    expect(first).toBeLessThanOrEqual(BigInt(String(report?.attributes['drop.last_time_unix_nano'])));
    expect(report?.attributes['drop.trace_ids']).toHaveLength(100);
  });

  it('drops in a process that is killed, which the next one tells the collector in its name', async () => {
    const { port } = collector;
    await collector.close();
    const app = startLoad({ count: 6000, millis: 3000, paddingBytes: 400, env: { THREADLINE_SDK_SPOOL_MAX_BYTES: String(1024 * 1024) } });
    await waitFor('all is made', () => isDone(app));
    await waitFor('all of it on disk, or word of its loss', () => {
      const lost = notedDrops();
      return spooledItems() - lost.length + countOf(lost) === 12_000;
    });
    app.kill('SIGKILL');
    await app.ended();
    collector = await startCollector(port);
    const next = startLoad({ count: 1, millis: 20 });
    const isWhole = (records: readonly (SpanLine | LogLine)[], signal: string): boolean => {
      const lost = drops().filter(({ attributes }) => attributes['drop.signal'] === signal);
      return lost.length > 0 && numbersOf(records).length + countOf(lost) === 6001;
    };
    await waitFor('each span and record, or word of its loss', () => isWhole(collector.spans, 'traces') && isWhole(collector.logs, 'logs'));
    const pidOf = ({ resource }: LogLine): unknown => resource['process.pid'];
    const pids = collector.logs.filter(({ attributes }) => Number(attributes.number) > 5000).map(pidOf);
    expect(new Set([...pids, ...drops().map(pidOf)]).size).toBe(1);
    expect(drops()[0]?.attributes).toMatchObject({ 'drop.reason': 'the spool was full' });
    await waitFor('the spool is empty', () => spoolFiles().length === 0);
    expect(next.stderr()).toBe('');
  });

  it('steps over what is broken, sets the file aside and reports it', async () => {
    collector.behave({ status: 503, headers: { 'retry-after': '3600' } });
    const first = startLoad({ count: 30, millis: 600, env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10' } });
    await waitFor('all is made', () => isDone(first));
    first.kill('SIGTERM');
    await first.ended();
    const file = spoolFiles().find((path) => path.includes('traces-')) ?? '';
    const bytes = readFileSync(file);
    bytes[60] = (bytes[60] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    collector.behave('take');
    const second = startLoad({ count: 1, millis: 20 });
    await waitFor('the report', () => drops().length > 0);
    await waitFor('it is set aside', () => spoolFiles().length === 1);
    expect(spoolFiles()[0]).toContain('set-aside');
    expect(drops()[0]?.attributes).toMatchObject({ 'drop.signal': 'traces' });
    expect(second.stderr()).toMatch(/^threadline: .*\n$/);
  });

  it('that cannot be written leaves the rest to memory', async () => {
    const { port } = collector;
    await collector.close();
    const app = startLoad({ count: 300, millis: 300, env: { THREADLINE_SDK_SPOOL_DIR: '/proc/threadline' } });
    await waitFor('all is made', () => isDone(app));
    collector = await startCollector(port);
    await waitFor('all of it', () => collector.spans.length >= 300 && collector.logs.length >= 300, 40_000);
    expect(numbersOf(collector.spans)).toEqual(upTo(300));
    expect(numbersOf(collector.logs)).toEqual(upTo(300));
  });

  it.each([
    ['cannot be written', { THREADLINE_SDK_SPOOL_DIR: '/proc/threadline' }],
    ['is switched off', { THREADLINE_SDK_SPOOL_MAX_BYTES: '0' }],
  ])('that %s leaves to memory what one turn of the event loop makes beyond its queue', async (_how, env) => {
    const app = startLoad({ count: 20_000, millis: 1, env });
    await waitFor('all of it', () => collector.spans.length >= 20_000 && collector.logs.length >= 20_000, 40_000);
    expect(numbersOf(collector.spans)).toEqual(upTo(20_000));
    expect(numbersOf(collector.logs)).toEqual(upTo(20_000));
    expect(app.stderr()).not.toContain('was dropped');
  });

  it.each([
    [
      'cannot be written',
      { THREADLINE_SDK_SPOOL_DIR: '/proc/threadline' },
      /: what waits for the collector is kept in memory, since it cannot be kept on disk \(.*\/proc\/threadline.*\); telemetry/,
    ],
    ['is switched off', { THREADLINE_SDK_SPOOL_MAX_BYTES: '0' }, /$/],
  ])('that %s leaves a loss at the end, which is told', async (_how, env, problem) => {
    await collector.close();
    const app = startLoad({ count: 50, millis: 100, env });
    await waitFor('all is made', () => isDone(app));
    await waitFor('the collector is missed', () => app.stderr().includes('takes nothing now'));
    app.kill('SIGTERM');
    await app.ended();
    const [first, last, ...others] = app.stderr().trimEnd().split('\n');
    expect(first).toContain('takes nothing now');
    expect(last).toContain('was dropped: the process ended before the collector took them');
    expect(last).toMatch(/; lost since the last warning: 50 spans, 50 log records$/);
    expect(last).toMatch(problem);
    expect(others).toEqual([]);
    collector = await startCollector();
  });
});

describe('a collector that is slow', () => {
  it('gets nearly everything, by several requests at once', async () => {
    collector.behave({ delayMillis: 3000 });
    const app = startLoad({ count: 3000, millis: 3000 });
    await waitFor('all is made', () => isDone(app));
    await waitFor('at least 95 %', () => collector.spans.length >= 2850 && collector.logs.length >= 2850, 30_000);
    expect(new Set(numbersOf(collector.spans)).size).toBe(collector.spans.length);
    expect(drops()).toEqual([]);
  });

  it('whose answers come too late gets a batch again as it was, under its key', async () => {
    collector.behave({ delayMillis: 3000 });
    const app = startLoad({ count: 100, millis: 200, env: { OTEL_EXPORTER_OTLP_TIMEOUT: '400' } });
    await waitFor('all is made', () => isDone(app));
    await waitFor('some came again', () => new Set(collector.keys).size < collector.keys.length);
    collector.behave('take');
    await waitFor('all of it', () => collector.spans.length >= 100 && collector.logs.length >= 100);
    await waitFor('the spool is empty', () => spoolFiles().length === 0);
    expect(numbersOf(collector.spans)).toEqual(upTo(100));
    expect(numbersOf(collector.logs)).toEqual(upTo(100));
  });
});

describe('an answer', () => {
  it.each([
    ['seconds', 429, () => '2', () => (collector.arrivals[0] ?? 0) + 2000],
    ['a date', 503, () => new Date(Date.now() + 4000).toUTCString(), (header: string) => Date.parse(header)],
  ])('with Retry-After in %s is followed by silence for as long', async (_form, status, write, until) => {
    const header = write();
    collector.behave({ status, headers: { 'retry-after': header } });
    const app = startLoad({ count: 10, millis: 20 });
    await waitFor('it was asked to wait', () => collector.requests.length >= 2);
    const refused = collector.requests.length;
    collector.behave('take');
    await waitFor('all is made', () => isDone(app));
    await waitFor('all of it', () => collector.spans.length === 10 && collector.logs.length === 10);
    // Timers are a little early at times.
    expect(collector.arrivals[refused]).toBeGreaterThan(until(header) - 50);
    expect(collector.requests.length - refused).toBeLessThanOrEqual(collector.keys.length);
  });

  it('with a partial success is counted and named', async () => {
    collector.behave({ status: 200, body: { partialSuccess: { rejectedSpans: '3', errorMessage: 'three were too long' } } });
    const app = startLoad({ count: 10, millis: 20 });
    await waitFor('the warning', () => app.stderr().includes('three were too long'));
    // The answer to the logs warns too, and may come first.
    await waitFor('the spans', () => collector.spans.length > 0);
    collector.behave('take');
    await waitFor('the report', () => drops().length > 0);
    expect(drops()[0]?.attributes).toMatchObject({ 'drop.signal': 'traces', 'drop.reason': 'three were too long', 'drop.count': 3 });
  });

  it('that refuses a batch for good is reported with its traces', async () => {
    collector.behave({ status: 400, body: { message: 'not OTLP' } });
    const app = startLoad({ count: 2000, millis: 6000 });
    await waitFor('a refusal', () => collector.requests.length >= 2);
    collector.behave('take');
    await waitFor('the reports', () => drops().length >= 2);
    const [report] = drops().filter(({ attributes }) => attributes['drop.signal'] === 'traces');
    expect(report?.attributes).toMatchObject({ 'drop.reason': 'Bad Request: not OTLP' });
    const lost = Number(report?.attributes['drop.count']);
    expect(report?.attributes['drop.trace_ids']).toHaveLength(Math.min(lost, 100));
    expect(app.stderr().match(/\n/g)).toHaveLength(1);
  });
});

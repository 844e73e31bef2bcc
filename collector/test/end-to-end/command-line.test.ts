import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeLogs, encodeTraces } from '../../src/otlp/testing/reference-encoder.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { poll } from '../storage-contract/reading.ts';
import { allLogs, FOUND_WITHIN, readTrace } from './reading.ts';

const CLI = fileURLToPath(new URL('../../bin/threadline.mjs', import.meta.url));
const EVER = '1970-01-01T00:00:00Z';
const TRACE_ID = 'ab'.repeat(16);
const RECORDS = 1_234;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let source: RunningCollector;
const children: ChildProcess[] = [];
const started: RunningCollector[] = [];

const path = (name: string): string => join(directory.path, name);

async function emptyCollector(name: string, settings: Record<string, string> = {}): Promise<RunningCollector> {
  const collector = await startCollector(path(`data-${name}`), settings);
  started.push(collector);
  return collector;
}

function launch(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
  children.push(child);
  return child;
}

async function run(
  args: readonly string[],
  options: { readonly input?: string | Buffer; readonly env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = launch(args, options.env);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece;
  });
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece;
  });
  child.stdin?.on('error', () => undefined).end(options.input ?? '');
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

const text = (stringValue: string) => ({ stringValue });
const resourceOf = (service: string) => ({
  attributes: [{ key: 'service.name', value: text(service) }],
  schemaUrl: 'https://example.com/1',
});
const scope = { name: 'test', version: '1', attributes: [{ key: 'of', value: text('scope') }] };

function logsOf(service: string, count: number) {
  const records = Array.from({ length: count }, (_, number) => ({
    // Many of one time: their order is that of their arrival.
    timeUnixNano: String(1_790_000_000_000_000_000n + BigInt(number >> 4)),
    observedTimeUnixNano: '0',
    severityNumber: number % 100 === 0 ? 17 : 9,
    body:
      number % 7 === 0
        ? { kvlistValue: { values: [{ key: 'n', value: { intValue: '9007199254740993' } }] } }
        : text(`message ${number} 한글`),
    attributes: [
      { key: 'number', value: { intValue: String(number) } },
      { key: 'ratio', value: { doubleValue: number / 3 } },
      { key: 'raw', value: { bytesValue: 'AP8Q' } },
    ],
  }));
  return [{ resource: resourceOf(service), scopes: [{ scope, records }] }];
}

const SPANS = ['cd', 'ef'].map((byte, index) => ({
  traceId: TRACE_ID,
  spanId: byte.repeat(8),
  ...(index === 1 && { parentSpanId: 'cd'.repeat(8) }),
  name: `step ${index}`,
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000000001000000',
  attributes: [],
}));

function lengthPrefixed(messages: readonly Buffer[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(message.length);
      return [length, message];
    }),
  );
}

beforeAll(async () => {
  directory = await temporaryDirectory();
  source = await emptyCollector('source');
  for (const [signal, body] of [
    ['logs', encodeLogs([...logsOf('orders', RECORDS), ...logsOf('payments', 3)], 'protobuf')],
    ['traces', encodeTraces([{ resource: resourceOf('orders'), scopes: [{ scope, records: SPANS }] }], 'protobuf')],
  ] as const) {
    const headers = { 'content-type': 'application/x-protobuf' };
    const response = await fetch(`${source.otlpHttp}/v1/${signal}`, { method: 'POST', headers, body: new Uint8Array(body) });
    expect(response.status).toBe(200);
  }
  await poll(async () => (await allLogs(source.ui, '')).length === RECORDS + 3);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const collector of started) await collector.end('SIGKILL');
  await directory?.remove();
});

/** Without what a collector itself notes of a record. */
function withoutStamps(ndjson: string): string[] {
  return ndjson
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/"id":"[0-9a-f]+",/, '').replace(/"arrivalTimeUnixNano":"\d+",/, ''));
}

describe('threadline export and import', () => {
  it('bring the same records into an empty collector, byte for byte and in the same order, and nothing twice', async () => {
    const file = path('all.ndjson');
    const exported = await run(['export', '--from', EVER, '--url', source.ui, '-o', file]);
    expect(exported).toMatchObject({ code: 0, stdout: '' });
    expect(exported.stderr).toContain(`1,237 records`);
    await writeFile(path('all.ndjson.zst'), zstdCompressSync(await readFile(file)));

    const target = await emptyCollector('target');
    for (const name of ['all.ndjson', 'all.ndjson.zst', 'all.ndjson']) {
      const imported = await run(['import', path(name), '--url', target.otlpHttp]);
      expect(imported).toMatchObject({ code: 0, stdout: '' });
      expect(imported.stderr).toContain('1,237 records');
    }
    const again = await run(['export', '--from', EVER], { env: { THREADLINE_CLI_URL: target.ui } });
    expect(again.code).toBe(0);
    expect(withoutStamps(again.stdout)).toEqual(withoutStamps(await readFile(file, 'utf8')));
  });

  it('name a bad line by number and file, import the rest and say so by the exit code', async () => {
    const target = await emptyCollector('bad');
    const lines = (await run(['export', 'service:payments', '--from', EVER, '--url', source.ui])).stdout.trimEnd().split('\n');
    await mkdir(path('folder'));
    await writeFile(
      path('folder/a.ndjson'),
      [lines[0], '{"half":', '{"not":"a record"}', lines[1]?.replace('"1790000000000000000"', '"no time"')].join('\n'),
    );
    await writeFile(path('folder/b.ndjson.gz'), gzipSync(`${lines[2]}\n`));
    await writeFile(path('folder/broken.gz'), gzipSync(lines.join('\n')).subarray(0, 60));
    const imported = await run(['import', path('folder'), '--url', target.otlpHttp]);
    expect(imported.code).toBe(1);
    expect(imported.stderr).toContain('a.ndjson, line 2: not JSON');
    expect(imported.stderr).toContain('a.ndjson, line 3: neither a record');
    expect(imported.stderr).toMatch(/a\.ndjson, line 4: .*timeUnixNano/);
    expect(imported.stderr).toContain('broken.gz: cannot be read to its end');
    expect(imported.stderr).toContain('2 records');
    await expect.poll(async () => (await allLogs(target.ui, '')).length, FOUND_WITHIN).toBe(2);
  });

  it.each([
    ['gz', gzipSync],
    ['zst', zstdCompressSync],
  ])('bring in every whole line of a file that is cut off, and name it as it is (%s)', async (ending, pack) => {
    const target = await emptyCollector(`cut-${ending}`);
    const lines = (await run(['export', 'service:orders', '--from', EVER, '--url', source.ui])).stdout;
    const packed = pack(lines);
    await writeFile(path(`cut.ndjson.${ending}`), packed.subarray(0, packed.length - 10));
    const imported = await run(['import', path(`cut.ndjson.${ending}`), '--url', target.otlpHttp]);
    expect(imported.code).toBe(1);
    expect(imported.stderr).toContain(`cut.ndjson.${ending}: cannot be read to its end`);
    expect(imported.stderr).not.toContain(', line ');
    const found = async (): Promise<number> => (await allLogs(target.ui, '')).length;
    const count = Number(/([\d,]+) records/.exec(imported.stderr)?.[1]?.replace(',', ''));
    expect(count).toBeGreaterThan(700);
    await expect.poll(found, FOUND_WITHIN).toBe(count);
  });

  it('say in one line that a file cannot be written', async () => {
    const { code, stderr } = await run(['export', '--from', EVER, '-o', '/nowhere/logs.ndjson', '--url', source.ui]);
    expect(code).toBe(1);
    expect(stderr).toBe('threadline: /nowhere/logs.ndjson cannot be written (ENOENT)\n');
  });

  it('write into what is there and no file, and replace what a link names: neither pipe nor link is lost', async () => {
    const command = ['export', 'service:payments', '--from', EVER, '--url', source.ui];
    const { stdout } = await run([...command, '-o', '-']);
    expect(stdout.split('\n')).toHaveLength(4);
    execFileSync('mkfifo', [path('pipe')]);
    const [piped, exported] = await Promise.all([readFile(path('pipe'), 'utf8'), run([...command, '-o', path('pipe')])]);
    expect(exported.code).toBe(0);
    expect(piped).toBe(stdout);
    expect((await lstat(path('pipe'))).isFIFO()).toBe(true);
    await writeFile(path('named'), 'before');
    await symlink(path('named'), path('link'));
    expect(await run([...command, '-o', path('link')])).toMatchObject({ code: 0 });
    expect((await lstat(path('link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(path('named'), 'utf8')).toBe(stdout);
    const { code, stderr } = await run([...command, '-o', directory.path]);
    expect([code, stderr]).toEqual([1, `threadline: ${directory.path} cannot be written (EISDIR)\n`]);
  });

  it('say that not all is there to be exported yet, and leave no file but where what there is was asked for', async () => {
    const message = 'not all is in the storage yet';
    const server = createServer((request, response) => {
      if (request.url?.includes('incomplete=1')) {
        response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-threadline-incomplete': '1' });
        response.end('{"id":"1"}\n');
        return;
      }
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '10' });
      response.end(JSON.stringify({ error: { code: 'storage_unavailable', message } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const file = path('not-whole.ndjson');
    const command = ['export', '--from', EVER, '-o', file, '--url', `http://127.0.0.1:${port}`];
    const exported = await run(command);
    expect(exported).toEqual({ code: 1, stdout: '', stderr: `threadline: ${message}\n` });
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    const some = await run([...command, '--incomplete']);
    server.close();
    expect(some).toMatchObject({ code: 1, stderr: expect.stringContaining('It is not all that was acknowledged') });
    expect(await readFile(file, 'utf8')).toBe('{"id":"1"}\n');
  });

  it('take OTLP files in JSON and protobuf, Jaeger’s download and a trace with its logs, from files and standard input', async () => {
    const target = await emptyCollector('forms');
    const otlpJson = `${encodeLogs(logsOf('lines', 3), 'json')}\n${encodeTraces([{ resource: resourceOf('lines'), scopes: [{ scope, records: SPANS }] }], 'json')}\n`;
    const messages = lengthPrefixed([encodeLogs(logsOf('binary', 2), 'protobuf'), encodeLogs(logsOf('binary', 2), 'protobuf')]);
    await writeFile(path('otlp.pb'), messages);
    await writeFile(path('pretty.json'), JSON.stringify(JSON.parse(encodeLogs(logsOf('pretty', 2), 'json').toString()), null, 2));
    const jaeger = await (await fetch(`${source.ui}/jaeger/api/traces/${TRACE_ID}`)).text();
    await writeFile(path('jaeger.json'), JSON.stringify(JSON.parse(jaeger.replaceAll(TRACE_ID, '12'.repeat(16))), null, 2));
    const url = ['--url', target.otlpHttp];
    expect(await run(['import', '-', ...url], { input: otlpJson })).toMatchObject({ code: 0 });
    expect(await run(['import', path('otlp.pb'), path('pretty.json'), path('jaeger.json'), ...url])).toMatchObject({ code: 0 });
    const trace = await run(['query', '--trace', TRACE_ID, '--json', '--url', source.ui]);
    expect(await run(['import', ...url], { input: trace.stdout.replaceAll(TRACE_ID, '34'.repeat(16)) })).toMatchObject({ code: 0 });
    await expect.poll(async () => (await allLogs(target.ui, '')).length, FOUND_WITHIN).toBe(3 + 4 + 2);
    for (const traceId of [TRACE_ID, '12'.repeat(16), '34'.repeat(16)])
      expect((await readTrace(target.ui, traceId)).spans.map(({ name }) => name)).toEqual(['step 0', 'step 1']);
  });

  it('wait where the collector says later, and go on', async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        calls += 1;
        if (calls === 1) response.writeHead(429, { 'retry-after': '1' }).end('{}');
        else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const imported = await run(['import', '--url', `http://127.0.0.1:${port}`], { input: encodeLogs(logsOf('a', 2), 'json') });
    server.close();
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.stderr).toContain('waiting for the collector: it answered 429');
    expect(calls).toBe(2);
  });

  it.each([
    ['the UI’s port', undefined, 'the answer was 404 and not'],
    ['a gateway’s refusal', [403, 'application/json'], 'the answer was 403 and not'],
    ['a page instead of a refusal', [400, 'text/html'], 'the answer was text/html and not'],
    ['a page instead of an answer', [200, 'text/html'], 'the answer was text/html and not'],
  ] as const)('stop at the first answer that is not the collector’s: %s', async (_caption, answer, problem) => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      request.resume().once('end', () => response.writeHead(answer?.[0] ?? 0, { 'content-type': answer?.[1] }).end('<html></html>'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const url = answer === undefined ? source.ui : `http://127.0.0.1:${port}`;
    const lines = (await run(['export', '--from', EVER, '--url', source.ui])).stdout;
    const imported = await run(['import', '--url', url], { input: lines });
    const protobuf = await run(['import', '--url', url], { input: lengthPrefixed([encodeLogs(logsOf('a', 2), 'protobuf')]) });
    server.close();
    for (const { code, stderr } of [imported, protobuf]) {
      expect(code).toBe(1);
      expect(stderr).toBe(`threadline: ${problem} the collector's; is --url where it takes OTLP/HTTP?\n`);
    }
    expect(calls).toBe(answer === undefined ? 0 : 2);
  });
});

describe('threadline query', () => {
  it('shows the newest logs of a query, the newest last, without colours on a pipe', async () => {
    const { code, stdout } = await run(['query', 'level:error', '--from', EVER, '-n', '2', '--url', source.ui], { env: { TZ: 'UTC' } });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^2026-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ERROR orders message 1100 한글 number=1100 ratio=366\.6\d* raw=AP8Q$/),
      expect.stringContaining('message 1200'),
    ]);
  });

  it('draws a trace and lists the services', async () => {
    const trace = await run(['query', '--trace', TRACE_ID, '--url', source.ui]);
    expect(trace).toMatchObject({ code: 0, stderr: '' });
    expect(trace.stdout).toMatch(/step 0 {2}orders +━+ +1\.00 ms\n {2}step 1 {2}orders/);
    const services = await run(['query', '--services', '--from', EVER, '--url', source.ui]);
    expect(services.stdout).toMatch(/orders +1,234 +2 +0 /);
  });

  it('follows logs as they arrive, until it is interrupted', async () => {
    const child = launch(['query', '--follow', '--json', 'service:followed', '--url', source.ui]);
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      stdout += piece;
    });
    // Sent again until it is seen: nothing tells when the stream is open.
    const deadline = Date.now() + FOUND_WITHIN.timeout;
    while (!stdout.includes('followed') && Date.now() < deadline) {
      const headers = { 'content-type': 'application/json' };
      await fetch(`${source.otlpHttp}/v1/logs`, {
        method: 'POST',
        headers,
        body: new Uint8Array(encodeLogs(logsOf('followed', 1), 'json')),
      });
      await new Promise((resolve) => setTimeout(resolve, FOUND_WITHIN.interval));
    }
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ attributes: [{ key: 'number' }, {}, {}] });
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
  });

  it('ends quietly when its reader has read enough', async () => {
    const child = launch(['query', '--json', '--from', EVER, '-n', '1000', '--url', source.ui]);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      stderr += piece;
    });
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(stderr).toBe('');
  });

  it.each([
    [['query', 'level:', '--url', 'UI'], 1, '\n  level:\n  '],
    [['query', '--limit', 'x'], 2, '--limit must be a whole number'],
    [['query', '--nonsense'], 2, "Unknown option '--nonsense'"],
    [['nonsense'], 2, 'there is no command nonsense'],
    [['query', '--url', 'http://127.0.0.1:1'], 1, 'does not answer'],
    [['query', '--follow', '--from', 'now-1h'], 2, '--from does not go with --follow'],
    [['query', '-f', '-n', '5'], 2, '--limit does not go with --follow'],
    [['query', '--trace', TRACE_ID, '--to', 'now'], 2, '--to does not go with --trace'],
    [['query', '--services', '--limit', '5'], 2, '--limit does not go with --services'],
    [['import', '/nowhere/at/all'], 1, '/nowhere/at/all cannot be read'],
  ])('says what is wrong with %j', async (args, code, problem) => {
    const ended = await run(args.map((arg) => (arg === 'UI' ? source.ui : arg)));
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(problem);
  });

  it.each([
    [['--help'], 'Usage: threadline COMMAND'],
    [['import', '--help'], 'Usage: threadline import'],
    [['query', '-h'], 'Examples:'],
  ])('helps with %j', async (args, help) => {
    const ended = await run(args);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(help);
  });
});

describe('threadline on a Node that is too old', () => {
  it('says in one line which one it needs and how to run it, before it loads anything', async () => {
    // As an older Node has it; the code that is loaded after this would not be linked there.
    const older = "data:text/javascript,import zlib from 'node:zlib'; delete zlib.zstdDecompress;";
    const { code, stdout, stderr } = await run(['--help'], { env: { NODE_OPTIONS: `--import="${older}"` } });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `threadline: Node 22.15 or newer is needed, this is ${process.version}: run it as npx threadline, which takes the Node of this repository\n`,
    );
  });
});

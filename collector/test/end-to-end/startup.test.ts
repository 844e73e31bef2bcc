import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failToStart, startCollector, temporaryDirectory } from '../running-collector.ts';
import { searchLogs } from './reading.ts';

const ONE_LOG = JSON.stringify({
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: '1790000000000000000', body: { stringValue: 'in' } }] }] }],
});

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let occupant: Server;
let occupiedPort: string;
let faulty: Server;
let faultyUrl: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  const address = occupant.address();
  occupiedPort = typeof address === 'object' && address !== null ? String(address.port) : '';
  await writeFile(join(directory.path, 'a-file'), '');
  await mkdir(join(directory.path, 'of-a-file', 'embedded'), { recursive: true });
  await writeFile(join(directory.path, 'of-a-file', 'embedded', 'segments'), '');
  faulty = createHttpServer((_request, response) => {
    response.writeHead(500, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' });
    response.end('{"error":{"type":"exception"}}');
  });
  await new Promise<void>((resolve) => faulty.listen(0, '127.0.0.1', resolve));
  faultyUrl = `http://127.0.0.1:${(faulty.address() as AddressInfo).port}`;
});

afterAll(async () => {
  occupant.close();
  faulty.close();
  await directory.remove();
});

describe('a start that cannot be', () => {
  it.each([
    ['an unknown setting', () => ({ THREADLINE_PORT: '1' }), ['THREADLINE_PORT', 'not a setting of the collector']],
    ['a wrong value', () => ({ THREADLINE_STORAGE: 'disk' }), ['THREADLINE_STORAGE', 'embedded or elasticsearch']],
    [
      'an open address without keys',
      () => ({ THREADLINE_HOST: '0.0.0.0' }),
      ['THREADLINE_INGEST_KEY', 'THREADLINE_READ_KEY', 'THREADLINE_AUTH=none'],
    ],
    [
      'the OTLP/HTTP port in use',
      () => ({ THREADLINE_OTLP_HTTP_PORT: occupiedPort }),
      ['in use', 'OTLP/HTTP', 'THREADLINE_OTLP_HTTP_PORT'],
    ],
    [
      'the OTLP/gRPC port in use',
      () => ({ THREADLINE_OTLP_GRPC_PORT: occupiedPort }),
      ['in use', 'OTLP/gRPC', 'THREADLINE_OTLP_GRPC_PORT'],
    ],
    ['the UI port in use', () => ({ THREADLINE_UI_PORT: occupiedPort }), ['in use', 'UI', 'THREADLINE_UI_PORT']],
    ['an address that is not here', () => ({ THREADLINE_HOST: '192.0.2.1', THREADLINE_AUTH: 'none' }), ['192.0.2.1', 'THREADLINE_HOST']],
    [
      'a data directory inside a file',
      () => ({ THREADLINE_DATA_DIR: join(directory.path, 'a-file', 'data') }),
      ['a-file', 'a file is in its place', 'THREADLINE_DATA_DIR'],
    ],
    [
      'a file in place of a folder of the storage',
      () => ({ THREADLINE_DATA_DIR: join(directory.path, 'of-a-file') }),
      ['of-a-file', 'EEXIST', 'a file is in its place', 'THREADLINE_DATA_DIR'],
    ],
    [
      'a data directory where none can be made',
      () => ({ THREADLINE_DATA_DIR: '/proc/threadline/data' }),
      ['/proc/threadline/data', 'THREADLINE_DATA_DIR'],
    ],
    [
      'a Node that is too old',
      // As an older one has it; what is loaded later would not be linked there.
      () => ({ NODE_OPTIONS: `--import="data:text/javascript,import zlib from 'node:zlib'; delete zlib.zstdDecompress;"` }),
      ['Node 22.15 or newer', process.version, 'npm start'],
    ],
    [
      'an Elasticsearch that answers with a fault',
      () => ({ THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: faultyUrl }),
      ['elasticsearch storage', '500', 'look into its own log', 'THREADLINE_ELASTICSEARCH_URL'],
    ],
    [
      'a password of Elasticsearch with a sign that means something else in a URL',
      () => ({ THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: 'http://user:hidden%@127.0.0.1:9' }),
      ['THREADLINE_ELASTICSEARCH_URL', '%25'],
    ],
    [
      'an Elasticsearch that is not there',
      () => ({ THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: 'http://user:hidden@127.0.0.1:9' }),
      ['elasticsearch storage', 'THREADLINE_ELASTICSEARCH_URL'],
    ],
  ])('ends with one line and exit code 1: %s', async (_what, settings, words) => {
    const { exitCode, stdout, stderr } = await failToStart(join(directory.path, 'data'), settings());
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^threadline: /);
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr.match(/\bor (?:set|correct|choose another) /g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(stderr).not.toContain('hidden');
  });
});

describe('a start', () => {
  it('makes a collector that outlives whoever reads its log', async () => {
    const path = join(directory.path, 'unread');
    const collector = await startCollector(path);
    try {
      for (const stream of [collector.process.stdout, collector.process.stderr]) stream?.destroy();
      const send = (): Promise<Response> =>
        fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: ONE_LOG });
      // A log without its directory refuses requests, which is told.
      await rename(join(path, 'log'), join(path, 'log-away'));
      for (let time = 0; time < 3; time += 1) expect((await send()).status).toBe(503);
      await rename(join(path, 'log-away'), join(path, 'log'));
      expect((await send()).status).toBe(200);
    } finally {
      expect(await collector.end('SIGTERM')).toBe(0);
    }
  });

  it('says where to send data and where to look, and takes keys on an address that others can reach', async () => {
    const keys = { THREADLINE_INGEST_KEY: 'in', THREADLINE_READ_KEY: 'out' };
    const collector = await startCollector(join(directory.path, 'keyed'), {
      THREADLINE_HOST: '0.0.0.0',
      THREADLINE_SDK_ANYTHING: 'x',
      ...keys,
    });
    try {
      for (const address of [collector.otlpHttp, collector.otlpGrpc, collector.ui]) expect(collector.stdout()).toContain(address);
      const [otlpHttp, ui] = [collector.otlpHttp, collector.ui].map((url) => url.replace('0.0.0.0', '127.0.0.1'));
      const send = (headers: Record<string, string>): Promise<Response> =>
        fetch(`${otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: ONE_LOG });
      expect((await send({})).status).toBe(401);
      expect((await send({ authorization: 'Bearer out' })).status).toBe(401);
      expect((await send({ authorization: 'Bearer in' })).status).toBe(200);
      expect((await fetch(`${ui}/api/v1/logs`)).status).toBe(401);
      expect(await searchLogs(ui ?? '', '', { authorization: 'Bearer out' })).toHaveLength(1);
    } finally {
      expect(await collector.end('SIGTERM')).toBe(0);
    }
  });
});

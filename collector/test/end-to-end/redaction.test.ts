import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatusAnswer } from '../../src/api/index.ts';
import { ThreadlineError } from '../../src/errors.ts';
import { normalizeLogs, normalizeSpans } from '../../src/model/normalize.ts';
import { decodeLogs, decodeTraces, type Encoding } from '../../src/otlp/decode-request.ts';
import { encodeLogs, encodeTraces } from '../../src/otlp/testing/reference-encoder.ts';
import { DurableQueue } from '../../src/queue/durable-queue.ts';
import { createExportHandler } from '../../src/receiver/export-handler.ts';
import { SIGNALS } from '../../src/receiver/signals.ts';
import { createRedaction } from '../../src/redaction/redact-request.ts';
import { parseRedactionRules } from '../../src/redaction/redaction-rules.ts';
import { failToStart, type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { FOUND_WITHIN, searchLogs } from './reading.ts';

const SECRET = 'hunter2-SECRET';
const CARD = '4111 1111 1111 1111';
const SECRETS = [SECRET, CARD, CARD.replaceAll(' ', '')];
/** What no rule is about: that it is found shows that what is hidden would be. */
const MARK = 'visible-mark';
const RULES = JSON.stringify({
  rules: [
    { name: 'passwords', keys: ['*password*'], action: 'drop' },
    { name: 'cards', patterns: ['card_number'] },
    { name: 'secrets', values: ['hunter2-[A-Z]+'], action: 'hash' },
  ],
});
const HASH_KEY = 'the-hash-key-of-the-test';

const attributes = [
  { key: 'db.password', value: { stringValue: SECRET } },
  { key: 'note', value: { stringValue: `${MARK} ${SECRET} ${CARD}` } },
  { key: 'card', value: { intValue: CARD.replaceAll(' ', '') } },
  { key: 'list', value: { arrayValue: { values: [{ kvlistValue: { values: [{ key: SECRET, value: { stringValue: SECRET } }] } }] } } },
];
const resource = (service: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: service } }, ...attributes] });
const scope = { name: `scope ${SECRET}`, attributes };

function logsOf(service: string, encoding: Encoding): Buffer {
  const log = {
    timeUnixNano: '1790000000000000000',
    observedTimeUnixNano: '0',
    attributes,
    body: { stringValue: `${MARK} ${SECRET} ${CARD}` },
  };
  return encodeLogs([{ resource: resource(service), scopes: [{ scope, records: [log] }] }], encoding);
}

function spansOf(service: string, encoding: Encoding): Buffer {
  const [traceId, spanId] = ['ab'.repeat(16), 'cd'.repeat(8)];
  const times = { startTimeUnixNano: '1790000000000000000', endTimeUnixNano: '1790000000000000001' };
  const span = {
    traceId,
    spanId,
    ...times,
    name: `GET /${SECRET}`,
    traceState: `v=${SECRET}`,
    attributes,
    status: { code: 2, message: `failed with ${SECRET}` },
    events: [{ timeUnixNano: '1', name: `event ${SECRET}`, attributes }],
    links: [{ traceId, spanId, traceState: `v=${SECRET}`, attributes }],
  };
  return encodeTraces([{ resource: resource(service), scopes: [{ scope, records: [span] }] }], encoding);
}

/** Every byte below the directory, whatever file it is in. */
async function bytesBelow(directory: string): Promise<Buffer> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
}

function secretsIn(bytes: Buffer | string): string[] {
  return SECRETS.filter((secret) => bytes.includes(secret));
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let collector: RunningCollector | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  await collector?.end('SIGKILL');
  collector = undefined;
  await directory.remove();
});

describe('a collector with rules of redaction', () => {
  const data = (): string => join(directory.path, 'data');
  const settings = (): Record<string, string> => ({
    THREADLINE_REDACTION_FILE: join(directory.path, 'rules.json'),
    THREADLINE_REDACTION_HASH_KEY: HASH_KEY,
  });
  const start = async (): Promise<RunningCollector> => {
    await writeFile(join(directory.path, 'rules.json'), RULES);
    return startCollector(data(), settings());
  };
  const post = async (url: string, body: Buffer | string, headers: Record<string, string>): Promise<number> =>
    (await fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : new Uint8Array(body) })).status;

  it('has no byte of what they remove in its data directory, its answers or its own log, whatever door it came through', async () => {
    const running = await start();
    collector = running;
    const { otlpHttp } = running;
    for (const [name, encoding, type] of [
      ['protobuf', 'protobuf', 'application/x-protobuf'],
      ['json', 'json', 'application/json'],
    ] as const) {
      expect(await post(`${otlpHttp}/v1/logs`, logsOf(`logs-${name}`, encoding), { 'content-type': type })).toBe(200);
      const packed = { 'content-type': type, 'content-encoding': 'gzip' };
      expect(await post(`${otlpHttp}/v1/traces`, gzipSync(spansOf(`spans-${name}`, encoding)), packed)).toBe(200);
    }
    await exportOverGrpc(running.otlpGrpc, logsOf('logs-grpc', 'protobuf'));
    const json = { 'content-type': 'application/json' };
    const message = `${MARK} ${SECRET} ${CARD}`;
    const loki = {
      streams: [{ stream: { service_name: 'loki', password: SECRET }, values: [['1790000000000000000', message, { secret: SECRET }]] }],
    };
    expect(await post(`${otlpHttp}/loki/api/v1/push`, JSON.stringify(loki), json)).toBe(204);
    const zipkin = [
      {
        traceId: 'ef'.repeat(16),
        id: 'cd'.repeat(8),
        name: SECRET,
        localEndpoint: { serviceName: 'zipkin' },
        tags: { password: SECRET, note: message },
        annotations: [{ timestamp: 1, value: SECRET }],
      },
    ];
    expect(await post(`${otlpHttp}/api/v2/spans`, JSON.stringify(zipkin), json)).toBe(202);
    const bulk = `{"create":{"_index":"logs"}}\n${JSON.stringify({ message, service: { name: 'bulk' }, user: { password: SECRET, card: 4111111111111111 } })}\n`;
    expect(await post(`${otlpHttp}/logs/_bulk`, bulk, { 'content-type': 'application/x-ndjson' })).toBe(200);

    for (const service of ['logs-protobuf', 'logs-json', 'logs-grpc', 'loki', 'bulk'])
      await expect.poll(() => searchLogs(running.ui, `service:${service} "${MARK}"`), FOUND_WITHIN).toHaveLength(1);
    expect(await searchLogs(running.ui, `"${SECRET}"`)).toEqual([]);
    const everything = await (await fetch(`${running.ui}/api/v1/logs/export?from=1970-01-01T00:00:00Z`)).text();
    const traces = await Promise.all(
      ['ab', 'ef'].map(async (byte) => (await fetch(`${running.ui}/api/v1/traces/${byte.repeat(16)}`)).text()),
    );
    expect(everything).toContain('hmac:');
    expect(traces.join()).toContain(MARK);
    expect(secretsIn([everything, ...traces].join())).toEqual([]);

    const status: StatusAnswer = JSON.parse(await (await fetch(`${running.ui}/api/v1/status`)).text());
    expect(status.redaction?.reasons.map(({ reason }) => reason).sort()).toEqual(['cards', 'passwords', 'secrets']);
    expect(status.redaction?.count).toBeGreaterThan(20);
    const whileRunning = await bytesBelow(data());
    await running.end('SIGTERM');
    const bytes = Buffer.concat([whileRunning, await bytesBelow(data())]);
    expect(bytes.includes(MARK)).toBe(true);
    expect(secretsIn(bytes)).toEqual([]);
    expect(secretsIn(running.stdout() + running.stderr())).toEqual([]);
  });

  it('knows a request that is sent again under its key, also after a restart with other rules', async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'the-key' };
    collector = await start();
    for (let time = 0; time < 2; time += 1) expect(await post(`${collector.otlpHttp}/v1/logs`, logsOf('keyed', 'json'), headers)).toBe(200);
    await collector.end('SIGTERM');
    await writeFile(join(directory.path, 'rules.json'), RULES.replace('"hash"', '"mask"'));
    collector = await startCollector(data(), settings());
    expect(await post(`${collector.otlpHttp}/v1/logs`, logsOf('keyed', 'json'), headers)).toBe(200);
    expect(await post(`${collector.otlpHttp}/v1/logs`, logsOf('last', 'json'), { 'content-type': 'application/json' })).toBe(200);
    const { ui } = collector;
    await expect.poll(() => searchLogs(ui, 'service:last'), FOUND_WITHIN).toHaveLength(1);
    expect(await searchLogs(ui, 'service:keyed')).toHaveLength(1);
  });

  it.each([
    ['{"rules":[{"keys":["a"],"action":"remove"}]}', HASH_KEY, 'rules[0].action must be mask, drop, hash'],
    ['{"rules":[{"keys":["a"],"action":"hash"}]}', '', 'set THREADLINE_REDACTION_HASH_KEY'],
    [undefined, '', 'cannot be read'],
  ])('does not start with %s and the key %j', async (rules, hashKey, problem) => {
    if (rules !== undefined) await writeFile(join(directory.path, 'rules.json'), rules);
    const ended = await failToStart(data(), { ...settings(), THREADLINE_REDACTION_HASH_KEY: hashKey });
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain(problem);
  });
});

describe('what the rules remove', () => {
  it('is not among the dead letters of a storage that refuses records, nor in what is set aside of a damaged log', async () => {
    let isAway = false;
    const refuse = (): Promise<void> =>
      Promise.reject(isAway ? new ThreadlineError('storage_unavailable', 'away') : new ThreadlineError('invalid_argument', 'refused'));
    const open = async (): Promise<DurableQueue> => {
      const queue = new DurableQueue({
        directory: directory.path,
        maxBytes: 2 ** 30,
        storage: { writeLogs: refuse, writeSpans: refuse, hasten: () => undefined, parallelWrites: 4 },
        decode: ({ signal, body, encoding, arrivalNanos }, ids) =>
          signal === 'logs'
            ? { signal, batch: normalizeLogs(decodeLogs(body, encoding), { arrivalNanos, ids }) }
            : { signal, batch: normalizeSpans(decodeTraces(body, encoding), { arrivalNanos, ids }) },
        onNotKept: () => undefined,
        onKeysForgotten: () => undefined,
        onDamage: () => undefined,
        onStorageAway: () => undefined,
        onStorageBack: () => undefined,
        onIngestRefused: () => undefined,
        onIngestBack: () => undefined,
        onRefused: () => undefined,
      });
      await queue.start(new AbortController().signal);
      queue.startDelivery();
      return queue;
    };
    const redact = createRedaction({ rules: parseRedactionRules(RULES), hashKey: HASH_KEY, onRedacted: () => undefined });
    const send = async (queue: DurableQueue): Promise<void> => {
      const handle = createExportHandler({ queue, now: () => 1n, onRefused: () => undefined, onMetrics: () => undefined, redact });
      for (const row of SIGNALS.filter(({ signal }) => signal !== 'metrics'))
        for (const encoding of ['protobuf', 'json'] as const)
          await handle({
            row,
            encoding,
            body: row.signal === 'logs' ? logsOf('a', encoding) : spansOf('a', encoding),
            idempotencyKey: undefined,
          });
    };

    const refusing = await open();
    await send(refusing);
    await expect.poll(() => refusing.state?.deadLetters.kept, FOUND_WITHIN).toBe(4);
    isAway = true;
    await send(refusing);
    await refusing.shutdown();

    // The bytes of each waiting frame's body change, so that its checksum fails.
    for (const name of (await readdir(directory.path)).filter((file) => file.endsWith('.log'))) {
      const path = join(directory.path, name);
      const bytes = await readFile(path);
      for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + 1)) bytes[at] = 0x56;
      await writeFile(path, bytes);
    }
    const damaged = await open();
    await expect.poll(() => damaged.state?.setAside.count, FOUND_WITHIN).toBe(4);
    await damaged.shutdown();
    const [letters, aside, all] = await Promise.all(
      ['dead-letters', 'set-aside', '.'].map((folder) => bytesBelow(join(directory.path, folder))),
    );
    expect(letters?.includes(MARK)).toBe(true);
    expect(aside?.includes('Visible-mark')).toBe(true);
    expect(secretsIn(all ?? '')).toEqual([]);
  });
});

function exportOverGrpc(address: string, body: Buffer): Promise<void> {
  const client = new Client(address, credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
  return new Promise<void>((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, body, new Metadata(), { deadline: Date.now() + 30_000 }, (error) =>
      error ? reject(error) : resolve(),
    );
  }).finally(() => client.close());
}

import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeNodeDirectory } from '../../../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch } from '../../../../deploy/elasticsearch/node.mjs';
import type { HealthAnswer, ServiceFiguresAnswer, StatusAnswer } from '../../../src/api/index.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../../running-collector.ts';

const WITHIN = { timeout: 90_000, interval: 250 };
const SPANS_A_REQUEST = 5;

let nodeDirectory: string;
let data: Awaited<ReturnType<typeof temporaryDirectory>>;
let node: Awaited<ReturnType<typeof startElasticsearch>>;
let collector: RunningCollector;

beforeAll(async () => {
  nodeDirectory = await makeNodeDirectory('threadline-blocked-');
  data = await temporaryDirectory();
  node = await startElasticsearch({ directory: nodeDirectory });
  collector = await startCollector(data.path, { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: node.url });
});

afterAll(async () => {
  await collector?.end('SIGKILL');
  await node?.stop();
  await rm(nodeDirectory, { recursive: true, force: true });
  await data?.remove();
});

async function ask<Answer>(path: string): Promise<Answer> {
  return JSON.parse(await (await fetch(`${collector.ui}${path}`)).text());
}

const status = (): Promise<StatusAnswer> => ask('/api/v1/status');

/** The newest index of that data stream, or the index itself. */
async function indexOf(name: string): Promise<string> {
  const indices = Object.keys(Object(await (await fetch(`${node.url}/${name}`)).json()));
  return indices.sort().at(-1) ?? '';
}

async function setBlock(index: string, block: string, value: true | null): Promise<void> {
  const answer = await fetch(`${node.url}/${index}/_settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [block]: value }),
  });
  expect(answer.status).toBe(200);
}

/** Sends spans, request after request, until it is ended; answers with how many were acknowledged. */
function startLoad(service: string): { readonly end: () => Promise<number> } {
  let isEnded = false;
  let spans = 0;
  const sending = (async () => {
    for (let request = 0; !isEnded; request += 1) {
      const body = JSON.stringify(spansOf(service, request));
      const answer = await fetch(`${collector.otlpHttp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(answer.status).toBe(200);
      spans += SPANS_A_REQUEST;
    }
    return spans;
  })();
  return {
    end: () => {
      isEnded = true;
      return sending;
    },
  };
}

function spansOf(service: string, request: number) {
  const spans = Array.from({ length: SPANS_A_REQUEST }, (_, index) => ({
    traceId: (request + 1).toString(16).padStart(32, '0'),
    spanId: (index + 1).toString(16).padStart(16, '0'),
    kind: 2,
    name: 'GET /',
    startTimeUnixNano: `${1_790_000_000_000_000_000n + BigInt(request) * 1_000_000n}`,
    endTimeUnixNano: `${1_790_000_000_000_000_000n + BigInt(request) * 1_000_000n + 5_000_000n}`,
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] };
}

const RANGE = 'from=2026-09-21T00:00:00Z&to=2026-09-23T00:00:00Z';

/** As they are stored, and as the figures of the service have them. */
async function counted(service: string): Promise<{ readonly stored: number; readonly figures: number | undefined }> {
  const { total } = await ask<{ readonly total: number }>(`/api/v1/spans/stats?${RANGE}&query=service:${service}`);
  const page = await ask<ServiceFiguresAnswer>(`/api/v1/services/${service}/figures?${RANGE}`);
  return { stored: total, figures: page.figures?.count };
}

it.each([
  { of: 'spans', name: 'traces-threadline-default', block: 'index.blocks.write', says: 'index write (api)' },
  { of: 'figures', name: 'threadline-figures-default', block: 'index.blocks.write', says: 'index write (api)' },
  { of: 'spans', name: 'traces-threadline-default', block: 'index.blocks.read_only_allow_delete', says: 'flood-stage watermark' },
])(
  'spans wait while the index of $of has $block, which the status names, and each is stored and counted once afterwards',
  async (blocked) => {
    const service = `blocked-${blocked.of}-${blocked.block.split('.').at(-1)}`;
    const before = (await status()).log?.deadLetters;
    const load = startLoad(service);
    onTestFinished(async () => void (await load.end()));
    await expect.poll(async () => (await counted(service)).stored, WITHIN).toBeGreaterThan(0);
    const index = await indexOf(blocked.name);
    // Whatever fails here: those that come after it start with what is open.
    onTestFinished(() => setBlock(index, blocked.block, null));
    await setBlock(index, blocked.block, true);
    await expect.poll(status, WITHIN).toMatchObject({
      log: {
        waitingRequests: expect.any(Number),
        delivery: { state: 'waiting', lastFault: { reason: expect.stringContaining(blocked.says) } },
      },
    });
    const { log } = await status();
    expect(log?.waitingRequests).toBeGreaterThan(0);
    expect(log?.delivery.lastFault?.reason).toContain(index);
    expect(log?.delivery.lastFault?.reason).toContain(`${blocked.block} to null`);
    // A call that was on its way may still have been taken.
    await expect
      .poll(() => ask<HealthAnswer>('/api/v1/health'), WITHIN)
      .toMatchObject({
        status: 'ok',
        ingest: { state: 'taking' },
        delivery: { state: 'waiting' },
      });
    await setBlock(index, blocked.block, null);
    const sent = await load.end();
    await expect.poll(() => counted(service), WITHIN).toEqual({ stored: sent, figures: sent });
    expect(await status()).toMatchObject({
      storage: { status: 'ok' },
      log: { waitingRequests: 0, delivery: { state: 'delivering' }, deadLetters: before },
    });
  },
);

it.each([
  { of: 'spans', name: 'traces-threadline-default', path: (service: string) => `/api/v1/spans/stats?${RANGE}&query=service:${service}` },
  { of: 'figures', name: 'threadline-figures-default', path: (service: string) => `/api/v1/services/${service}/figures?${RANGE}` },
])(
  'while the index of $of is closed, a read is a 503 that says which one and what to do, and not an answer without its records',
  async ({ of, name, path }) => {
    const service = `closed-${of}`;
    const load = startLoad(service);
    await expect.poll(async () => (await counted(service)).figures, WITHIN).toBeGreaterThan(0);
    await load.end();
    const index = await indexOf(name);
    const change = async (action: '_close' | '_open') =>
      expect((await fetch(`${node.url}/${index}/${action}`, { method: 'POST' })).status).toBe(200);
    await change('_close');
    try {
      const answer = await fetch(`${collector.ui}${path(service)}`);
      const { error } = Object(await answer.json());
      expect({ status: answer.status, error }).toMatchObject({ status: 503, error: { code: 'storage_unavailable' } });
      expect(error.message).toContain(`has the index ${index}, which is closed: open it (POST /${index}/_open)`);
    } finally {
      await change('_open');
    }
    await expect.poll(async () => (await fetch(`${collector.ui}${path(service)}`)).status, WITHIN).toBe(200);
  },
);

it('spans wait while their index is closed, the status says which one and what to do, and each is stored once afterwards', async () => {
  const service = 'waits-for-closed';
  const load = startLoad(service);
  onTestFinished(async () => void (await load.end()));
  await expect.poll(async () => (await counted(service)).stored, WITHIN).toBeGreaterThan(0);
  const index = await indexOf('traces-threadline-default');
  const change = async (action: '_close' | '_open') =>
    expect((await fetch(`${node.url}/${index}/${action}`, { method: 'POST' })).status).toBe(200);
  await change('_close');
  try {
    const reason = expect.stringContaining(`has the index ${index}, which is closed: open it (POST /${index}/_open)`);
    await expect.poll(status, WITHIN).toMatchObject({ log: { delivery: { state: 'waiting', lastFault: { reason } } } });
  } finally {
    await change('_open');
  }
  const sent = await load.end();
  await expect.poll(async () => (await counted(service)).stored, WITHIN).toBe(sent);
});

it('while no node may start a shard, spans wait, and a read and the status soon say of which index and where the reason is', async () => {
  const service = 'without-shard';
  const load = startLoad(service);
  onTestFinished(async () => void (await load.end()));
  await expect.poll(async () => (await counted(service)).stored, WITHIN).toBeGreaterThan(0);
  const allowShards = (enable: 'none' | null) =>
    fetch(`${node.url}/_cluster/settings`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ persistent: { 'cluster.routing.allocation.enable': enable } }),
    });
  expect((await allowShards('none')).status).toBe(200);
  try {
    await fetch(`${node.url}/traces-threadline-default/_rollover?wait_for_active_shards=0`, { method: 'POST' });
    const says = `has a shard of ${await indexOf('traces-threadline-default')} that no node has started: GET /_cluster/allocation/explain`;
    const answer = await fetch(`${collector.ui}/api/v1/spans/stats?${RANGE}&query=service:${service}`);
    expect({ status: answer.status, body: await answer.text() }).toMatchObject({ status: 503, body: expect.stringContaining(says) });
    await expect
      .poll(() => ask<StatusAnswer>('/api/v1/status'), WITHIN)
      .toMatchObject({
        storage: { status: 'unavailable', fault: expect.stringContaining(says) },
        log: { waitingRequests: expect.any(Number), deadLetters: { total: 0 } },
      });
  } finally {
    expect((await allowShards(null)).status).toBe(200);
  }
  const sent = await load.end();
  await expect.poll(async () => (await counted(service)).stored, WITHIN).toBe(sent);
});

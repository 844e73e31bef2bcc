import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { IndexedSpan } from '../../src/model/record.ts';
import { idsByDigest, requestDigest } from '../../src/model/record-ids.ts';
import { encodeDocument } from '../../src/storage/elasticsearch/document.ts';
import type { FigureDocument } from '../../src/storage/elasticsearch/figures/figure-document.ts';
import type { FigureTimes } from '../../src/storage/elasticsearch/figures/figure-times.ts';
import type { Figure } from '../../src/storage/figures/figures.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { buildLog, buildSpan, hexId } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { ServiceLinkCounter } from '../storage-contract/reference-service-links.ts';
import { SeededRandom } from '../storage-contract/seeded-random.ts';
import { type CuttingProxy, startCuttingProxy } from './outages/cutting-proxy.ts';
import { askNode, newTenant, readContext, startStorage } from './reading.ts';

const SERVER = 2;
const SECONDS = 1_000;
/** Batches that are closed, looked after and put together within seconds. */
const QUICK: FigureTimes = {
  batchMillis: 500,
  roundMillis: 200,
  tendMillis: 300,
  expireMillis: 500,
  aliveMillis: 60 * SECONDS,
  clocksMillis: 0,
  causeMillis: 60 * SECONDS,
  hour: { millis: 4 * SECONDS, settledMillis: 2 * SECONDS, widthMinutes: 5 },
  day: { millis: 8 * SECONDS, settledMillis: 3 * SECONDS, widthMinutes: 60 },
};
/** Of a collector that stands still: it writes no batch, and does not say that it lives. */
const STILL: Partial<FigureTimes> = { ...QUICK, batchMillis: 3_600 * SECONDS, roundMillis: 3_600 * SECONDS };
const WITHIN_MILLIS = 100 * SECONDS;
/** On a loaded machine each of many requests takes long. */
const TIMEOUT_MILLIS = 300 * SECONDS;

describe('figures of services on a cluster', { timeout: TIMEOUT_MILLIS }, () => {
  const started: Storage[] = [];
  const faults: unknown[] = [];
  const start = async (figureTimes: Partial<FigureTimes>, url = inject('elasticsearchUrl')) => {
    const storage = await startStorage({
      url,
      figureTimes,
      onFault: (error) => faults.push(error),
    });
    started.push(storage);
    return storage;
  };
  let proxy: CuttingProxy;
  beforeAll(async () => {
    proxy = await startCuttingProxy(inject('elasticsearchUrl'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((storage) => storage.shutdown()));
  });
  afterAll(() => proxy.close());

  it('are those of a plain count, at every moment, while several collectors write and what they wrote is put together', async () => {
    const tenant = newTenant('merged');
    // All is written in a second or two; until causes are looked up for good no days are made.
    const times = { ...QUICK, causeMillis: 20 * SECONDS };
    // Two of them look after what all wrote.
    const storages = [await start(times), await start(times), await start({ ...times, tendMillis: 3_600 * SECONDS })];
    const random = new SeededRandom(20_261_126);
    const reference = new ServiceLinkCounter();
    let written = 0;
    for (let round = 0; round < 3; round += 1) {
      const spans = tracesOf(round, random);
      for (const { record } of spans) reference.add(record);
      written += spans.length;
      // Traces are cut over collectors, as behind a balancer.
      await Promise.all(storages.map((storage, part) => storage.writeSpans(tenant, partOf(spans, part, storages.length))));
    }
    const expected = reference.links().map(({ parent, child, callCount }) => `${parent} > ${child}: ${callCount}`);
    expect(expected.length).toBeGreaterThan(5);
    // What another collector wrote is known once its batch is there and its spans can be searched.
    const knowsAll = async (storage: Storage) =>
      (await spanCount(storage, tenant)) === written && (await calls(storage, tenant)).join() === expected.toSorted().join();
    await Promise.all(storages.map((storage) => poll(() => knowsAll(storage), WITHIN_MILLIS)));
    for (let look = 0; ; look += 1) {
      const storage = storages[look % storages.length];
      const { figures = [] } = (await storage?.serviceFigures({ range: {}, types: ['operation', 'call'] }, readContext(tenant))) ?? {};
      expect(countSpans(figures)).toBe(written);
      expect(callsOf(figures)).toEqual(expected.toSorted());
      const levels = await levelsOf(tenant);
      // Days alone are left.
      if (levels.length > 0 && levels.every((level) => level === 2)) break;
    }
    expect(faults).toEqual([]);
  });

  it('know a call whose caller comes to another collector when the called span is in a document already', async () => {
    const tenant = newTenant('late');
    const [one, other] = [await start(QUICK), await start(QUICK)];
    await one.writeSpans(tenant, [spanOf('called', { service: 'orders', parent: 'caller' })]);
    await poll(async () => (await statesOf(tenant)).join() === 'closed', WITHIN_MILLIS);
    await other.writeSpans(tenant, [spanOf('caller', { service: 'shop' })]);
    for (const storage of [one, other]) {
      await poll(async () => (await calls(storage, tenant)).length > 0, WITHIN_MILLIS);
      expect(await calls(storage, tenant)).toEqual(['shop > orders: 1']);
    }
    // Looked up for good after a while, by whichever collector.
    const third = await start({ ...QUICK, causeMillis: 0 });
    await poll(async () => (await statesOf(tenant)).every((state) => state === 'final'), WITHIN_MILLIS);
    expect(await calls(third, tenant)).toEqual(['shop > orders: 1']);
    expect(await services(third, tenant)).toEqual(['orders: 1', 'shop: 1']);
  });

  it('go on in an index as the template says, after somebody has deleted both', async () => {
    const tenant = newTenant('deleted');
    const [one, other] = [await start(QUICK), await start(QUICK)];
    await one.writeSpans(tenant, [spanOf('first', { service: 'shop' })]);
    await poll(async () => (await statesOf(tenant)).join() === 'final', WITHIN_MILLIS);
    await askNode('/_index_template/threadline-figures', { method: 'DELETE' });
    await askNode(`/threadline-figures-${tenant}`, { method: 'DELETE' });
    await one.writeSpans(tenant, [spanOf('caller', { service: 'shop' }), spanOf('called', { service: 'orders', parent: 'caller' })]);
    // Of fields that Elasticsearch makes up from the first document, some searches find and others do not.
    expect(await askNode(`/threadline-figures-${tenant}/_mapping`)).toMatchObject({
      [`threadline-figures-${tenant}`]: { mappings: { dynamic: 'false', properties: { name: { type: 'keyword' } } } },
    });
    await poll(async () => (await calls(other, tenant)).length > 0, WITHIN_MILLIS);
    expect(await calls(other, tenant)).toEqual(['shop > orders: 1']);
    expect(await services(other, tenant)).toEqual(['orders: 1', 'shop: 1']);
  });

  it('keep spans waiting, and say why, where their index was made by another template', async () => {
    const tenant = newTenant('foreignfigures');
    const index = `threadline-figures-${tenant}`;
    await askNode(`/${index}`, { method: 'PUT', body: { mappings: { properties: { state: { type: 'text' } } } } });
    const storage = await start(QUICK);
    const write = () => storage.writeSpans(tenant, [spanOf('one', { service: 'shop' })]);
    await expect(write()).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(
        new RegExp(`the index ${index}, which another index template .* delete the index \\(DELETE /${index}\\)`),
      ),
    });
    await askNode(`/${index}`, { method: 'DELETE' });
    await write();
    expect(await services(storage, tenant)).toEqual(['shop: 1']);
  });

  it('count a keyed request once that came to two collectors', async () => {
    const tenant = newTenant('twice');
    const storages = [await start(QUICK), await start(QUICK)];
    const ids = idsByDigest(requestDigest({ tenant, signal: 'traces', idempotencyKey: 'k', body: Buffer.from(tenant) }));
    const spans = Array.from({ length: 40 }, (_, index) => buildSpan(ids(index), { service: 'shop', kind: SERVER }));
    await Promise.all(storages.map((storage) => storage.writeSpans(tenant, spans, { isKeyed: true })));
    await Promise.all(storages.map((storage) => storage.writeSpans(tenant, spans, { isKeyed: true, mayRepeat: true })));
    await poll(async () => (await spanCount(storages[0], tenant)) === spans.length, WITHIN_MILLIS);
    await poll(async () => (await statesOf(tenant)).every((state) => state === 'final'), WITHIN_MILLIS);
    for (const storage of storages) expect(await services(storage, tenant)).toEqual([`shop: ${spans.length}`]);
  });

  it('count spans once whose bulk request was done though its answer got lost', async () => {
    const tenant = newTenant('lost');
    const storage = await start(QUICK, proxy.url);
    const spans = Array.from({ length: 30 }, (_, index) => spanOf(`${index}`, { service: 'shop' }));
    proxy.loseAnswer(`traces-threadline-${tenant}/_bulk`, async () => undefined);
    await expect(storage.writeSpans(tenant, spans.slice(0, 20))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await storage.writeSpans(tenant, spans, { mayRepeat: true });
    await poll(async () => (await services(storage, tenant)).join() === 'shop: 30', WITHIN_MILLIS);
    await poll(async () => (await statesOf(tenant)).every((state) => state === 'final'), WITHIN_MILLIS);
    expect(await services(storage, tenant)).toEqual(['shop: 30']);
  });

  it('count spans once of which Elasticsearch says that they were there before, though it made them for this very request', async () => {
    const tenant = newTenant('conflict');
    const storage = await start(QUICK, proxy.url);
    const spans = Array.from({ length: 20 }, (_, index) => spanOf(`${index}`, { service: 'shop' }));
    proxy.sendTwice(`traces-threadline-${tenant}/_bulk`);
    await storage.writeSpans(tenant, spans);
    await poll(async () => (await statesOf(tenant)).every((state) => state === 'final'), WITHIN_MILLIS);
    expect(await services(storage, tenant)).toEqual(['shop: 20']);
  });

  it('of a collector that ended without a word are counted again by another one', async () => {
    const tenant = newTenant('gone');
    const gone = await start(STILL);
    await gone.writeSpans(tenant, [spanOf('in', { service: 'shop' }), spanOf('out', { service: 'orders', parent: 'in' })]);
    const other = await start({ ...QUICK, aliveMillis: 300 });
    await poll(async () => (await services(other, tenant)).length > 0, WITHIN_MILLIS);
    expect(await services(other, tenant)).toEqual(['orders: 1', 'shop: 1']);
    expect(await calls(other, tenant)).toEqual(['shop > orders: 1']);
    // It was only slow after all: what it writes to a batch that was taken over counts too.
    await gone.writeSpans(tenant, [spanOf('more', { service: 'stock', parent: 'in' })]);
    expect(await services(gone, tenant)).toEqual(['orders: 1', 'shop: 1', 'stock: 1']);
    await gone.shutdown();
    await start({ ...QUICK, causeMillis: 0 });
    await poll(async () => (await services(other, tenant)).length === 3, WITHIN_MILLIS);
    expect(await services(other, tenant)).toEqual(['orders: 1', 'shop: 1', 'stock: 1']);
    expect(await calls(other, tenant)).toEqual(['shop > orders: 1', 'shop > stock: 1']);
  });

  it('need not wait until what they are of can be searched', async () => {
    const tenant = newTenant('unrefreshed');
    const storage = await start(QUICK, proxy.url);
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const signal of ['logs', 'traces']) proxy.loseAnswer(`/${signal}-threadline-${tenant}/_refresh`, () => held);
    await storage.writeSpans(tenant, [spanOf('called', { service: 'orders', parent: 'caller' })]);
    await poll(async () => (await statesOf(tenant)).join() === 'closed', WITHIN_MILLIS);
    await askNode(`/traces-threadline-${tenant}/_settings`, { method: 'PUT', body: { 'index.refresh_interval': '-1' } });
    await storage.writeSpans(tenant, [spanOf('caller', { service: 'shop' })]);
    await storage.writeLogs(tenant, [logOf('one', { isError: true })]);
    expect(await services(storage, tenant)).toEqual(['orders: 1', 'shop: 1']);
    expect(await calls(storage, tenant)).toEqual(['shop > orders: 1']);
    expect(await logSources(storage, tenant)).toEqual(['shop: 1, 1 errors']);
    // Of the caller's span this need not tell.
    const heard = await storage.services({}, { ...readContext(tenant), maySeeLess: true });
    expect(heard.map(({ name }) => name)).toContain('orders');
    expect(proxy.toLose).toBe(2);
    release?.();
  });

  it('are there after a restart', async () => {
    const tenant = newTenant('restart');
    const first = await start({});
    await first.writeSpans(tenant, [spanOf('in', { service: 'shop' }), spanOf('out', { service: 'orders', parent: 'in' })]);
    await first.shutdown();
    const second = await start({});
    expect(await services(second, tenant)).toEqual(['orders: 1', 'shop: 1']);
    expect(await calls(second, tenant)).toEqual(['shop > orders: 1']);
  });

  it('are counted from the spans themselves of what a version without batches wrote', async () => {
    const tenant = newTenant('older');
    const storage = await start({});
    await storage.writeSpans(tenant, [spanOf('in', { service: 'shop' })]);
    const stream = `traces-threadline-${tenant}`;
    const document: unknown = JSON.parse(encodeDocument(spanOf('before', { service: 'older' }), 'full'));
    expect(await askNode(`/${stream}/_create/older?refresh=true`, { method: 'PUT', body: document })).toMatchObject({ result: 'created' });
    expect(await services(storage, tenant)).toEqual(['older: 1', 'shop: 1']);
  });

  it('count log records once, of several collectors, whatever answers get lost and whoever ends without a word', async () => {
    const tenant = newTenant('logs');
    const [one, gone] = [await start(QUICK, proxy.url), await start(STILL)];
    const logs = Array.from({ length: 30 }, (_, index) => logOf(`${index}`, { isError: index % 10 === 0 }));
    proxy.loseAnswer(`logs-threadline-${tenant}/_bulk`, async () => undefined);
    await expect(one.writeLogs(tenant, logs.slice(0, 20))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await one.writeLogs(tenant, logs, { mayRepeat: true });
    await poll(async () => (await logSources(one, tenant)).join() === 'shop: 30, 3 errors', WITHIN_MILLIS);
    await gone.writeLogs(tenant, [logOf('last', { isError: true })]);
    expect(await logSources(gone, tenant)).toEqual(['shop: 31, 4 errors']);
    const other = await start({ ...QUICK, aliveMillis: 300 });
    for (const storage of [one, other])
      await poll(async () => (await logSources(storage, tenant)).join() === 'shop: 31, 4 errors', WITHIN_MILLIS);
    // Put together they are in a document by themselves.
    const types = async () => (await documentsOf(tenant)).map(({ figureType }) => figureType);
    await poll(async () => (await types()).filter((type) => type === 'all').length <= 1 && (await types()).includes('logs'), WITHIN_MILLIS);
    expect(await logSources(other, tenant)).toEqual(['shop: 31, 4 errors']);
  });

  it('of logs that a version without batches wrote are added to those of the same source', async () => {
    const tenant = newTenant('olderlogs');
    const storage = await start({});
    await storage.writeLogs(tenant, [logOf('new', { isError: true })]);
    const stream = `logs-threadline-${tenant}`;
    const document: unknown = JSON.parse(encodeDocument(logOf('before', { isError: false }), 'full'));
    expect(await askNode(`/${stream}/_create/older?refresh=true`, { method: 'PUT', body: document })).toMatchObject({ result: 'created' });
    expect(await logSources(storage, tenant)).toEqual(['shop: 2, 1 errors']);
  });

  it('of logs stay where only the spans of the same time are gone', async () => {
    const tenant = newTenant('spansgone');
    const storage = await start(QUICK);
    await storage.writeSpans(tenant, [spanOf('old', { service: 'old' })]);
    await storage.writeLogs(tenant, [logOf('kept', { isError: false })]);
    await poll(async () => (await levelsOf(tenant)).some((level) => level > 0), WITHIN_MILLIS);
    await deleteOldest(`traces-threadline-${tenant}`);
    await poll(async () => (await services(storage, tenant)).length === 0, WITHIN_MILLIS);
    expect(await logSources(storage, tenant)).toEqual(['shop: 1, 0 errors']);
  });

  it('go with the index that their spans were in', async () => {
    const tenant = newTenant('expired');
    const storage = await start(QUICK);
    const stream = `traces-threadline-${tenant}`;
    await storage.writeSpans(tenant, [spanOf('old', { service: 'old' })]);
    await poll(async () => (await statesOf(tenant)).join() === 'final', WITHIN_MILLIS);
    await deleteOldest(stream);
    await storage.writeSpans(tenant, [spanOf('new', { service: 'new' })]);
    await poll(async () => (await services(storage, tenant)).join() === 'new: 1', WITHIN_MILLIS);
    expect(await services(storage, tenant)).toEqual(['new: 1']);
  });
});

/** The oldest index of a data stream, after another one has been made. */
async function deleteOldest(stream: string): Promise<void> {
  await askNode(`/${stream}/_rollover`, { method: 'POST' });
  const resolved: { readonly data_streams?: readonly { readonly backing_indices: readonly string[] }[] } = Object(
    await askNode(`/_resolve/index/${stream}`),
  );
  await askNode(`/${resolved.data_streams?.[0]?.backing_indices[0]}`, { method: 'DELETE' });
}

function logOf(id: string, { isError }: { readonly isError: boolean }) {
  return buildLog(id, { service: 'shop', severityNumber: isError ? 17 : 9 });
}

async function logSources(storage: Storage, tenant: string): Promise<string[]> {
  const { figures } = await storage.serviceFigures({ range: {}, types: ['logs'] }, readContext(tenant));
  return figures.map(({ key, counts }) => `${key.service}: ${counts.count}, ${counts.errors} errors`).sort();
}

function spanOf(
  id: string,
  { service, parent, trace = 'shop' }: { readonly service: string; readonly parent?: string; readonly trace?: string },
) {
  return buildSpan(`${trace} ${id}`, {
    traceId: hexId(trace, 32),
    ...{ service, kind: SERVER },
    ...(parent !== undefined && { parentSpanId: hexId(`${trace} ${parent}`, 16) }),
  });
}

function tracesOf(round: number, random: SeededRandom): IndexedSpan[] {
  const spans: IndexedSpan[] = [];
  for (let trace = 0; trace < 8; trace += 1) {
    for (let index = 0; index < 8; index += 1) {
      const name = `${round} ${trace}`;
      spans.push(
        spanOf(`${index}`, {
          trace: `merged ${name}`,
          service: random.pick(['a', 'b', 'c', 'd']),
          ...(index > 0 && { parent: `${random.below(index)}` }),
        }),
      );
    }
  }
  return random.shuffle(spans);
}

const partOf = <T>(items: readonly T[], part: number, parts: number): T[] => items.filter((_, index) => index % parts === part);

async function spanCount(storage: Storage | undefined, tenant: string): Promise<number> {
  const result = await storage?.serviceFigures({ range: {}, types: ['operation'] }, readContext(tenant));
  return countSpans(result?.figures ?? []);
}

function countSpans(figures: readonly Figure[]): number {
  return figures.reduce((sum, { key, counts }) => sum + (key.type === 'operation' ? counts.spans : 0), 0);
}

async function services(storage: Storage, tenant: string): Promise<string[]> {
  const { figures } = await storage.serviceFigures({ range: {}, types: ['service'] }, readContext(tenant));
  return figures.map(({ key, counts }) => `${key.service}: ${counts.spans}`).sort();
}

async function calls(storage: Storage, tenant: string): Promise<string[]> {
  return callsOf((await storage.serviceFigures({ range: {}, types: ['call'] }, readContext(tenant))).figures);
}

function callsOf(figures: readonly Figure[]): string[] {
  return figures.flatMap(({ key, counts }) => (key.type === 'call' ? [`${key.caller} > ${key.service}: ${counts.spans}`] : [])).sort();
}

async function documentsOf(tenant: string): Promise<readonly Pick<FigureDocument, 'level' | 'state' | 'figureType'>[]> {
  const answer: {
    readonly hits?: { readonly hits?: readonly { readonly _source: Pick<FigureDocument, 'level' | 'state' | 'figureType'> }[] };
  } = Object(await askNode(`/threadline-figures-${tenant}/_search?size=1000&_source=level,state,figureType`));
  return (answer.hits?.hits ?? []).map(({ _source }) => _source);
}

const levelsOf = async (tenant: string) => (await documentsOf(tenant)).map(({ level }) => level);
const statesOf = async (tenant: string) => (await documentsOf(tenant)).map(({ state }) => state);

import { readFile } from 'node:fs/promises';
import { parseQuery } from '@threadline/query-language';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createElasticsearchStorage, type ElasticsearchStorageOptions } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { temporaryDirectory } from '../running-collector.ts';
import { at, buildLog, buildSpan } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { attributes, text } from '../storage-contract/values.ts';
import { createCertificates, type TestCertificates } from './certificates.ts';
import { newTenant, readContext } from './reading.ts';
import { type RestSpecification, readRestSpecification } from './rest-specification.ts';
import { type RecordedRequest, type SecuredProxy, startSecuredProxy } from './secured-proxy.ts';

const API_KEY = 'a-key';
const RETENTION_DAYS = 3.5;

describe('requests to Elasticsearch', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let certificates: TestCertificates;
  let specification: RestSpecification;
  const proxies: SecuredProxy[] = [];
  const storages: Storage[] = [];
  beforeAll(async () => {
    directory = await temporaryDirectory();
    certificates = await createCertificates(directory.path);
    specification = await readRestSpecification(directory.path);
  });
  afterEach(async () => {
    for (const storage of storages.splice(0)) await storage.shutdown();
    for (const proxy of proxies.splice(0)) await proxy.close();
  });
  afterAll(() => directory.remove());

  async function start(options: Partial<ElasticsearchStorageOptions>, answer: (request: RecordedRequest) => Answer | undefined) {
    const proxy = await startSecuredProxy({
      ...{ targetUrl: inject('elasticsearchUrl'), certificates, authorization: `ApiKey ${API_KEY}`, answer },
    });
    proxies.push(proxy);
    const certificateAuthority = await readFile(certificates.authorityFile, 'utf8');
    const storage = createElasticsearchStorage({ url: proxy.url, apiKey: API_KEY, certificateAuthority, ...options });
    storages.push(storage);
    await storage.start(AbortSignal.timeout(60_000));
    return { proxy, storage };
  }
  const problems = ({ requests }: SecuredProxy) => [...new Set(requests.flatMap((request) => specification.problemsOf(request)))];

  it('are as the REST specification has them, for every call of the storage', async () => {
    // So that the second storage finds a data stream to tidy when it starts.
    await useAll((await start({}, () => undefined)).storage);
    const { proxy, storage } = await start({ retentionDays: RETENTION_DAYS }, () => undefined);
    await useAll(storage);
    const tail = { query: parseQuery('', 'logs'), after: undefined, limit: 1 };
    await storage.arrivals.read(tail, readContext(newTenant('spec')));
    await poll(async () => proxy.requests.some(({ path }) => path.endsWith('/_rollover')), 60_000);
    expect(problems(proxy)).toEqual([]);
    expect(new Set(proxy.requests.map(kindOf))).toEqual(
      new Set([
        '_bulk',
        '_doc',
        '_pit',
        '_search',
        '_refresh',
        '_stats',
        '_tasks',
        '_rollover',
        '_index_template',
        '_nodes',
        '_resolve',
        'an index',
      ]),
    );
  });

  it('have no refresh among them where it is only asked whether Elasticsearch answers, though something was just written', async () => {
    const { proxy, storage } = await start({}, () => undefined);
    const tenant = newTenant('check');
    await storage.writeLogs(tenant, [buildLog('one')]);
    await storage.check(readContext(tenant));
    expect(proxy.requests.map(kindOf)).not.toContain('_refresh');
    await storage.getLog('one', readContext(tenant));
    expect(proxy.requests.map(kindOf)).toContain('_refresh');
  });

  it('that Elasticsearch has no room for are sent again as they were, and of a bulk what it took is not', async () => {
    const tenant = newTenant('full');
    const isBulk = ({ path }: RecordedRequest) => path === `/logs-threadline-${tenant}/_bulk`;
    const turnedAway = { create: { status: 429, error: { type: 'es_rejected_execution_exception' } } };
    const answers: Answer[] = [
      { status: 429, body: { error: { type: 'circuit_breaking_exception' }, status: 429 } },
      { status: 200, body: { errors: true, items: [{ create: { status: 201 } }, turnedAway, turnedAway] } },
      { status: 200, body: { errors: true, items: [turnedAway, { create: { status: 201 } }] } },
    ];
    const { proxy, storage } = await start({}, (request) => (isBulk(request) ? answers.shift() : undefined));
    await storage.writeLogs(
      tenant,
      ['one', 'two', 'three'].map((id) => buildLog(id)),
    );
    const idsOf = ({ body }: RecordedRequest) => Array.from(body.matchAll(/"_id":"(\w+)"/g), ([, id]) => id);
    expect(proxy.requests.filter(isBulk).map(idsOf)).toEqual([['one', 'two', 'three'], ['one', 'two', 'three'], ['two', 'three'], ['two']]);
    expect(proxy.requests.map(kindOf)).not.toContain('_tasks');
    expect(problems(proxy)).toEqual([]);
  });

  it('keep spans where those for their figures are forbidden, as to a collector with privileges of before, and count those when asked', async () => {
    const faults: unknown[] = [];
    const forbidden = { status: 403, body: { error: { type: 'security_exception' }, status: 403 } };
    const { storage } = await start({ onFault: (error) => faults.push(error) }, ({ path }) =>
      path.startsWith('/threadline-figures-') ? forbidden : undefined,
    );
    const tenant = newTenant('forbidden');
    await storage.writeSpans(tenant, [buildSpan('one'), buildSpan('two')]);
    const { figures } = await storage.serviceFigures({ range: {}, types: ['service'] }, readContext(tenant));
    expect(figures).toMatchObject([{ key: { service: 'shop' }, counts: { spans: 2 } }]);
    expect(faults[0]).toMatchObject({ message: expect.stringContaining('privileges that docs/elasticsearch.md names') });
  });

  it('on a distribution of Elasticsearch ask for match_only_text and for the data stream lifecycle', async () => {
    const { proxy, storage } = await start({ retentionDays: RETENTION_DAYS }, answerAsDistribution);
    const put = proxy.requests.filter(({ method }) => method === 'PUT');
    expect(problems(proxy)).toEqual([]);
    for (const signal of ['logs', 'traces']) {
      const template = put.find(({ path }) => path === `/_index_template/threadline-${signal}`);
      expect(JSON.parse(template?.body ?? '{}')).toMatchObject({
        template: { lifecycle: { data_retention: '302400s' }, mappings: { properties: { message: { type: 'match_only_text' } } } },
      });
    }
    const lifecycle = put.find(({ path }) => path.endsWith('/_lifecycle'));
    expect(JSON.parse(lifecycle?.body ?? '{}')).toEqual({ data_retention: '302400s' });
    expect(lifecycle?.path).toMatch(/^\/_data_stream\/(logs|traces)-threadline-/);
    expect(storage.capabilities.notes.retention).toContain("by the cluster's data stream lifecycle");
  });

  it('leave retention to a policy of the cluster that is named', async () => {
    const { proxy } = await start({ retentionDays: RETENTION_DAYS, lifecyclePolicy: 'logs-30-days' }, answerAsDistribution);
    const template = proxy.requests.find(({ method, path }) => method === 'PUT' && path === '/_index_template/threadline-logs');
    const { template: made } = JSON.parse(template?.body ?? '{}');
    expect(made).toMatchObject({ settings: { 'index.lifecycle.name': 'logs-30-days' } });
    expect(made.lifecycle).toBeUndefined();
    expect(proxy.requests.some(({ path }) => path.endsWith('/_lifecycle'))).toBe(false);
    expect(problems(proxy)).toEqual([]);
  });
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a node of a distribution says that the core of the tests does not have. */
function answerAsDistribution({ method, path }: RecordedRequest): Answer | undefined {
  const modules = ['data-streams', 'mapper-extras', 'x-pack-ilm'].map((name) => ({ name }));
  if (path === '/_nodes/plugins') return { status: 200, body: { nodes: { node: { version: '9.5.3', modules } } } };
  if (method === 'GET' && path.startsWith('/_index_template/')) return { status: 404, body: {} };
  if (method === 'PUT') return { status: 200, body: { acknowledged: true } };
  return undefined;
}

/** Calls the storage in every way that makes a request of its own. */
async function useAll(storage: Storage): Promise<void> {
  const tenant = newTenant('spec');
  const context = () => readContext(tenant);
  const log = buildLog('one', { attributes: attributes({ shop: 'berlin', long: 'x'.repeat(9_000) }), body: text('paid twice') });
  await storage.writeLogs(tenant, [log]);
  await storage.writeLogs(tenant, [log, buildLog('two', { timeUnixNano: at(1) })], { mayRepeat: true });
  await storage.writeSpans(tenant, [buildSpan('one')]);
  const search = (query: string, target: 'logs' | 'spans') =>
    ({ query: parseQuery(query, target), range: {}, order: 'desc', limit: 1 }) as const;
  const { rows } = await storage.searchLogs(search('paid OR shop:ber* OR long:*y*', 'logs'), context());
  const after = rows.at(-1)?.key;
  await storage.searchLogs({ ...search('*', 'logs'), ...(after && { after }) }, context());
  const snapshot = await storage.openLogSnapshot?.(context());
  await snapshot?.searchLogs(search('*', 'logs'), context());
  await snapshot?.close();
  await storage.searchSpans(search('*', 'spans'), context());
  await storage.getLog('one', context());
  const range = { fromNanos: BigInt(at(-1_000)), toNanos: BigInt(at(1_000_000)) };
  await storage.logHistogram({ query: parseQuery('*', 'logs'), range, widthNanos: 1_000_000n }, context());
  await storage.logFields({ query: parseQuery('*', 'logs'), range: {}, limit: 10 }, context());
  const field = { type: 'attribute', place: 'any', key: 'shop' } as const;
  await storage.logFieldValues({ query: parseQuery('*', 'logs'), range: {}, limit: 10, field, prefix: 'b' }, context());
  await storage.searchTraces({ query: parseQuery('*', 'spans'), range: {}, limit: 10 }, context());
  await storage.summarizeTraces([buildSpan('one').record.traceId], context());
  await storage.findTraceIds({ query: parseQuery('*', 'spans'), target: 'spans', range: {}, limit: 10 }, context());
  await storage.services({}, context());
  await storage.operations('shop', {}, context());
  await storage.serviceFigures({ range, types: ['call', 'service'] }, context());
}

function kindOf({ path }: RecordedRequest): string {
  return /\/(_[a-z_]+)/.exec(path)?.[1] ?? 'an index';
}

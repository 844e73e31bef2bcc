import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowAnswer, Span } from '../../src/api/index.ts';
import { DROP_ATTRIBUTES, DROP_EVENT, SPAN_START_EVENT, UNSEEN_ATTRIBUTES, UNSEEN_EVENT } from '../../src/api/index.ts';
import type { IndexedSpan } from '../../src/model/record.ts';
import { changedStorage } from '../../src/storage/changed-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog, buildSpan, hexId } from '../storage-contract/builders.ts';
import { array, attributes, int, text } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const trace = (name: string): string => hexId(`trace ${name}`, 32);
const spanId = (name: string): string => hexId(name, 16);

interface Fields {
  readonly in: string;
  readonly id?: string;
  readonly start: number;
  readonly parent?: string;
  readonly links?: readonly (readonly [traceName: string, span: string])[];
  readonly operation?: string;
  readonly kind?: number;
  readonly service?: string;
}

/** A span named `name` in the trace named `in`; `id` is its correlation ID. */
function flowSpan(name: string, fields: Fields): IndexedSpan {
  const links = fields.links?.map(([traceName, linked]) => ({ traceId: trace(traceName), spanId: spanId(linked), attributes: [] }));
  return buildSpan(name, {
    traceId: trace(fields.in),
    startTimeUnixNano: at(fields.start),
    ...(fields.parent === undefined ? {} : { parentSpanId: spanId(fields.parent) }),
    ...(fields.kind === undefined ? {} : { kind: fields.kind }),
    ...(links === undefined ? {} : { links }),
    ...(fields.service === undefined ? {} : { service: fields.service }),
    attributes: attributes({
      ...(fields.id === undefined ? {} : { 'correlation.id': fields.id }),
      ...(fields.operation === undefined ? {} : { 'messaging.system': 'kafka', 'messaging.operation.type': fields.operation }),
    }),
  });
}

/** A call or a request over HTTP, answered with 200. */
function hop(
  name: string,
  fields: {
    readonly in: string;
    readonly id: string;
    readonly start: number;
    readonly kind: number;
    readonly service: string;
    readonly target?: string;
    readonly path?: string;
    readonly parent?: string;
  },
): IndexedSpan {
  const [host = '', port = ''] = fields.target?.split(':') ?? [];
  return buildSpan(name, {
    traceId: trace(fields.in),
    startTimeUnixNano: at(fields.start),
    ...(fields.parent === undefined ? {} : { parentSpanId: spanId(fields.parent) }),
    kind: fields.kind,
    service: fields.service,
    attributes: attributes({
      'correlation.id': fields.id,
      'http.request.method': 'POST',
      'http.response.status_code': int(200),
      'url.path': fields.path ?? '/',
      ...(host === '' ? {} : { 'server.address': host, 'server.port': int(port) }),
    }),
  });
}

const withId = (id: string) => attributes({ 'correlation.id': id });

/** A request whose database has no SDK, whose message goes through a batch, and of which one service's clock is behind. */
const ORDER_SPANS = [
  flowSpan('gateway', { in: 'order', id: 'order-1', start: 100, service: 'gateway' }),
  flowSpan('orders', { in: 'order', id: 'order-1', start: 40, parent: 'gateway', service: 'orders' }),
  flowSpan('database', { in: 'order', start: 101, parent: 'orders', service: 'database' }),
  flowSpan('publish', { in: 'order', id: 'order-1', start: 102, parent: 'orders', operation: 'create', kind: 4, service: 'orders' }),
  flowSpan('stranger', { in: 'order', id: 'order-2', start: 103, parent: 'gateway' }),
  flowSpan('receive', {
    in: 'batch',
    id: 'batch-7',
    start: 90,
    links: [
      ['order', 'publish'],
      ['elsewhere', 'other publish'],
    ],
    operation: 'receive',
  }),
  flowSpan('below receive', { in: 'batch', start: 104, parent: 'receive' }),
  flowSpan('other publish', { in: 'elsewhere', id: 'order-9', start: 80, operation: 'create', kind: 4 }),
  flowSpan('process', {
    in: 'order',
    id: 'order-1',
    start: 105,
    parent: 'publish',
    links: [['batch', 'receive']],
    operation: 'process',
    kind: 5,
  }),
  flowSpan('plain consumer', { in: 'plain', start: 106, links: [['order', 'publish']], operation: 'process', kind: 5 }),
  flowSpan('below plain', { in: 'plain', start: 107, parent: 'plain consumer' }),
  flowSpan('cause', { in: 'cause', id: 'older', start: 10 }),
  flowSpan('beside cause', { in: 'cause', start: 11, parent: 'cause' }),
  flowSpan('follows', { in: 'follow', id: 'order-1', start: 108, links: [['cause', 'cause']] }),
];
const ORDER_LOGS = [
  buildLog('with-id', { timeUnixNano: at(200), attributes: withId('order-1') }),
  buildLog('in-trace', { timeUnixNano: at(101), traceId: trace('order'), spanId: spanId('database') }),
  buildLog('other-id', { timeUnixNano: at(101), traceId: trace('order'), attributes: withId('order-2') }),
  buildLog('in-batch', { timeUnixNano: at(104), traceId: trace('batch'), spanId: spanId('receive') }),
  buildLog('in-plain', { timeUnixNano: at(107), traceId: trace('plain'), spanId: spanId('below plain'), body: text('x'.repeat(9_000)) }),
];

/** What the API answers about flows, on any storage; one that is given is the suite's own and empty. */
export function testFlowEndpoints(createStorage?: () => Storage): void {
  describe('GET /api/v1/flows/{correlationId}', () => {
    let api: QueryApi;
    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      await api.write({ spans: ORDER_SPANS, logs: ORDER_LOGS });
    });
    afterAll(() => api.stop());

    const flow = (id: string, parameters = ''): Promise<FlowAnswer> => api.get(`/api/v1/flows/${encodeURIComponent(id)}${parameters}`);

    /** Another collector's server on the same storage. Counts the spans that it is given. */
    function startOther(read = { rows: 0 }): Promise<QueryApi> {
      const storage = changedStorage(api.storage, {
        start: async () => undefined,
        shutdown: async () => undefined,
        async searchSpans(search, context) {
          const page = await api.storage.searchSpans(search, context);
          read.rows += page.rows.length;
          return page;
        },
      });
      return startQueryApi({ storage });
    }

    /** As `startOther`, of a storage to which a span comes as soon as those of a flow were read. */
    function startGrowing(arriving: IndexedSpan, read = { rows: 0 }): Promise<QueryApi> {
      let hasArrived = false;
      const storage = changedStorage(api.storage, {
        start: async () => undefined,
        shutdown: async () => undefined,
        async searchSpans(search, context) {
          const page = await api.storage.searchSpans(search, context);
          read.rows += page.rows.length;
          if (!hasArrived && page.rows.length > 1) {
            hasArrived = true;
            await api.write({ spans: [arriving] });
          }
          return page;
        },
      });
      return startQueryApi({ storage });
    }

    async function allPages(id: string, limit: number, get: (path: string) => Promise<FlowAnswer> = (path) => api.get(path)) {
      const pages: FlowAnswer[] = [];
      let cursor = '';
      do {
        const page: FlowAnswer = await get(`/api/v1/flows/${id}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        pages.push(page);
        cursor = page.nextCursor ?? '';
      } while (cursor !== '');
      return { pages, spans: pages.flatMap((page) => page.spans), logs: pages.flatMap((page) => page.logs) };
    }

    it('has the spans with the id, those of its traces without one, and one hop along links', async () => {
      const { spans } = await flow('order-1');
      expect(spans.map(({ id }) => id).toSorted()).toEqual(
        ['gateway', 'orders', 'database', 'publish', 'receive', 'process', 'plain consumer', 'below plain', 'cause', 'follows'].toSorted(),
      );
    });

    it('is called complete with the parent that came while it was read', async () => {
      const id = 'grown-while-read';
      const root = flowSpan('late root', { in: 'grown', id, start: 1 });
      await api.write({
        spans: [
          flowSpan('first child', { in: 'grown', id, start: 2, parent: 'late root' }),
          flowSpan('second child', { in: 'grown', id, start: 3, parent: 'late root' }),
        ],
      });
      const growing = await startGrowing(root);
      try {
        const { summary, spans } = await growing.get<FlowAnswer>(`/api/v1/flows/${id}`);
        expect({ complete: summary.complete, spanCount: summary.spanCount }).toEqual({ complete: true, spanCount: 3 });
        expect(spans.map((span) => span.id)).toEqual(['late root', 'first child', 'second child']);
      } finally {
        await growing.stop();
      }
    });

    it('is in causal order whatever the clocks say', async () => {
      const { spans } = await flow('order-1');
      expectCausal(spans);
      expect(spans.map(({ id }) => id)).toEqual([
        'cause',
        'gateway',
        'orders',
        'database',
        'publish',
        'receive',
        'process',
        'plain consumer',
        'below plain',
        'follows',
      ]);
    });

    it('has the records with the id, those of its traces without one, and those of a joined message, by time', async () => {
      const { logs } = await flow('order-1');
      expect(logs.map(({ id, bodyTruncated }) => [id, bodyTruncated])).toEqual([
        ['in-trace', undefined],
        ['in-plain', true],
        ['with-id', undefined],
      ]);
    });

    it('sums up the flow with its traces and why each is in it', async () => {
      const { summary } = await flow('order-1');
      expect(summary).toMatchObject({ correlationId: 'order-1', spanCount: 10, logCount: 3, complete: true, missing: [] });
      expect(summary.startTimeUnixNano).toBe(at(40));
      expect(summary.durationNano).toBe(String(BigInt(at(200)) - BigInt(at(40))));
      expect(summary.traces.map(({ traceId, joinedBy }) => [traceId, joinedBy])).toEqual([
        [trace('cause'), 'link'],
        [trace('order'), 'correlationId'],
        [trace('batch'), 'link'],
        [trace('plain'), 'link'],
        [trace('follow'), 'correlationId'],
      ]);
      expect(summary.reused).toBeUndefined();
    });

    it.each([1, 3, 4, 1_000])('gives every span and record exactly once in pages of %i, in the same order', async (limit) => {
      const whole = await flow('order-1');
      const { spans, logs, pages } = await allPages('order-1', limit);
      expect(spans).toEqual(whole.spans);
      expect(logs.map(({ id }) => id).toSorted()).toEqual(whole.logs.map(({ id }) => id).toSorted());
      for (const page of pages) expect(page.summary).toEqual(whole.summary);
    });

    it.each(['A-Z.a_z~0:9/@x+y=', 'a b', '주문', 'a"b', '*', '\\', 'x'.repeat(1_024)])('finds any id as it is written: %s', async (id) => {
      const name = `odd ${id.slice(0, 20)}`;
      await api.write({ spans: [flowSpan(name, { in: name, id, start: 1 })] });
      const { summary, spans } = await flow(id);
      expect([summary.correlationId, spans.map(({ traceId }) => traceId)]).toEqual([id, [trace(name)]]);
    });

    it('refuses an id that is too long for any address', async () => {
      const response = await api.send(`/api/v1/flows/${'x'.repeat(1_025)}`);
      expect([response.status, errorOf(response).field]).toEqual([400, 'correlationId']);
    });

    it('answers an unknown id with not_found, as one that lies outside of the range', async () => {
      expect((await api.send('/api/v1/flows/unknown')).status).toBe(404);
      expect((await api.send('/api/v1/flows/order-1?from=2027-01-01T00:00:00Z')).status).toBe(404);
      expect((await flow('order-1', '?to=2026-11-20T10:01:41Z')).spans.map(({ id }) => id)).not.toContain('process');
    });

    it('names parents that are missing, and none that another flow, an unfinished span or a link accounts for', async () => {
      await api.write({
        spans: [
          flowSpan('lost child', { in: 'gaps', id: 'gaps', start: 1, parent: 'lost' }),
          flowSpan('second lost child', { in: 'gaps', id: 'gaps', start: 2, parent: 'lost' }),
          flowSpan('of another', { in: 'gaps', id: 'another', start: 0 }),
          flowSpan('child of another', { in: 'gaps', id: 'gaps', start: 3, parent: 'of another' }),
          flowSpan('child of open', { in: 'gaps', id: 'gaps', start: 4, parent: 'open' }),
          flowSpan('from outside', { in: 'gaps outside', id: 'gaps', start: 5, links: [['caller', 'caller']] }),
        ],
        logs: [buildLog('gaps-open', { timeUnixNano: at(4), traceId: trace('gaps'), spanId: spanId('open'), eventName: SPAN_START_EVENT })],
      });
      const { summary, unfinished, logs } = await flow('gaps');
      expect(summary.missing).toEqual([{ traceId: trace('gaps'), spanId: spanId('lost'), reason: 'parent_missing' }]);
      expect(unfinished.map((open) => open.spanId)).toEqual([spanId('open')]);
      expect(summary.complete).toBe(false);
      expect(logs).toEqual([]);
    });

    it('names a producer whose message nobody took, and none whose consumer is of another flow', async () => {
      await api.write({
        spans: [
          flowSpan('send', { in: 'queue', id: 'queue', start: 1, operation: 'send', kind: 4 }),
          flowSpan('create taken', { in: 'queue', id: 'queue', start: 2, parent: 'send', operation: 'create', kind: 4 }),
          flowSpan('create left', { in: 'queue', id: 'queue', start: 3, parent: 'send', operation: 'create', kind: 4 }),
          flowSpan('taker', { in: 'queue', id: 'queue-other', start: 4, parent: 'create taken', operation: 'process', kind: 5 }),
        ],
      });
      const { summary } = await flow('queue');
      expect(summary.missing).toEqual([{ traceId: trace('queue'), spanId: spanId('create left'), reason: 'consumer_missing' }]);
      expect(summary.complete).toBe(false);
    });

    it('is not complete where a sender reported drops', async () => {
      await api.write({
        spans: [flowSpan('dropping', { in: 'dropping', id: 'dropping', start: 1 })],
        logs: [
          buildLog('drop-report', {
            timeUnixNano: at(9),
            eventName: DROP_EVENT,
            attributes: attributes({ [DROP_ATTRIBUTES.traceIds]: array(text(trace('dropping'))) }),
          }),
        ],
      });
      const { summary, drops } = await flow('dropping');
      expect(drops).toHaveLength(1);
      expect(summary).toMatchObject({ missing: [], complete: false });
    });

    it('answers an id that only records carry, with or without a trace', async () => {
      await api.write({ logs: [buildLog('lonely', { timeUnixNano: at(7), attributes: withId('lonely'), service: 'jobs' })] });
      const { summary, spans, logs } = await flow('lonely');
      expect([spans.length, logs.map(({ id }) => id)]).toEqual([0, ['lonely']]);
      expect(summary).toMatchObject({
        spanCount: 0,
        logCount: 1,
        startTimeUnixNano: at(7),
        services: [{ name: 'jobs', spanCount: 0, errorCount: 0 }],
      });
    });

    it('has the services among its own that only log', async () => {
      await api.write({
        spans: [flowSpan('served', { in: 'served', id: 'behind-gateway', start: 3 })],
        logs: [
          buildLog('access', { timeUnixNano: at(2), attributes: withId('behind-gateway'), service: 'nginx' }),
          buildLog('served-log', { timeUnixNano: at(3), attributes: withId('behind-gateway'), service: 'mailer' }),
        ],
      });
      const { summary, spans } = await flow('behind-gateway');
      const [served] = spans;
      expect(summary.services.map(({ name, spanCount }) => [name, spanCount])).toEqual([
        [served?.resource.attributes.find(({ key }) => key === 'service.name')?.value?.stringValue, 1],
        ['mailer', 0],
        ['nginx', 0],
      ]);
    });

    it('shows the latest use of an id that a nightly job uses again', async () => {
      const night = 86_400;
      await api.write({
        spans: [0, 1, 2].flatMap((day) => [
          flowSpan(`job ${day}`, { in: `night ${day}`, id: 'nightly', start: day * night }),
          flowSpan(`job ${day} step`, { in: `night ${day}`, start: day * night + 5, parent: `job ${day}` }),
        ]),
        logs: [0, 1, 2].map((day) => buildLog(`job-log-${day}`, { timeUnixNano: at(day * night + 6), attributes: withId('nightly') })),
      });
      const { pages, spans, logs } = await allPages('nightly', 1);
      expect(spans.map(({ id }) => id)).toEqual(['job 2', 'job 2 step']);
      expect(logs.map(({ id }) => id)).toEqual(['job-log-2']);
      for (const { summary } of pages) expect(summary).toMatchObject({ reused: true, spanCount: 2, logCount: 1 });
      const episodes = pages[0]?.summary.episodes ?? [];
      expect(episodes.map(({ from, traceCount }) => [from, traceCount])).toEqual([
        ['2026-11-22T10:00:00Z', 1],
        ['2026-11-21T10:00:00Z', 1],
        ['2026-11-20T10:00:00Z', 1],
      ]);
      const earlier = await flow('nightly', `?from=${episodes[1]?.from}&to=${episodes[1]?.to}`);
      expect(earlier.spans.map(({ id }) => id)).toEqual(['job 1', 'job 1 step']);
      expect(earlier.logs.map(({ id }) => id)).toEqual(['job-log-1']);
    });

    it('divides an id of more than a thousand traces, and each use is read whole', async () => {
      await api.write({
        spans: Array.from({ length: 1_100 }, (_, index) => flowSpan(`busy ${index}`, { in: `busy ${index}`, id: 'busy', start: index })),
      });
      const { spans, pages } = await allPages('busy', 1_000);
      expect(pages[0]?.summary.episodes?.map(({ traceCount }) => traceCount)).toEqual([1_000, 100]);
      expect(spans.map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, index) => `busy ${index + 100}`));
    });

    it('reads a flow of more spans than one window whole, a joined span once', async () => {
      const size = 5_200;
      await api.write({
        spans: [
          ...Array.from({ length: size }, (_, index) =>
            flowSpan(`long ${index}`, {
              in: 'long',
              id: 'long',
              start: index / 10,
              ...(index === 0 ? {} : { parent: `long ${index - 1}` }),
            }),
          ),
          flowSpan('joins both', {
            in: 'joins both',
            id: 'own',
            start: 900,
            links: [
              ['long', 'long 3'],
              ['long', `long ${size - 1}`],
            ],
          }),
        ],
      });
      const { spans, pages } = await allPages('long', 1_000);
      expect(spans).toHaveLength(size + 1);
      expect(new Set(spans.map(({ id }) => id)).size).toBe(size + 1);
      expect(spans.filter(({ traceId }) => traceId === trace('long')).map(({ name }) => name)).toEqual(
        Array.from({ length: size }, (_, index) => `long ${index}`),
      );
      expect(pages[0]?.warnings?.join()).toContain('5,000 spans');
    });

    it('reads a long flow about once, however many pages it is asked for in', async () => {
      const size = 5_300;
      const read = { rows: 0 };
      const other = await startOther(read);
      try {
        await api.write({
          spans: Array.from({ length: size }, (_, index) =>
            flowSpan(`paged ${index}`, { in: 'paged', id: 'paged', start: index / 10, ...(index > 0 && { parent: `paged ${index - 1}` }) }),
          ),
        });
        const { spans, pages } = await allPages('paged', 150, (path) => other.get(path));
        expect(spans.map(({ name }) => name)).toEqual(Array.from({ length: size }, (_, index) => `paged ${index}`));
        expect(pages.length).toBeGreaterThan(30);
        expect(read.rows).toBeLessThan(1.2 * size);
        for (const { summary } of pages) expect(summary).toEqual(pages[0]?.summary);
      } finally {
        await other.stop();
      }
      // A message that is tried for ever: what comes while the flow is read comes after its first window.
      const grown = { rows: 0 };
      const growing = await startGrowing(
        flowSpan('paged late', { in: 'paged', id: 'paged', start: size / 10, parent: `paged ${size - 1}` }),
        grown,
      );
      try {
        await growing.get<FlowAnswer>('/api/v1/flows/paged?limit=1');
        expect(grown.rows).toBeLessThan(1.2 * size);
      } finally {
        await growing.stop();
      }
    });

    it('goes on where another collector began, with the same pages', async () => {
      const other = await startOther();
      try {
        const whole = await allPages('order-1', 2);
        let isOther = false;
        const both = await allPages('order-1', 2, (path) => {
          isOther = !isOther;
          return (isOther ? api : other).get(path);
        });
        expect(both.pages).toEqual(whole.pages);
      } finally {
        await other.stop();
      }
    });

    it('has in its next pages what has come since the one before', async () => {
      await api.write({
        spans: [1, 2, 3].map((start) => flowSpan(`growing ${start}`, { in: 'growing', id: 'growing', start })),
        logs: [buildLog('growing-log', { timeUnixNano: at(1), attributes: withId('growing') })],
      });
      const first = await flow('growing', '?limit=1');
      const second = await flow('growing', `?limit=1&cursor=${first.nextCursor}`);
      expect(second.spans.map(({ id }) => id)).toEqual(['growing 2']);
      await api.write({
        spans: [
          flowSpan('growing late', { in: 'growing late', id: 'growing', start: 2.5 }),
          flowSpan('joins growing', {
            in: 'joins growing',
            id: 'own',
            start: 2.7,
            links: [['growing', 'growing 3']],
            kind: 5,
            operation: 'process',
          }),
        ],
        logs: [buildLog('growing-late-log', { timeUnixNano: at(9), attributes: withId('growing') })],
      });
      const rest = await flow('growing', `?cursor=${second.nextCursor}`);
      expect(rest.spans.map(({ id }) => id)).toEqual(['growing late', 'growing 3', 'joins growing']);
      expect(rest.logs.map(({ id }) => id)).toEqual(['growing-late-log']);
      expect(rest.summary).toMatchObject({ spanCount: 5, logCount: 2 });
      expect(rest.summary.traces).toHaveLength(3);
    });

    it('has no break where every hop is followed, and on the first page alone those that there are', async () => {
      expect((await flow('order-1')).breaks).toEqual([]);
      const { pages } = await allPages('gaps', 1);
      expect(pages.map(({ breaks }) => breaks.length > 0)).toEqual([true, ...pages.slice(1).map(() => false)]);
    });

    it('finds the request that a call became in a trace of its own', async () => {
      await api.write({
        spans: [
          hop('dropped call', { in: 'dropped', id: 'dropped', start: 5_000, kind: 3, target: 'bank:80', path: '/pay', service: 'orders' }),
          hop('bank request', { in: 'bank', id: 'bank-1', start: 5_000, kind: 2, path: '/pay', service: 'bank' }),
          hop('other request', { in: 'other bank', id: 'bank-2', start: 5_000, kind: 2, path: '/refund', service: 'bank' }),
        ],
      });
      const { breaks } = await flow('dropped');
      expect(breaks).toMatchObject([
        {
          cause: 'no_header',
          from: { service: 'orders' },
          to: { service: 'bank', address: 'bank:80' },
          anchor: { spanId: spanId('dropped call'), side: 'after' },
          continuesIn: { traceId: trace('bank'), correlationId: 'bank-1' },
        },
      ]);
    });

    it('finds that the ID was lost where the trace goes on under another', async () => {
      await api.write({
        spans: [
          hop('losing call', { in: 'losing', id: 'losing', start: 5_100, kind: 3, target: 'bank:81', path: '/pay', service: 'orders' }),
          hop('finder', { in: 'losing', id: 'found', start: 5_100, kind: 2, path: '/pay', service: 'bank', parent: 'losing call' }),
        ],
      });
      expect((await flow('losing')).breaks).toMatchObject([{ cause: 'id_not_sent', continuesIn: { correlationId: 'found' } }]);
    });

    it('knows by other calls to an address who answers there', async () => {
      await api.write({
        spans: [
          ...[1, 2, 3].flatMap((number) => [
            hop(`usual ${number}`, {
              in: `usual ${number}`,
              id: `usual-${number}`,
              start: 5_200 + number,
              kind: 3,
              target: 'stock:80',
              service: 'orders',
            }),
            hop(`answer ${number}`, {
              in: `usual ${number}`,
              id: `usual-${number}`,
              start: 5_200 + number,
              kind: 2,
              service: 'stock',
              parent: `usual ${number}`,
            }),
          ]),
          hop('silent call', { in: 'silent', id: 'silent', start: 5_300, kind: 3, target: 'stock:80', service: 'orders' }),
        ],
      });
      expect((await flow('usual-1')).breaks).toEqual([]);
      const { breaks } = await flow('silent');
      expect(breaks).toMatchObject([{ cause: 'spans_not_sent', to: { service: 'stock' } }]);
      expect(breaks[0]?.evidence.at(-1)).toEqual({
        fact: 'address_answers',
        values: { target: 'stock:80', service: 'stock', followed: '3', calls: '3' },
      });
    });

    it('looks into a lost call behind any number of others, and among any number of other requests', async () => {
      const out = (name: string, target: string, path: string, start: number) =>
        hop(name, { in: 'crowded', id: 'crowded', start, kind: 3, target, path, service: 'orders' });
      await api.write({
        spans: [
          ...Array.from({ length: 30 }, (_, number) => out(`abroad ${number}`, 'api.partner.example:443', `/rates/${number}/day`, 5_500)),
          ...['a', 'b', 'c', 'd'].flatMap((word) =>
            Array.from({ length: 10 }, (_, number) =>
              out(`${word} ${number}`, 'api.partner.example:443', `/${word}/${word.repeat(number)}`, 5_500),
            ),
          ),
          ...Array.from({ length: 40 }, (_, number) => out(`lost ${number}`, 'bank:90', `/accounts/${number}`, 5_510 + 2 * number)),
          ...Array.from({ length: 250 }, (_, number) =>
            hop(`crowd ${number}`, {
              in: `crowd ${number}`,
              id: `crowd-${number}`,
              start: 5_510,
              kind: 2,
              path: '/crowd',
              service: 'crowd',
            }),
          ),
          hop('zz bank', { in: 'zz bank', id: 'zz-bank', start: 5_510, kind: 2, path: '/accounts/0', service: 'bank' }),
        ],
      });
      const { breaks } = await flow('crowded');
      expect(breaks.map(({ cause, to, count }) => [cause, to, count])).toEqual([
        ['no_header', { service: 'bank', address: 'bank:90' }, 40],
      ]);
    });

    it('finds the record that tells of a service that is sampled out among any number of others', async () => {
      const logs = Array.from({ length: 1_050 }, (_, number) =>
        buildLog(`talk ${number}`, {
          timeUnixNano: at(5_690 + number / 1_000),
          traceId: trace('talkative'),
          spanId: spanId('talkative call'),
          service: 'orders',
          attributes: attributes({ 'correlation.id': 'talkative' }),
        }),
      );
      const unsampled = buildLog('unsampled', {
        timeUnixNano: at(5_700),
        traceId: trace('talkative'),
        spanId: spanId('of the bank'),
        flags: 0,
        service: 'bank',
        attributes: attributes({ 'correlation.id': 'talkative' }),
      });
      await api.write({
        spans: [hop('talkative call', { in: 'talkative', id: 'talkative', start: 5_700, kind: 3, target: 'bank:91', service: 'orders' })],
        logs: [...logs, unsampled],
      });
      expect((await flow('talkative')).breaks).toMatchObject([{ cause: 'sampled_out', to: { service: 'bank', address: 'bank:91' } }]);
    });

    it('knows an address and a queue by the older names of their attributes too', async () => {
      const call = (number: number, id = `older-${number}`) =>
        buildSpan(`older ${number}`, {
          traceId: trace(id),
          startTimeUnixNano: at(5_850 + number),
          kind: 3,
          service: 'orders',
          attributes: attributes({
            'correlation.id': id,
            'http.method': 'POST',
            'http.status_code': int(200),
            'net.peer.name': 'ledger',
            'net.peer.port': int(70),
          }),
        });
      const message = (id: string, kind: number, service: string, operation: string, seconds: number) =>
        buildSpan(id, {
          traceId: trace(id),
          startTimeUnixNano: at(seconds),
          kind,
          service,
          attributes: attributes({
            'correlation.id': id,
            'messaging.system': 'kafka',
            'messaging.destination': 'older-topic',
            'messaging.operation': operation,
          }),
        });
      await api.write({
        spans: [
          ...[1, 2, 3].flatMap((number) => [
            call(number),
            hop(`older answer ${number}`, {
              in: `older-${number}`,
              id: `older-${number}`,
              start: 5_850 + number,
              kind: 2,
              service: 'ledger',
              parent: `older ${number}`,
            }),
          ]),
          call(9),
          message('older-sent', 4, 'orders', 'publish', 5_870),
          message('older-taken', 5, 'mail', 'process', 5_875),
        ],
      });
      expect((await flow('older-9')).breaks).toMatchObject([{ cause: 'spans_not_sent', to: { service: 'ledger', address: 'ledger:70' } }]);
      expect((await flow('older-sent')).breaks).toMatchObject([{ cause: 'message_context_lost', to: { service: 'mail' } }]);
    });

    it('reads what senders say that they do not follow, of the flow’s own processes alone', async () => {
      const unseen = (id: string, seconds: number, service: string, library: string) =>
        buildLog(id, {
          timeUnixNano: at(seconds),
          eventName: UNSEEN_EVENT,
          service,
          attributes: attributes({ [UNSEEN_ATTRIBUTES.reason]: 'loaded_before', [UNSEEN_ATTRIBUTES.libraries]: array(text(library)) }),
        });
      await api.write({
        spans: [hop('unfollowed', { in: 'unfollowed', id: 'unfollowed', start: 5_400, kind: 2, service: 'early' })],
        logs: [unseen('unseen-early', 5_390, 'early', 'kafkajs'), unseen('unseen-other', 5_390, 'unrelated', 'amqplib')],
      });
      expect(await flow('unfollowed')).toMatchObject({
        breaks: [],
        unseen: [{ service: 'early', libraries: ['kafkajs'], reason: 'loaded_before' }],
        logs: [],
      });
      expect((await flow('order-1')).unseen).toEqual([]);
    });

    it('finds what a process sent by a library that it does not follow, and is silent where others send there all the time', async () => {
      const process = { attributes: attributes({ 'service.name': 'printer', 'service.instance.id': 'printer-1' }) };
      const work = (id: string, seconds: number) =>
        buildSpan(id, {
          traceId: trace(id),
          startTimeUnixNano: at(seconds),
          kind: 2,
          name: 'POST /prints',
          resource: process,
          attributes: withId(id),
        });
      const taken = (id: string, seconds: number, topic: string) =>
        buildSpan(id, {
          traceId: trace(id),
          startTimeUnixNano: at(seconds),
          kind: 5,
          service: 'press',
          name: `process ${topic}`,
          attributes: attributes({
            'correlation.id': id,
            'messaging.system': 'kafka',
            'messaging.destination.name': topic,
            'messaging.operation.type': 'process',
          }),
        });
      await api.write({
        spans: [work('sending', 6_000), taken('sent-1', 6_000, 'prints'), work('healthy', 6_100), taken('page', 6_100, 'pages')],
        logs: [
          buildLog('unseen-printer', {
            timeUnixNano: at(5_990),
            eventName: UNSEEN_EVENT,
            resource: process,
            attributes: attributes({
              [UNSEEN_ATTRIBUTES.reason]: 'loaded_before',
              [UNSEEN_ATTRIBUTES.libraries]: array(text('pg'), text('kafkajs')),
            }),
          }),
        ],
      });
      const { breaks, unseen } = await flow('sending');
      expect(breaks).toMatchObject([
        {
          cause: 'loaded_before_sdk',
          certainty: 'likely',
          from: { service: 'printer' },
          to: { service: 'press', address: 'kafka prints' },
          anchor: { spanId: spanId('sending'), side: 'after' },
          continuesIn: { traceId: trace('sent-1'), correlationId: 'sent-1' },
        },
      ]);
      expect(unseen).toEqual([{ service: 'printer', libraries: ['pg'], reason: 'loaded_before' }]);
      await api.write({ spans: Array.from({ length: 60 }, (_, number) => taken(`page ${number}`, 6_070.5 + number, 'pages')) });
      expect(await flow('healthy')).toMatchObject({ breaks: [], unseen: [{ service: 'printer', libraries: ['kafkajs', 'pg'] }] });
      expect((await flow('sending')).breaks).toHaveLength(1);
    });

    it('does not miss a message that its sender holds back', async () => {
      const job = (id: string, delayMillis: number) =>
        buildSpan(id, {
          traceId: trace(id),
          startTimeUnixNano: at(5_900),
          kind: 4,
          service: 'orders',
          attributes: attributes({
            'correlation.id': id,
            'messaging.system': 'bullmq',
            'messaging.destination.name': 'reminders',
            'messaging.operation.type': 'send',
            'threadline.message.delay_millis': int(delayMillis),
          }),
        });
      await api.write({ spans: [job('due', 1_000), job('held', Date.now())] });
      expect(await flow('held')).toMatchObject({ breaks: [], summary: { complete: true, missing: [] } });
      expect((await flow('due')).breaks).toMatchObject([{ cause: 'not_instrumented' }]);
    });

    it('knows who takes from the queue that RabbitMQ routes a message to', async () => {
      const ofRefunds = (id: string, seconds: number, kind: number, service: string, destination: string) =>
        buildSpan(id, {
          traceId: trace(id),
          startTimeUnixNano: at(seconds),
          kind,
          service,
          attributes: attributes({
            'correlation.id': id,
            'messaging.system': 'rabbitmq',
            'messaging.destination.name': destination,
            'messaging.operation.type': kind === 4 ? 'send' : 'process',
          }),
          ...(kind === 4 ? {} : { parentSpanId: spanId('elsewhere') }),
        });
      const message = ofRefunds('partial', 5_900, 4, 'orders', 'refunds:partial');
      await api.write({ spans: [message, ofRefunds('full', 5_800, 5, 'bookkeeper', 'refunds:full:books')] });
      expect((await flow('partial')).breaks).toMatchObject([{ cause: 'not_instrumented', to: { address: 'rabbitmq refunds:partial' } }]);
      await api.write({ spans: [ofRefunds('taken', 5_800, 5, 'refunder', 'refunds:partial:refunder')] });
      expect((await flow('partial')).breaks).toMatchObject([
        { cause: 'message_waiting', to: { service: 'refunder', address: 'rabbitmq refunds:partial' } },
      ]);
    });

    it('knows of a consumer that took a message unseen by what it says of itself, if it lived then', async () => {
      const ofProcess = (id: string, seconds: number, instance: string, fields: object = {}) =>
        buildLog(id, {
          timeUnixNano: at(seconds),
          resource: { attributes: attributes({ 'service.name': instance, 'service.instance.id': instance }) },
          ...fields,
        });
      const unseen = (instance: string) =>
        ofProcess(`unseen-${instance}`, 5_790, instance, {
          eventName: UNSEEN_EVENT,
          attributes: attributes({
            [UNSEEN_ATTRIBUTES.reason]: 'loaded_before',
            [UNSEEN_ATTRIBUTES.libraries]: array(text('pg'), text('bullmq')),
          }),
        });
      const message = buildSpan('parcel', {
        traceId: trace('parcel'),
        startTimeUnixNano: at(5_800),
        kind: 4,
        service: 'orders',
        attributes: attributes({
          'correlation.id': 'parcel',
          'messaging.system': 'bullmq',
          'messaging.destination.name': 'parcels',
          'messaging.operation.type': 'send',
        }),
      });
      await api.write({ spans: [message], logs: [unseen('ended'), unseen('courier')] });
      expect((await flow('parcel')).breaks).toMatchObject([{ cause: 'not_instrumented', to: { address: 'bullmq parcels' } }]);
      await api.write({ logs: [ofProcess('delivered', 5_801, 'courier')] });
      expect((await flow('parcel')).breaks).toMatchObject([
        { cause: 'loaded_before_sdk', from: { service: 'orders' }, to: { service: 'courier', address: 'bullmq parcels' } },
      ]);
    });

    it('reports no fault of its own for any of this', () => {
      expect(api.errors).toEqual([]);
    });
  });
}

/** Fails where a span stands before its parent or before what it links to. */
function expectCausal(spans: readonly Span[]): void {
  const place = new Map(spans.map((span, index) => [span.spanId, index]));
  for (const span of spans) {
    for (const cause of [span.parentSpanId, ...(span.links ?? []).map((link) => link.spanId)]) {
      if (cause !== undefined && place.has(cause)) expect(place.get(cause)).toBeLessThan(place.get(span.spanId) ?? -1);
    }
  }
}

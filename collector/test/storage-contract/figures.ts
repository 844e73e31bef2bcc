import { beforeAll, describe, expect, it } from 'vitest';
import type { IndexedSpan } from '../../src/model/record.ts';
import { readMap } from '../../src/query/services/read-map.ts';
import { readService } from '../../src/query/services/read-service.ts';
import { createUsualDurations } from '../../src/query/services/usual-durations.ts';
import { quantile } from '../../src/storage/figures/duration-histogram.ts';
import type { Figure, FigureKey, FiguresRequest } from '../../src/storage/figures/figures.ts';
import { OTHER } from '../../src/storage/figures/figures.ts';
import { environmentQuery } from '../../src/storage/figures/resource-queries.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, buildSpan, hexId, SECOND_NANOS } from './builders.ts';
import { readContext, writeAndAwait } from './reading.ts';
import { ServiceLinkCounter } from './reference-service-links.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';
import { attributes } from './values.ts';

const BASE_MINUTE = Number(BASE_NANOS / (60n * SECOND_NANOS));
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
/** More than are kept apart. */
const NAMES = 1_200;

type Fields = NonNullable<Parameters<typeof buildSpan>[1]>;

/** A span of a trace, whose parent is named by its id. */
function span(
  id: string,
  { parent, trace = 'shop', ...fields }: Fields & { readonly parent?: string; readonly trace?: string },
): IndexedSpan {
  return buildSpan(`${trace} ${id}`, {
    traceId: hexId(trace, 32),
    ...(parent !== undefined && { parentSpanId: hexId(`${trace} ${parent}`, 16) }),
    ...fields,
  });
}

const linkTo = (id: string, trace = 'shop') => ({ traceId: hexId(trace, 32), spanId: hexId(`${trace} ${id}`, 16), attributes: [] });
const http = (method: string, more: Record<string, string> = {}) => attributes({ 'http.request.method': method, ...more });

const SHOP = [
  span('in', { service: 'gateway', kind: SERVER, name: 'GET', attributes: http('GET', { 'http.route': '/checkout/:id' }), seconds: 3 }),
  span('out', {
    service: 'gateway',
    parent: 'in',
    kind: CLIENT,
    name: 'POST',
    attributes: http('POST', { 'server.address': 'orders.local' }),
  }),
  span('api', {
    service: 'gateway',
    parent: 'in',
    kind: CLIENT,
    name: 'GET',
    attributes: http('GET', { 'server.address': 'api.example.com' }),
  }),
  span('order', {
    service: 'orders',
    parent: 'out',
    kind: SERVER,
    name: 'POST /orders/7',
    attributes: http('POST'),
    seconds: 2,
    status: { code: 2 },
  }),
  span('db', {
    service: 'orders',
    parent: 'order',
    kind: CLIENT,
    name: 'INSERT',
    attributes: attributes({ 'db.system.name': 'postgresql', 'db.namespace': 'shop' }),
    seconds: 0.5,
  }),
  span('send', {
    service: 'orders',
    parent: 'order',
    kind: PRODUCER,
    name: 'send created',
    attributes: attributes({ 'messaging.system': 'kafka', 'messaging.destination.name': 'created' }),
  }),
  // Its kind says nothing; its attributes and its link do.
  span('take', {
    trace: 'mail',
    service: 'mail',
    kind: 1,
    name: 'process created',
    attributes: attributes({ 'messaging.system': 'kafka', 'messaging.destination.name': 'created', 'messaging.operation.type': 'process' }),
    links: [linkTo('send')],
    startTimeUnixNano: at(61),
  }),
  span('rpc', { service: 'stock', parent: 'order', kind: 0, name: 'stock.Stock/Take', attributes: attributes({ 'rpc.system': 'grpc' }) }),
  span('health', { trace: 'probe', service: 'orders', kind: SERVER, name: 'GET', attributes: http('GET', { 'http.route': '/healthz' }) }),
  span('metrics', {
    trace: 'scrape',
    service: 'orders',
    kind: SERVER,
    name: 'GET',
    attributes: http('GET', { 'url.path': '/api/metrics' }),
  }),
  span('nobody', { service: '', parent: 'order', kind: SERVER, name: 'GET' }),
];

interface LogFields {
  readonly second?: number;
  readonly severityNumber?: number;
  readonly more?: Record<string, string>;
}

/** A line for each figure: what it is of, spans and errors. */
function lines(figures: readonly Figure[]): string[] {
  return figures.map(({ key, counts }) => `${nameOf(key)}: ${counts.spans}${counts.errors > 0 ? `, ${counts.errors} failed` : ''}`).sort();
}

function nameOf(key: FigureKey): string {
  switch (key.type) {
    case 'service':
      return key.service;
    case 'operation':
      return `${key.service} ${key.kind} ${key.name}`;
    case 'call':
      return `${key.caller} > ${key.service} by ${key.protocol}${key.host === '' ? '' : ` at ${key.host}`}`;
    case 'peer':
      return key.isSource ? `${key.peerType} ${key.peer} > ${key.service}` : `${key.service} > ${key.peerType} ${key.peer}`;
    case 'instance':
    case 'entry':
    case 'logs':
      return `${key.type} of ${key.namespace}/${key.service} ${key.version} on ${key.instance}`;
  }
}

export function describeFigures({ storage, newTenant }: ContractContext): void {
  const read = async (tenant: string, request: Partial<FiguresRequest> & Pick<FiguresRequest, 'types'>, of: Storage = storage()) =>
    (await of.serviceFigures({ range: {}, ...request }, readContext(tenant))).figures;

  describe('figures of services', () => {
    const tenant = newTenant('figures');
    beforeAll(() => writeAndAwait(storage(), tenant, { spans: SHOP }));

    it('count what services were called for; health checks, scrapes and spans of no service are left out', async () => {
      expect(lines(await read(tenant, { types: ['service'] }))).toEqual(['gateway: 1', 'mail: 1', 'orders: 1, 1 failed', 'stock: 1']);
    });

    it('count operations by method and route, a served request without a route by its method alone, all else by name', async () => {
      expect(lines(await read(tenant, { types: ['operation'] }))).toEqual([
        'gateway 2 GET /checkout/:id: 1',
        'gateway 3 GET: 1',
        'gateway 3 POST: 1',
        'mail 1 process created: 1',
        'orders 2 POST: 1, 1 failed',
        'orders 3 INSERT: 1',
        'orders 4 send created: 1',
        'stock 0 stock.Stock/Take: 1',
      ]);
    });

    it('know who called whom by parents, links and attributes, and by which host', async () => {
      expect(lines(await read(tenant, { types: ['call'] }))).toEqual([
        'gateway > orders by http at orders.local: 1, 1 failed',
        'orders > mail by messaging: 1',
        'orders > stock by grpc: 1',
      ]);
    });

    it('know the queues, databases and hosts that services talk to', async () => {
      expect(lines(await read(tenant, { types: ['peer'] }))).toEqual([
        'gateway > external api.example.com: 1',
        'gateway > external orders.local: 1',
        'orders > database postgresql shop: 1',
        'orders > queue kafka created: 1',
        'queue kafka created > mail: 1',
      ]);
    });

    it('are of one service where that is asked for, of calls both ways', async () => {
      expect(lines(await read(tenant, { types: ['service', 'call'], service: 'orders' }))).toEqual([
        'gateway > orders by http at orders.local: 1, 1 failed',
        'orders > mail by messaging: 1',
        'orders > stock by grpc: 1',
        'orders: 1, 1 failed',
      ]);
    });

    it('are of the minutes that the range touches', async () => {
      const minute = (number: number): bigint => BASE_NANOS + BigInt(number) * 60n * SECOND_NANOS;
      expect(lines(await read(tenant, { types: ['service'], range: { fromNanos: minute(1) } }))).toEqual(['mail: 1']);
      expect(lines(await read(tenant, { types: ['service'], range: { fromNanos: minute(1) + 5n, toNanos: minute(1) + 6n } }))).toEqual([
        'mail: 1',
      ]);
      expect(lines(await read(tenant, { types: ['service'], range: { toNanos: minute(1) } }))).not.toContain('mail: 1');
      expect(await read(tenant, { types: ['service'], range: { fromNanos: minute(2) } })).toEqual([]);
    });

    it('say when something was first and last seen, how it was over time and of late', async () => {
      const [mail] = await read(tenant, { types: ['service'], service: 'mail', stepMinutes: 1, recentFromMinute: BASE_MINUTE + 1 });
      expect(mail).toMatchObject({
        firstMinute: BASE_MINUTE + 1,
        lastMinute: BASE_MINUTE + 1,
        recent: { spans: 1 },
        points: [{ minute: BASE_MINUTE + 1, counts: { spans: 1 } }],
      });
      const [gateway] = await read(tenant, { types: ['service'], service: 'gateway', recentFromMinute: BASE_MINUTE + 1 });
      expect(gateway).toMatchObject({ counts: { spans: 1 }, recent: { spans: 0 }, points: [] });
    });

    it('have durations whose percentiles are near', async () => {
      const [database] = await read(tenant, { types: ['peer'], service: 'orders' }).then((figures) =>
        figures.filter(({ key }) => key.type === 'peer' && key.peerType === 'database'),
      );
      const nanos = database && quantile(database.counts.durations, 0.95);
      expect(Math.abs((nanos ?? 0) / 500_000_000 - 1)).toBeLessThan(0.04);
    });

    it('are those of one tenant', async () => {
      expect(await read(newTenant('nofigures'), { types: ['service', 'operation', 'call', 'peer', 'instance'] })).toEqual([]);
    });
  });

  describe('figures of several environments', () => {
    const tenant = newTenant('figuresenvironments');
    /** Of each a gateway that calls orders, which asks a database and fails in staging. */
    const callsIn = (environment: string, names: Record<string, string>) => {
      const of = (service: string) => ({ resource: { attributes: attributes({ 'service.name': service, ...names }) } });
      const trace = { traceId: hexId(`trace in ${environment}`, 32) };
      const under = (name: string) => ({ parentSpanId: hexId(`${name} in ${environment}`, 16) });
      return [
        buildSpan(`in in ${environment}`, { ...trace, ...of('gateway'), kind: SERVER, name: 'GET /' }),
        buildSpan(`out in ${environment}`, {
          ...{ ...trace, ...of('gateway'), ...under('in'), kind: CLIENT, name: 'GET' },
          attributes: http('GET', { 'server.address': 'orders.local' }),
        }),
        buildSpan(`order in ${environment}`, {
          ...{ ...trace, ...of('orders'), ...under('out'), kind: SERVER, name: 'GET /orders' },
          ...(environment === 'staging' && { status: { code: 2 } }),
        }),
        buildSpan(`db in ${environment}`, {
          ...{ ...trace, ...of('orders'), ...under('order'), kind: CLIENT, name: 'SELECT' },
          attributes: attributes({ 'db.system.name': 'postgresql', 'db.namespace': environment }),
        }),
      ];
    };
    beforeAll(() =>
      writeAndAwait(storage(), tenant, {
        spans: [
          ...callsIn('production', { 'deployment.environment.name': 'production', 'deployment.environment': 'staging' }),
          ...callsIn('staging', { 'deployment.environment': 'staging', 'deployment.environment.name': '' }),
          ...callsIn('nowhere', {}),
        ],
        logs: [
          buildLog('staging log', {
            resource: { attributes: attributes({ 'service.name': 'orders', 'deployment.environment': 'staging' }) },
          }),
        ],
      }),
    );
    const types = ['service', 'operation', 'call', 'peer'] as const;

    it('are of one where that is asked for, and of all together else', async () => {
      expect(lines(await read(tenant, { types, environment: 'staging' }))).toEqual([
        'gateway 2 GET /: 1',
        'gateway 3 GET: 1',
        'gateway > external orders.local: 1',
        'gateway > orders by other at orders.local: 1, 1 failed',
        'gateway: 1',
        'orders 2 GET /orders: 1, 1 failed',
        'orders 3 SELECT: 1',
        'orders > database postgresql staging: 1',
        'orders: 1, 1 failed',
      ]);
      expect(lines(await read(tenant, { types: ['service', 'call', 'peer'], environment: '' }))).toEqual([
        'gateway > external orders.local: 1',
        'gateway > orders by other at orders.local: 1',
        'gateway: 1',
        'orders > database postgresql nowhere: 1',
        'orders: 1',
      ]);
      expect(lines(await read(tenant, { types: ['service'], environment: 'production' }))).toEqual(['gateway: 1', 'orders: 1']);
      expect(lines(await read(tenant, { types: ['service'] }))).toEqual(['gateway: 3', 'orders: 3, 1 failed']);
      expect(await read(tenant, { types, environment: 'elsewhere' })).toEqual([]);
    });

    it('tell of all where their instances and logs are, and what each was asked for', async () => {
      const figures = await read(tenant, { types: ['instance', 'entry', 'logs'], environment: 'staging' });
      const spansIn = (type: FigureKey['type'], environment: string) =>
        figures.flatMap(({ key, counts }) =>
          key.type === type && 'environment' in key && key.environment === environment ? [`${key.service}: ${counts.spans}`] : [],
        );
      expect(spansIn('instance', 'staging').sort()).toEqual(['gateway: 2', 'orders: 2']);
      expect(spansIn('entry', 'staging').sort()).toEqual(['gateway: 1', 'orders: 1']);
      const named = figures.map(({ key }) => `${key.type} ${key.service} ${'environment' in key && key.environment}`);
      expect(named.sort()).toEqual([
        'entry gateway ',
        'entry gateway production',
        'entry gateway staging',
        'entry orders ',
        'entry orders production',
        'entry orders staging',
        'instance gateway ',
        'instance gateway production',
        'instance gateway staging',
        'instance orders ',
        'instance orders production',
        'instance orders staging',
        'logs orders staging',
      ]);
    });

    it('are of the spans that a query for the environment finds', async () => {
      for (const [environment, database] of [
        ['production', 'production'],
        ['staging', 'staging'],
        ['', 'nowhere'],
      ] as const) {
        const rows = { query: environmentQuery(environment), range: {}, order: 'asc', limit: 100 } as const;
        const { rows: found } = await storage().searchSpans(rows, readContext(tenant));
        expect(found.map(({ record }) => record.traceId)).toEqual(Array(4).fill(hexId(`trace in ${database}`, 32)));
      }
    });
  });

  describe('figures of logs', () => {
    const tenant = newTenant('figuresoflogs');
    const log = (id: string, service: string, { second = 0, severityNumber = 9, more = {} }: LogFields = {}) =>
      buildLog(id, {
        timeUnixNano: at(second),
        severityNumber,
        resource: { attributes: attributes({ ...(service !== '' && { 'service.name': service }), ...more }) },
      });
    const one = { 'service.namespace': 'shop', 'service.version': '1.0.0', 'service.instance.id': 'one' };
    const LOGS = [
      log('1', 'worker', { more: one }),
      log('2', 'worker', { second: 59, severityNumber: 17, more: one }),
      log('3', 'worker', { second: 60, severityNumber: 21, more: { ...one, 'service.version': '1.1.0' } }),
      log('4', 'worker', { second: 185, more: { ...one, 'service.version': '1.1.0' } }),
      log('5', 'cron', { second: 10, severityNumber: 13 }),
      log('6', ''),
    ];
    beforeAll(() => writeAndAwait(storage(), tenant, { logs: LOGS, spans: SHOP }));

    it('count the records of each version and instance and their errors; those of no service are left out', async () => {
      expect(lines(await read(tenant, { types: ['logs'] }))).toEqual([
        'logs of /cron  on : 1',
        'logs of shop/worker 1.0.0 on one: 2, 1 failed',
        'logs of shop/worker 1.1.0 on one: 2, 1 failed',
      ]);
    });

    it('are of one service and of a range, with what is recent and how it was over time', async () => {
      const range = { fromNanos: BASE_NANOS + 60n * SECOND_NANOS };
      const request = { types: ['logs'], service: 'worker', range, stepMinutes: 1, recentFromMinute: BASE_MINUTE + 3 } as const;
      expect(await read(tenant, request)).toMatchObject([
        {
          key: { type: 'logs', namespace: 'shop', version: '1.1.0' },
          counts: { spans: 2, errors: 1 },
          recent: { spans: 1, errors: 0 },
          firstMinute: BASE_MINUTE + 1,
          lastMinute: BASE_MINUTE + 3,
          points: [
            { minute: BASE_MINUTE + 1, counts: { count: 1, errors: 1 } },
            { minute: BASE_MINUTE + 3, counts: { count: 1, errors: 0 } },
          ],
        },
      ]);
    });

    it('are told beside those of spans, with points of those alone that are asked for', async () => {
      const figures = await read(tenant, { types: ['service', 'logs'], stepMinutes: 1, pointsOf: ['service'] });
      expect(figures.filter(({ points }) => points.length > 0).map(({ key }) => key.type)).toEqual(Array(4).fill('service'));
      expect(figures.filter(({ key }) => key.type === 'logs')).toHaveLength(3);
    });

    it('stay as they are when the same records are written again', async () => {
      const before = lines(await read(tenant, { types: ['logs'] }));
      await storage().writeLogs(tenant, LOGS, { mayRepeat: true });
      await writeAndAwait(storage(), tenant, { logs: LOGS });
      expect(lines(await read(tenant, { types: ['logs'] }))).toEqual(before);
    });
  });

  describe('figures of what comes apart', () => {
    it('join calls whatever comes first, in calls of their own', async () => {
      const tenant = newTenant('figuresapart');
      for (const one of SHOP.toReversed()) await storage().writeSpans(tenant, [one]);
      await writeAndAwait(storage(), tenant, { spans: [] });
      await writeAndAwait(storage(), tenant, { spans: SHOP });
      expect(lines(await read(tenant, { types: ['call'] }))).toEqual([
        'gateway > orders by http at orders.local: 1, 1 failed',
        'orders > mail by messaging: 1',
        'orders > stock by grpc: 1',
      ]);
      expect(lines(await read(tenant, { types: ['service'] }))).toEqual(['gateway: 1', 'mail: 1', 'orders: 1, 1 failed', 'stock: 1']);
    });

    it.each([1, 2, 3])('count calls as the plain reference does, however random spans are cut into calls (%i)', async (round) => {
      const tenant = newTenant(`figuresrandom${round}`);
      const random = new SeededRandom(20_261_126 + round);
      const spans = randomTraces(random);
      for (let start = 0; start < spans.length; ) {
        const count = random.below(120) + 1;
        await storage().writeSpans(tenant, spans.slice(start, start + count), { mayRepeat: true });
        start += count;
      }
      await writeAndAwait(storage(), tenant, { spans });
      const reference = new ServiceLinkCounter();
      for (const { record } of spans) reference.add(record);
      const expected = reference.links().map(({ parent, child, callCount }) => `${parent} > ${child}: ${callCount}`);
      const counted = new Map<string, number>();
      for (const { key, counts } of await read(tenant, { types: ['call'] })) {
        if (key.type !== 'call') continue;
        const name = `${key.caller} > ${key.service}`;
        counted.set(name, (counted.get(name) ?? 0) + counts.spans);
      }
      expect(Array.from(counted, ([name, count]) => `${name}: ${count}`).sort()).toEqual(expected.sort());
      expect(expected.length).toBeGreaterThan(10);
    });
  });

  describe('figures of what is called seldom', () => {
    const tenant = newTenant('rhythm');
    const HOUR = 3_600;
    const run = (service: string, second: number) =>
      span(`${service} ${second}`, { trace: `${service} ${second}`, service, kind: SERVER, startTimeUnixNano: at(second) });
    /** From minute to minute. */
    const range = (from: number, to: number) => {
      const [fromNanos, toNanos] = [from, to].map((minute) => BASE_NANOS + BigInt(minute) * 60n * SECOND_NANOS);
      if (fromNanos === undefined || toNanos === undefined) throw new Error('a range has two ends');
      return {
        fromNanos,
        toNanos,
        range: { fromNanos, toNanos },
        recentFromMinute: BASE_MINUTE + to - 5,
        seconds: 60 * (to - from),
        stepMinutes: 1,
      };
    };
    const reader = () => ({ storage: storage(), context: readContext(tenant), usualDurations: createUsualDurations() });
    beforeAll(() =>
      writeAndAwait(storage(), tenant, {
        spans: [
          ...[0, 1, 2, 3, 4].map((hour) => run('hourly', hour * HOUR)),
          ...[0, 1, 2, 3].map((quarter) => run('quarterly', 3 * HOUR + quarter * 900)),
          // Once a minute until it ended, just after the last run of the others.
          ...Array.from({ length: 62 }, (_, minute) => run('steady', 3 * HOUR + minute * 60)),
        ],
      }),
    );

    it('tell of a range that has it once that it waits, until it is overdue', async () => {
      const state = async (service: string, from: number, to: number) => {
        const { state: found, reason } = await readService({ service, range: range(from, to) }, reader());
        return [found, reason.type, reason.usualMinutes];
      };
      expect(await state('hourly', 235, 250)).toEqual(['healthy', 'resting', 60]);
      expect(await state('quarterly', 220, 235)).toEqual(['healthy', 'resting', 15]);
      expect(await state('hourly', 235, 335)).toEqual(['silent', 'nothing', undefined]);
      expect(await state('steady', 235, 250)).toEqual(['silent', 'nothing', undefined]);
      const { nodes } = await readMap(range(235, 250), reader());
      expect(nodes.map(({ name, state: found, reason }) => [name, found, reason?.type])).toEqual([
        ['hourly', 'healthy', 'resting'],
        ['steady', 'silent', 'nothing'],
      ]);
    });
  });

  describe('figures of what sends no spans itself', () => {
    it('tell how it fares by the calls of the last minutes', async () => {
      const tenant = newTenant('peerstates');
      const spans = Array.from({ length: 40 }, (_, minute) =>
        Array.from({ length: 12 }, (__, call) =>
          span(`${minute} ${call}`, {
            ...{
              trace: `${minute} ${call}`,
              service: call % 2 === 0 ? 'orders' : 'stock',
              kind: CLIENT,
              startTimeUnixNano: at(minute * 60 + call),
            },
            attributes: attributes({ 'db.system.name': 'postgresql', 'db.namespace': call < 6 ? 'slow' : 'failing' }),
            ...(call < 6 ? { seconds: minute >= 35 ? 1 : 0.1 } : minute >= 35 && { status: { code: 2 } }),
          }),
        ),
      );
      await writeAndAwait(storage(), tenant, { spans: spans.flat() });
      const [fromNanos, toNanos] = [BASE_NANOS, BASE_NANOS + 40n * 60n * SECOND_NANOS];
      const range = { fromNanos, toNanos };
      const { nodes } = await readMap(
        { ...range, range, recentFromMinute: BASE_MINUTE + 35, seconds: 2_400, stepMinutes: 1 },
        { storage: storage(), context: readContext(tenant), usualDurations: createUsualDurations() },
      );
      expect(nodes.filter(({ type }) => type === 'database').map(({ name, state, reason }) => [name, state, reason?.type])).toEqual([
        ['postgresql failing', 'down', 'calls'],
        ['postgresql slow', 'degraded', 'slow'],
      ]);
    });
  });

  describe('figures that are bounded or estimated', () => {
    it('count operations beyond a thousand of a service together', async () => {
      const tenant = newTenant('figuresbound');
      const spans = Array.from({ length: NAMES }, (_, index) =>
        span(`${index}`, { trace: 'many', service: 'wild', name: `GET /users/${index}` }),
      );
      await writeAndAwait(storage(), tenant, { spans });
      const figures = await read(tenant, { types: ['operation'] });
      expect(figures).toHaveLength(1_001);
      const other = figures.find(({ key }) => key.type === 'operation' && key.name === OTHER);
      expect(other?.counts.spans).toBe(NAMES - 1_000);
      expect(figures.reduce((sum, { counts }) => sum + counts.spans, 0)).toBe(NAMES);
    });

    it('are weighted by the sampling threshold in the trace state', async () => {
      const tenant = newTenant('figuresweight');
      const spans = [
        span('1', { trace: 'sampled', service: 'sampled', traceState: 'vendor=1,ot=th:c' }),
        span('2', { trace: 'sampled', service: 'sampled', traceState: 'ot=rv:1;th:8', status: { code: 2 } }),
        span('3', { trace: 'sampled', service: 'sampled' }),
      ];
      await writeAndAwait(storage(), tenant, { spans });
      expect(await read(tenant, { types: ['service'] })).toMatchObject([{ counts: { spans: 3, count: 7, errors: 2 } }]);
    });
  });
}

/** Traces through services at random: parents that never come, links of what takes messages and of what does not, spans of no service. */
function randomTraces(random: SeededRandom): IndexedSpan[] {
  const services = ['a', 'b', 'c', 'd', 'e', ''];
  const spans: IndexedSpan[] = [];
  for (let trace = 0; trace < 60; trace += 1) {
    for (let index = 0; index < 12; index += 1) {
      const parent = index > 0 && random.chance(0.9) ? random.below(index + 1) - 1 : undefined;
      spans.push(
        span(`${index}`, {
          trace: `random ${trace}`,
          service: random.pick(services),
          kind: random.below(6),
          startTimeUnixNano: at(random.below(600)),
          ...(parent !== undefined && { parent: `${parent}` }),
          ...(random.chance(0.25) && { links: [linkTo(`${random.below(12)}`, `random ${random.below(60)}`)] }),
        }),
      );
    }
  }
  return random.shuffle(spans);
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  EnvironmentsAnswer,
  OperationFiguresAnswer,
  ServiceFiguresAnswer,
  ServiceMapAnswer,
  TrafficFigures,
} from '../../src/api/index.ts';
import { at, buildSpan, hexId } from '../storage-contract/builders.ts';
import { attributes } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = 'from=2026-11-20T10:00:00Z&to=2026-11-20T10:30:00Z';
const MINUTES = 30;
/** In the last five minutes of the range every call of `orders` fails. */
const FAILING_FROM = 25;

function callsOf(minute: number) {
  const trace = { traceId: hexId(`trace ${minute}`, 32), startTimeUnixNano: at(minute * 60) };
  const id = (name: string): string => `${name} ${minute}`;
  const parent = (name: string) => ({ parentSpanId: hexId(id(name), 16) });
  const http = (values: Record<string, string> = {}) => attributes({ 'http.request.method': 'POST', ...values });
  const resource = (service: string) => ({
    resource: {
      attributes: attributes({ 'service.name': service, 'service.version': minute < 10 ? '1.0.0' : '1.1.0', 'service.instance.id': 'one' }),
    },
  });
  return [
    buildSpan(id('gateway'), { ...trace, kind: 2, attributes: http({ 'http.route': '/checkout' }), ...resource('gateway') }),
    buildSpan(id('call'), {
      ...trace,
      ...parent('gateway'),
      kind: 3,
      attributes: http({ 'server.address': 'orders' }),
      ...resource('gateway'),
    }),
    buildSpan(id('orders'), {
      ...trace,
      ...parent('call'),
      kind: 2,
      attributes: http({ 'http.route': '/orders' }),
      ...(minute >= FAILING_FROM && { status: { code: 2 } }),
      ...resource('orders'),
    }),
    buildSpan(id('db'), {
      ...trace,
      ...parent('orders'),
      kind: 3,
      name: 'INSERT',
      seconds: 0.1,
      attributes: attributes({ 'db.system.name': 'postgresql', 'db.namespace': 'shop' }),
      ...resource('orders'),
    }),
    ...(minute < 20 ? [buildSpan(id('old'), { ...trace, kind: 2, name: 'work', ...resource('old') })] : []),
    // Nobody calls these two of late, and both are looked at again and again.
    ...['probed', ...(minute < 20 ? [] : ['idle'])].map((service) =>
      buildSpan(id(`${service} probe`), {
        ...trace,
        traceId: hexId(id(`${service} probe`), 32),
        kind: 2,
        attributes: http({ 'http.route': '/healthz' }),
        ...resource(service),
      }),
    ),
    ...(minute < 20
      ? [
          buildSpan(id('idle'), {
            ...trace,
            traceId: hexId(id('idle'), 32),
            kind: 2,
            attributes: http({ 'http.route': '/idle' }),
            ...resource('idle'),
          }),
        ]
      : []),
  ];
}

describe('figures of services over HTTP', () => {
  let api: QueryApi;
  beforeAll(async () => {
    api = await startQueryApi();
    await api.write({ spans: Array.from({ length: MINUTES }, (_, minute) => callsOf(minute)).flat() });
  });
  afterAll(() => api.stop());

  it('draw a map of who calls whom, on which a host that is a service is that service', async () => {
    const map = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${RANGE}`);
    expect(map).toMatchObject({ from: '2026-11-20T10:00:00Z', to: '2026-11-20T10:30:00Z', stepMinutes: 1 });
    expect(map.nodes.map(({ id, state, lastSeen }) => [id, state, lastSeen])).toEqual([
      ['service:gateway', 'healthy', '2026-11-20T10:29:00Z'],
      ['service:idle', 'healthy', '2026-11-20T10:29:00Z'],
      ['service:old', 'silent', '2026-11-20T10:19:00Z'],
      ['service:orders', 'down', '2026-11-20T10:29:00Z'],
      ['service:probed', 'healthy', '2026-11-20T10:29:00Z'],
      ['database:postgresql shop', 'healthy', undefined],
    ]);
    expect(map.edges.map(({ from, to, protocol, figures }) => [from, to, protocol, figures.count, figures.errors])).toEqual([
      ['service:gateway', 'service:orders', 'http', MINUTES, MINUTES - FAILING_FROM],
      ['service:orders', 'database:postgresql shop', 'database', MINUTES, 0],
    ]);
    expect(map.nodes.at(-1)?.figures).toMatchObject({ count: MINUTES, p50Millis: 98.6 });
    const orders = map.nodes.find(({ name }) => name === 'orders');
    expect(orders).toMatchObject({ reason: { type: 'calls', count: 5, errors: 5 }, instanceCount: 1, versions: ['1.1.0'] });
    expect(map.nodes.find(({ name }) => name === 'old')).toMatchObject({ reason: { type: 'nothing' }, instanceCount: 0, versions: [] });
    expect(orders?.figures).toEqual({ count: 30, errors: 5, perSecond: 0.0167, p50Millis: 990, p95Millis: 990, p99Millis: 990 });
    expect(orders?.points).toHaveLength(MINUTES);
    expect(orders?.points?.[29]).toMatchObject({ from: '2026-11-20T10:29:00Z', count: 1, errors: 1 });
  });

  it('say of a service that health checks alone reach that it lives, and count none of them', async () => {
    const probed = await api.get<ServiceFiguresAnswer>(`/api/v1/services/probed/figures?${RANGE}`);
    expect(probed).toMatchObject({
      state: 'healthy',
      reason: { type: 'uncalled' },
      lastSeen: '2026-11-20T10:29:00Z',
      figures: { count: 0 },
    });
    const idle = await api.get<ServiceFiguresAnswer>(`/api/v1/services/idle/figures?${RANGE}`);
    expect(idle).toMatchObject({
      state: 'healthy',
      reason: { type: 'uncalled' },
      lastSeen: '2026-11-20T10:29:00Z',
      figures: { count: 20 },
    });
    const before = 'from=2026-11-20T10:00:00Z&to=2026-11-20T10:31:00Z';
    expect(await api.get<ServiceFiguresAnswer>(`/api/v1/services/old/figures?${before}`)).toMatchObject({ state: 'silent' });
    const later = await api.get<ServiceFiguresAnswer>('/api/v1/services/probed/figures?from=2026-11-20T10:00:00Z&to=2026-11-20T10:50:00Z');
    expect(later).toMatchObject({ state: 'silent', lastSeen: '2026-11-20T10:29:00Z' });
  });

  it('say of a job that runs once an hour that it waits, until it is overdue', async () => {
    const day = '2026-11-22';
    const runs = Array.from({ length: 5 }, (_, hour) =>
      buildSpan(`hourly ${hour}`, {
        traceId: hexId(`hourly ${hour}`, 32),
        startTimeUnixNano: at(2 * 86_400 + hour * 3_600),
        kind: 1,
        name: 'run',
        resource: { attributes: attributes({ 'service.name': 'hourly' }) },
      }),
    );
    await api.write({ spans: runs });
    const until = (time: string) => `from=${day}T08:00:00Z&to=${day}T${time}:00Z`;
    const waiting = { state: 'healthy', reason: { type: 'resting', count: 1, errors: 0, usualMinutes: 60 } };
    expect(await api.get<ServiceFiguresAnswer>(`/api/v1/services/hourly/figures?${until('14:40')}`)).toMatchObject(waiting);
    const map = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${until('14:40')}`);
    expect(map.nodes.find(({ id }) => id === 'service:hourly')).toMatchObject(waiting);
    expect(await api.get<ServiceFiguresAnswer>(`/api/v1/services/hourly/figures?${until('15:40')}`)).toMatchObject({ state: 'silent' });
    // A quarter of an hour has it once, and the steps of a week have it in each: its rhythm is that of the day before the end.
    for (const range of [`from=${day}T13:55:00Z&to=${day}T14:10:00Z`, `from=2026-11-15T14:10:00Z&to=${day}T14:10:00Z`]) {
      expect(await api.get<ServiceFiguresAnswer>(`/api/v1/services/hourly/figures?${range}`)).toMatchObject(waiting);
      const { nodes } = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${range}`);
      expect(nodes.find(({ id }) => id === 'service:hourly')).toMatchObject(waiting);
    }
  });

  it('say of a service that it is slow, however much of the range it has been so', async () => {
    const day = '2026-11-23';
    const calls = Array.from({ length: 600 }, (_, place) =>
      buildSpan(`slowed ${place}`, {
        traceId: hexId(`slowed ${place}`, 32),
        startTimeUnixNano: at(3 * 86_400 + place * 6),
        kind: 2,
        seconds: place < 300 ? 0.1 : 0.5,
        resource: { attributes: attributes({ 'service.name': 'slowed' }) },
      }),
    );
    await api.write({ spans: calls });
    const slow = { state: 'degraded', reason: { type: 'slow', p95Millis: 495, usualP95Millis: 98.6 } };
    const figures = (range: string) => api.get<ServiceFiguresAnswer>(`/api/v1/services/slowed/figures?${range}`);
    const until = (from: string, to: string) => `from=${day}T${from}:00Z&to=${day}T${to}:00Z`;
    for (const range of [until('10:00', '11:00'), until('10:45', '11:00'), until('00:00', '11:00'), until('10:00', '10:36')]) {
      expect(await figures(range)).toMatchObject(slow);
      const { nodes } = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${range}`);
      expect(nodes.find(({ id }) => id === 'service:slowed')).toMatchObject(slow);
    }
    expect(await figures(until('10:00', '10:30'))).toMatchObject({ state: 'healthy', reason: { type: 'calls' } });
  });

  it('say of a service that nobody reaches that it is down, and count what arrived nowhere where it was to arrive', async () => {
    const start = 7 * 86_400;
    const day = '2026-11-27';
    const span = (
      name: string,
      minute: number,
      { caller, kind, host, isError }: Record<'caller', string> & { kind: number; host?: string; isError?: boolean },
      parent?: string,
    ) =>
      buildSpan(`${name} ${minute}`, {
        traceId: hexId(`unreached ${minute}`, 32),
        startTimeUnixNano: at(start + minute * 60),
        kind,
        ...(parent !== undefined && { parentSpanId: hexId(`${parent} ${minute}`, 16) }),
        ...(isError && { status: { code: 2 } }),
        attributes: attributes({ 'http.request.method': 'GET', ...(host !== undefined && { 'server.address': host }) }),
        resource: { attributes: attributes({ 'service.name': caller }) },
      });
    // Two hosts with a name and one that several services are at. From the tenth minute on `stock` is gone; `rates` goes on.
    const spans = Array.from({ length: 20 }, (_, minute) => {
      const isGone = minute >= 10;
      return [
        span('shop', minute, { caller: 'shop', kind: 2 }),
        ...['stock-host', '127.0.0.1'].flatMap((host) => [
          span(`to ${host}`, minute, { caller: 'shop', kind: 3, host, isError: isGone }, 'shop'),
          ...(isGone ? [] : [span(`stock of ${host}`, minute, { caller: 'stock', kind: 2 }, `to ${host}`)]),
        ]),
        span('to rates', minute, { caller: 'shop', kind: 3, host: '127.0.0.1' }, 'shop'),
        span('rates', minute, { caller: 'rates', kind: 2 }, 'to rates'),
        // Called by its own name alone, and never there.
        span('to mail', minute, { caller: 'shop', kind: 3, host: 'mail', isError: true }, 'shop'),
      ];
    });
    const mail = buildSpan('mail lives', {
      traceId: hexId('mail lives', 32),
      startTimeUnixNano: at(start),
      kind: 1,
      resource: { attributes: attributes({ 'service.name': 'mail' }) },
    });
    await api.write({ spans: [...spans.flat(), mail] });
    const range = `from=${day}T10:00:00Z&to=${day}T10:20:00Z`;
    const map = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${range}`);
    expect(map.edges.map(({ from, to, figures }) => [from, to, figures.count, figures.errors])).toEqual([
      ['service:shop', 'external:127.0.0.1', 10, 10],
      ['service:shop', 'service:mail', 20, 20],
      ['service:shop', 'service:rates', 20, 0],
      ['service:shop', 'service:stock', 30, 10],
    ]);
    const states = new Map(map.nodes.map(({ id, state, reason }) => [id, [state, reason]]));
    expect(states.get('service:stock')).toEqual(['down', { type: 'unanswered', count: 5, errors: 5 }]);
    expect(states.get('service:mail')).toEqual(['down', { type: 'unanswered', count: 5, errors: 5 }]);
    expect(states.get('service:rates')).toEqual(['healthy', { type: 'calls', count: 5, errors: 0, unjudged: 'few' }]);
    const stock = await api.get<ServiceFiguresAnswer>(`/api/v1/services/stock/figures?${range}`);
    expect(stock).toMatchObject({ state: 'down', reason: { type: 'unanswered', count: 5, errors: 5 }, figures: { count: 20 } });
    expect(stock.callers.map(({ node, figures }) => [node.id, figures.count, figures.errors])).toEqual([['service:shop', 30, 10]]);
    const shop = await api.get<ServiceFiguresAnswer>(`/api/v1/services/shop/figures?${range}`);
    expect(shop.dependencies.map(({ node, figures }) => [node.id, figures.count, figures.errors])).toEqual([
      ['service:stock', 30, 10],
      ['service:mail', 20, 20],
      ['service:rates', 20, 0],
      ['external:127.0.0.1', 10, 10],
    ]);
  });

  it('tell beside the errors of a call how often it failed for its caller, where it is known whose calls those were', async () => {
    const start = 9 * 86_400;
    const minutes = 'from=2026-11-29T10:00:00Z&to=2026-11-29T10:20:00Z';
    const span = (name: string, call: number, of: { service: string; kind: number; isError?: boolean; host?: string; parent?: string }) =>
      buildSpan(`${name} ${call}`, {
        traceId: hexId(`late ${call}`, 32),
        startTimeUnixNano: at(start + call * 60),
        kind: of.kind,
        ...(of.parent !== undefined && { parentSpanId: hexId(`${of.parent} ${call}`, 16) }),
        ...(of.isError && { status: { code: 2 } }),
        attributes: attributes({ 'http.request.method': 'GET', ...(of.host !== undefined && { 'server.address': of.host }) }),
        resource: { attributes: attributes({ 'service.name': of.service }) },
      });
    const spans = Array.from({ length: 20 }, (_, call) => [
      span('desk', call, { service: 'desk', kind: 2 }),
      // Answered too late for who called; the last one failed by itself.
      span('to tickets', call, { service: 'desk', kind: 3, host: 'tickets', isError: call >= 14, parent: 'desk' }),
      span('tickets', call, { service: 'tickets', kind: 2, isError: call === 19, parent: 'to tickets' }),
      span('to seats', call, { service: 'desk', kind: 3, host: 'seats', isError: call < 3, parent: 'desk' }),
      span('seats', call, { service: 'seats', kind: 2, isError: call < 3, parent: 'to seats' }),
      // Two services are at one address: whose calls failed is not known.
      ...['left', 'right'].flatMap((service) => [
        span(`to ${service}`, call, { service: 'desk', kind: 3, host: '127.0.0.1', isError: call === 0, parent: 'desk' }),
        span(service, call, { service, kind: 2, parent: `to ${service}` }),
      ]),
    ]);
    await api.write({ spans: spans.flat() });
    const expected = { left: [20, 0, undefined], right: [20, 0, undefined], seats: [20, 3, undefined], tickets: [20, 1, 6] };
    const figuresOf = (calls: readonly { to: string; figures: TrafficFigures }[]) =>
      Object.fromEntries(
        calls.map(({ to, figures }) => [to.replace('service:', ''), [figures.count, figures.errors, figures.callerErrors]]),
      );
    const { edges } = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${minutes}`);
    expect(figuresOf(edges)).toEqual(expected);
    const desk = await api.get<ServiceFiguresAnswer>(`/api/v1/services/desk/figures?${minutes}`);
    expect(figuresOf(desk.dependencies.map(({ node, figures }) => ({ to: node.id, figures })))).toEqual(expected);
    const tickets = await api.get<ServiceFiguresAnswer>(`/api/v1/services/tickets/figures?${minutes}`);
    expect(tickets.callers.map(({ figures }) => figures.callerErrors)).toEqual([6]);
    expect([tickets.figures.errors, tickets.figures.callerErrors]).toEqual([1, undefined]);
  });

  it('say of databases, queues and hosts how the calls to them of the last minutes fared, by the rules of services', async () => {
    const start = 8 * 86_400;
    const day = '2026-11-28';
    const MESSAGES = { 'messaging.system': 'kafka', 'messaging.destination.name': 'events' };
    /** Each minute of an hour so many calls; the last five minutes are the recent ones. */
    const peers: readonly {
      readonly name: string;
      readonly kind: number;
      readonly values: Record<string, string>;
      readonly calls: (minute: number) => number;
      readonly isError?: (minute: number, call: number) => boolean;
      readonly seconds?: (minute: number) => number;
    }[] = [
      {
        name: 'failing',
        kind: 3,
        values: { 'db.system.name': 'postgresql', 'db.namespace': 'failing' },
        calls: () => 1,
        isError: (minute) => minute >= 55,
      },
      {
        name: 'slow',
        kind: 3,
        values: { 'db.system.name': 'redis', 'db.namespace': 'slow' },
        calls: () => 6,
        seconds: (minute) => (minute >= 55 ? 0.5 : 0.1),
      },
      {
        name: 'idle',
        kind: 3,
        values: { 'db.system.name': 'redis', 'db.namespace': 'idle' },
        calls: (minute) => (minute < 55 ? 1 : 0),
        isError: () => true,
      },
      { name: 'events', kind: 4, values: MESSAGES, calls: () => 10, isError: (_, call) => call === 0 },
      // What is taken and fails says how the taker fares.
      { name: 'taken', kind: 5, values: MESSAGES, calls: () => 10, isError: () => true },
      {
        name: 'taken alone',
        kind: 5,
        values: { ...MESSAGES, 'messaging.destination.name': 'others' },
        calls: () => 10,
        isError: () => true,
      },
      {
        name: 'host',
        kind: 3,
        values: { 'http.request.method': 'GET', 'server.address': 'api.example' },
        calls: (minute) => (minute >= 58 ? 1 : 0),
        isError: () => true,
      },
    ];
    const spans = peers.flatMap(({ name, kind, values, calls, isError = () => false, seconds = () => 0.1 }) =>
      Array.from({ length: 60 }, (_, minute) =>
        Array.from({ length: calls(minute) }, (__, call) =>
          buildSpan(`${name} ${minute} ${call}`, {
            traceId: hexId(`peer ${name} ${minute} ${call}`, 32),
            startTimeUnixNano: at(start + minute * 60 + call),
            kind,
            seconds: seconds(minute),
            ...(isError(minute, call) && { status: { code: 2 } }),
            attributes: attributes(values),
            resource: { attributes: attributes({ 'service.name': kind === 5 ? 'taker' : call % 2 === 0 ? 'till' : 'shop' }) },
          }),
        ),
      ).flat(),
    );
    await api.write({ spans });
    for (const from of ['10:00', '10:45', '00:00']) {
      const map = await api.get<ServiceMapAnswer>(`/api/v1/service-map?from=${day}T${from}:00Z&to=${day}T11:00:00Z`);
      const found = map.nodes.filter(({ type, name }) => type !== 'service' && name !== 'redis idle');
      expect(found.map(({ id, state, reason }) => [id, state, reason])).toEqual([
        ['queue:kafka events', 'degraded', { type: 'calls', count: 50, errors: 5 }],
        ['queue:kafka others', undefined, undefined],
        ['database:postgresql failing', 'down', { type: 'calls', count: 5, errors: 5 }],
        ['database:redis slow', 'degraded', { type: 'slow', p95Millis: 495, usualP95Millis: 98.6 }],
        ['external:api.example', 'healthy', { type: 'calls', count: 2, errors: 2, unjudged: 'few' }],
      ]);
      // Nothing called it of late: how it fares nobody knows.
      const idle = map.nodes.find(({ name }) => name === 'redis idle');
      expect([idle?.figures?.errors, idle?.state, idle?.reason]).toEqual([from === '10:45' ? 10 : 55, undefined, undefined]);
    }
  });

  it('take no rhythm from buckets that old data have in place of minutes', async () => {
    const start = 5 * 86_400 - 10 * 3_600;
    const called = (name: string, second: number, service: string) =>
      buildSpan(name, {
        traceId: hexId(name, 32),
        startTimeUnixNano: at(second),
        kind: 2,
        resource: { attributes: attributes({ 'service.name': service }) },
      });
    // What came days before beside it makes its buckets an hour wide: all of them have calls, which came every minute.
    const spans = Array.from({ length: 590 }, (_, minute) => called(`steady ${minute}`, start + minute * 60, 'steady'));
    await api.write({ spans: [...spans, called('earlier', start - 3 * 86_400, 'earlier')] });
    const range = 'from=2026-11-25T09:40:00Z&to=2026-11-25T10:10:00Z';
    expect(await api.get<ServiceFiguresAnswer>(`/api/v1/services/steady/figures?${range}`)).toMatchObject({ state: 'silent' });
  });

  it('say of one service what it does, whom it talks to and where it runs', async () => {
    const orders = await api.get<ServiceFiguresAnswer>(`/api/v1/services/orders/figures?${RANGE}`);
    expect(orders).toMatchObject({ name: 'orders', state: 'down', lastSeen: '2026-11-20T10:29:00Z', figures: { count: 30, errors: 5 } });
    expect(orders.operations.map(({ name, kind, figures }) => [name, kind, figures.count, figures.p50Millis])).toEqual([
      ['INSERT', 3, 30, 98.6],
      ['POST /orders', 2, 30, 990],
    ]);
    expect(orders.callers.map(({ node, figures }) => [node.id, figures.count])).toEqual([['service:gateway', 30]]);
    expect(orders.dependencies.map(({ node, figures }) => [node.id, figures.count])).toEqual([['database:postgresql shop', 30]]);
    expect(orders.instances).toEqual([
      {
        version: '1.1.0',
        environment: '',
        instance: 'one',
        spanCount: 40,
        figures: { count: 20, errors: 5, perSecond: 0.0111, p50Millis: 990, p95Millis: 990, p99Millis: 990 },
        logCount: 0,
        firstSeen: '2026-11-20T10:10:00Z',
        lastSeen: '2026-11-20T10:29:00Z',
      },
      {
        version: '1.0.0',
        environment: '',
        instance: 'one',
        spanCount: 20,
        figures: { count: 10, errors: 0, perSecond: 0.00556, p50Millis: 990, p95Millis: 990, p99Millis: 990 },
        logCount: 0,
        firstSeen: '2026-11-20T10:00:00Z',
        lastSeen: '2026-11-20T10:09:00Z',
      },
    ]);
    expect(orders.instanceFigures).toBe('calls');
  });

  it('have points as wide as a long range asks for, and none where nothing was', async () => {
    const map = await api.get<ServiceMapAnswer>('/api/v1/service-map?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z');
    expect(map.stepMinutes).toBe(30);
    expect(map.nodes[0]?.points).toMatchObject([{ from: '2026-11-20T10:00:00Z', count: 30 }]);
    expect(await api.get<ServiceMapAnswer>('/api/v1/service-map')).toMatchObject({ nodes: [], edges: [] });
    expect(await api.get<ServiceMapAnswer>('/api/v1/service-map?from=2026-11-20T10:00:05Z&to=2026-11-20T10:00:05Z')).toMatchObject({
      nodes: [],
    });
  });

  it('say how long the operations of several services take, and nothing of one that sent none in the time', async () => {
    const { services } = await api.get<OperationFiguresAnswer>(`/api/v1/operation-figures?service=orders&service=nobody&${RANGE}`);
    expect(
      services.map(({ name, operations }) => [name, operations.map(({ name, kind, figures }) => [name, kind, figures.count])]),
    ).toEqual([
      [
        'orders',
        [
          ['INSERT', 3, 30],
          ['POST /orders', 2, 30],
        ],
      ],
      ['nobody', []],
    ]);
    const none = await api.send(`/api/v1/operation-figures?${RANGE}`);
    expect([none.status, errorOf(none).field]).toEqual([400, 'service']);
  });

  describe('of services that run in several environments', () => {
    const day = 'from=2026-11-25T10:00:00Z&to=2026-11-25T10:30:00Z';
    const start = 5 * 86_400;
    const resource = (service: string, environment: string | undefined) => ({
      resource: {
        attributes: attributes({
          'service.name': service,
          'service.instance.id': `${service} ${environment}`,
          ...(environment === 'staging' && { 'deployment.environment': environment }),
          ...(environment !== undefined && environment !== 'staging' && { 'deployment.environment.name': environment }),
        }),
      },
    });
    /** Each minute, in `minutes`: `shop` is called, which calls `stock` at `host`, and asks a database. */
    const shopOf = (
      environment: string | undefined,
      { minutes, fails }: { readonly minutes: readonly number[]; readonly fails: boolean },
    ) =>
      minutes.flatMap((minute) => {
        const id = (name: string): string => `${environment} ${name} ${minute}`;
        const span = { traceId: hexId(id('trace'), 32), startTimeUnixNano: at(start + minute * 60) };
        const under = (name: string) => ({ parentSpanId: hexId(id(name), 16) });
        return [
          buildSpan(id('shop'), {
            ...span,
            kind: 2,
            name: 'GET /',
            ...resource('shop', environment),
            ...(fails && { status: { code: 2 } }),
          }),
          buildSpan(id('call'), {
            ...{ ...span, ...under('shop'), ...resource('shop', environment), kind: 3, name: 'GET' },
            attributes: attributes({ 'http.request.method': 'GET', 'server.address': 'stock' }),
          }),
          buildSpan(id('stock'), { ...span, ...under('call'), kind: 2, name: 'GET /stock', ...resource('stock', environment) }),
          buildSpan(id('query'), {
            ...{ ...span, ...under('shop'), ...resource('shop', environment), kind: 3, name: 'SELECT' },
            attributes: attributes({ 'db.system.name': 'postgresql', 'db.namespace': String(environment) }),
          }),
        ];
      });
    const probes = Array.from({ length: MINUTES }, (_, minute) =>
      buildSpan(`staging probe ${minute}`, {
        ...{ traceId: hexId(`staging probe ${minute}`, 32), startTimeUnixNano: at(start + minute * 60), kind: 2 },
        attributes: attributes({ 'http.request.method': 'GET', 'http.route': '/healthz' }),
        ...resource('stock', 'staging'),
      }),
    );
    const whole = Array.from({ length: MINUTES }, (_, minute) => minute);
    beforeAll(() =>
      api.write({
        spans: [
          ...shopOf('production', { minutes: whole, fails: false }),
          ...shopOf('staging', { minutes: whole.slice(0, 20), fails: true }),
          ...shopOf(undefined, { minutes: [3], fails: false }),
          ...probes,
        ],
      }),
    );

    it('draw a map of one of them alone: its calls, databases, instances and states', async () => {
      const all = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${day}`);
      expect(all.edges.find(({ to }) => to === 'service:stock')?.figures.count).toBe(51);
      const staging = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${day}&environment=staging`);
      expect(staging.nodes.map(({ id, state, reason }) => [id, state, reason?.type])).toEqual([
        ['service:shop', 'silent', 'nothing'],
        // Health checks reach it there, and nothing else does.
        ['service:stock', 'healthy', 'uncalled'],
        ['database:postgresql staging', undefined, undefined],
      ]);
      expect(staging.edges.map(({ from, to, figures }) => [from, to, figures.count, figures.errors])).toEqual([
        ['service:shop', 'database:postgresql staging', 20, 0],
        ['service:shop', 'service:stock', 20, 0],
      ]);
      const production = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${day}&environment=production`);
      expect(production.nodes.map(({ id, state, figures }) => [id, state, figures?.count])).toEqual([
        ['service:shop', 'healthy', 30],
        ['service:stock', 'healthy', 30],
        ['database:postgresql production', 'healthy', 30],
      ]);
      const unset = await api.get<ServiceMapAnswer>(`/api/v1/service-map?${day}&environment=`);
      expect(unset.nodes.map(({ id, figures }) => [id, figures?.count])).toEqual([
        ['service:shop', 1],
        ['service:stock', 1],
        ['database:postgresql undefined', 1],
      ]);
      expect(await api.get<ServiceMapAnswer>(`/api/v1/service-map?${day}&environment=elsewhere`)).toMatchObject({ nodes: [], edges: [] });
    });

    it('say of one service what it does in one of them', async () => {
      const url = `/api/v1/services/shop/figures?${day}`;
      expect(await api.get<ServiceFiguresAnswer>(url)).toMatchObject({ figures: { count: 51, errors: 20 } });
      const staging = await api.get<ServiceFiguresAnswer>(`${url}&environment=staging`);
      expect(staging).toMatchObject({
        state: 'silent',
        figures: { count: 20, errors: 20 },
        instances: [{ environment: 'staging', instance: 'shop staging' }],
      });
      expect(staging.operations.map(({ name, figures }) => [name, figures.count, figures.errors])).toEqual([
        ['GET', 20, 0],
        ['GET /', 20, 20],
        ['SELECT', 20, 0],
      ]);
      expect(staging.dependencies.map(({ node, figures }) => [node.id, figures.count])).toEqual([
        ['database:postgresql staging', 20],
        ['service:stock', 20],
      ]);
      expect(errorOf(await api.send(`${url}&environment=elsewhere`))).toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('leave the environment out'),
      });
    });

    it('say which there are', async () => {
      const read = async (more = '') => (await api.get<EnvironmentsAnswer>(`/api/v1/environments?${day}${more}`)).environments;
      expect(await read()).toEqual(['', 'production', 'staging']);
      expect(await read('&service=shop')).toEqual(['', 'production', 'staging']);
      expect(await read('&service=nobody')).toEqual([]);
    });

    it('say how long operations take in one of them', async () => {
      const { services } = await api.get<OperationFiguresAnswer>(`/api/v1/operation-figures?service=shop&${day}&environment=production`);
      expect(services[0]?.operations.find(({ name }) => name === 'GET /')?.figures).toMatchObject({ count: 30, errors: 0 });
    });
  });

  it('are not of a service that sent nothing in the time, nor of a range that ends before it starts', async () => {
    const missing = await api.send(`/api/v1/services/nobody/figures?${RANGE}`);
    expect([missing.status, errorOf(missing).code]).toEqual([404, 'not_found']);
    const wrong = await api.send('/api/v1/service-map?from=now&to=now-1h');
    expect([wrong.status, errorOf(wrong).field]).toEqual([400, 'from']);
  });
});

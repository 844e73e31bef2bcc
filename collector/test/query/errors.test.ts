import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  DeploymentsAnswer,
  ErrorGroupAnswer,
  ErrorGroupsAnswer,
  LogRecord,
  StatusAnswer,
  TraceSpanAnswer,
} from '../../src/api/index.ts';
import { at, buildLog, buildSpan, hexId } from '../storage-contract/builders.ts';
import { attributes } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = 'from=2026-11-20T10:00:00Z&to=2026-11-20T11:00:00Z';
const STACK = `CardError: card 17 was declined
    at charge (/app/dist/charge.js:42:11)
    at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)
    at checkout (/app/dist/checkout.js:7:3)`;

const resourceOf = (service: string, version: string) => ({
  resource: { attributes: attributes({ 'service.name': service, 'service.version': version, 'service.instance.id': `${service}-1` }) },
});
const exceptionOf = (type: string, message: string, stack: string) =>
  attributes({ 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack });

/** Calls of two versions; `CardError` came with the second. */
function call(minute: number) {
  const version = minute < 20 ? '1.0.0' : '1.1.0';
  const [type, stack] = minute < 20 ? ['OldError', STACK.replaceAll('charge', 'refund')] : ['CardError', STACK];
  const exception = exceptionOf(type, `card ${minute} was declined`, stack);
  const span = buildSpan(`call ${minute}`, {
    name: 'POST /charge',
    startTimeUnixNano: at(minute * 60),
    attributes: attributes({ 'correlation.id': `order-${minute}` }),
    events: [{ timeUnixNano: at(minute * 60), name: 'exception', attributes: exception }],
    ...resourceOf('payments', version),
  });
  const { traceId, spanId } = span.record;
  const log = buildLog(`log ${minute}`, {
    timeUnixNano: at(minute * 60 + 1),
    traceId,
    spanId,
    attributes: [...exception, ...attributes({ 'correlation.id': `order-${minute}` })],
    ...resourceOf('payments', version),
  });
  return { span, log };
}

const CALLS = Array.from({ length: 30 }, (_, minute) => call(minute));
const MAIL = buildLog('mail', {
  timeUnixNano: at(60),
  attributes: exceptionOf('SmtpError', 'no answer', ''),
  ...resourceOf('mail', '2.0.0'),
});

const QUIET = buildLog('quiet', { timeUnixNano: at(61), ...resourceOf('mail', '2.0.0') });

describe('errors over HTTP', () => {
  let api: QueryApi;
  beforeAll(async () => {
    api = await startQueryApi();
    await api.write({ spans: CALLS.map(({ span }) => span), logs: [...CALLS.map(({ log }) => log), MAIL, QUIET] });
  });
  afterAll(() => api.stop());

  it('are listed for one service, with what is new since which version', async () => {
    const answer = await api.get<ErrorGroupsAnswer>(`/api/v1/services/payments/errors?${RANGE}&buckets=12`);
    expect(answer).toMatchObject({ total: 30, groupCount: 2, others: [] });
    expect(answer.buckets).toHaveLength(12);
    expect(answer.groups.map(({ fingerprint: _fingerprint, ...group }) => group)).toEqual([
      {
        service: 'payments',
        type: 'OldError',
        message: [{ text: 'card ' }, { wildcard: 'num' }, { text: ' was declined' }],
        count: 20,
        trend: [5, 5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0],
        firstSeen: '2026-11-20T10:00:00Z',
        lastSeen: '2026-11-20T10:19:01Z',
        versions: [{ version: '1.0.0', firstSeen: '2026-11-20T10:00:00Z', lastSeen: '2026-11-20T10:19:01Z' }],
      },
      expect.objectContaining({
        ...{ type: 'CardError', count: 10, trend: [0, 0, 0, 0, 5, 5, 0, 0, 0, 0, 0, 0] },
        ...{ newSince: '1.1.0', newSinceSeen: '2026-11-20T10:20:00Z' },
      }),
    ]);
  });

  it('are listed for all services, in the order asked for', async () => {
    const types = async (more: string) =>
      (await api.get<ErrorGroupsAnswer>(`/api/v1/errors?${RANGE}${more}`)).groups.map(({ service, type }) => `${service} ${type}`);
    expect(await types('')).toEqual(['payments OldError', 'payments CardError', 'mail SmtpError']);
    expect(await types('&order=first&limit=2')).toEqual(['payments CardError', 'mail SmtpError']);
    expect(await types('&order=last')).toEqual(['payments CardError', 'payments OldError', 'mail SmtpError']);
  });

  it('are shown one by one, with a stack, operations, and the newest requests that met them', async () => {
    const { groups } = await api.get<ErrorGroupsAnswer>(`/api/v1/services/payments/errors?${RANGE}`);
    const card = groups.find(({ type }) => type === 'CardError');
    const answer = await api.get<ErrorGroupAnswer>(`/api/v1/errors/${card?.fingerprint}?${RANGE}&service=payments`);
    expect(answer.groups).toHaveLength(1);
    const [group] = answer.groups;
    expect(group).toMatchObject({
      service: 'payments',
      count: 10,
      newSince: '1.1.0',
      operations: [{ name: 'POST /charge', count: 10 }],
      sources: ['span', 'log'],
    });
    expect(group?.stack.map(({ kind }) => kind)).toEqual(['text', 'app', 'library', 'app']);
    expect(group?.stack[1]?.text).toBe('    at charge (/app/dist/charge.js:42:11)');
    expect(group?.examples).toHaveLength(10);
    expect(group?.examples[0]).toEqual({
      source: 'log',
      recordId: 'log 29',
      timeUnixNano: at(29 * 60 + 1),
      traceId: hexId('trace of call 29', 32),
      spanId: hexId('call 29', 16),
      correlationId: 'order-29',
      message: 'card 29 was declined',
    });
  });

  it('are named by each log and each span that says one, and by none that does not', async () => {
    const { groups } = await api.get<ErrorGroupsAnswer>(`/api/v1/services/payments/errors?${RANGE}`);
    const card = groups.find(({ type }) => type === 'CardError')?.fingerprint;
    const log = await api.get<LogRecord>(`/api/v1/logs/${encodeURIComponent('log 29')}`);
    expect(log.errorGroups).toEqual([card]);
    const [traceId, spanId] = [hexId('trace of call 29', 32), hexId('call 29', 16)];
    const { span } = await api.get<TraceSpanAnswer>(`/api/v1/traces/${traceId}/spans/${spanId}`);
    expect(span.errorGroups).toEqual([card]);
    expect(await api.get<LogRecord>('/api/v1/logs/quiet')).not.toHaveProperty('errorGroups');
  });

  it('are shown of a log that is of no span, and without a stack', async () => {
    const { groups } = await api.get<ErrorGroupsAnswer>(`/api/v1/services/mail/errors?${RANGE}`);
    const answer = await api.get<ErrorGroupAnswer>(`/api/v1/errors/${groups[0]?.fingerprint}?${RANGE}`);
    expect(answer.groups).toMatchObject([
      {
        service: 'mail',
        stack: [],
        operations: [],
        sources: ['log'],
        examples: [{ source: 'log', recordId: 'mail', message: 'no answer' }],
      },
    ]);
  });

  it('say how many requests met them, where those are few: a message that is tried for ever is one', async () => {
    const attempts = Array.from({ length: 12 }, (_, second) =>
      buildSpan(`attempt ${second}`, {
        traceId: hexId(second === 7 ? 'other message' : 'poison message', 32),
        startTimeUnixNano: at(second),
        events: [{ timeUnixNano: at(second), name: 'exception', attributes: exceptionOf('SyntaxError', 'no JSON', '') }],
        ...resourceOf('worker', '1.0.0'),
      }),
    );
    await api.write({ spans: attempts });
    const { groups } = await api.get<ErrorGroupsAnswer>(`/api/v1/services/worker/errors?${RANGE}`);
    const worker = await api.get<ErrorGroupAnswer>(`/api/v1/errors/${groups[0]?.fingerprint}?${RANGE}`);
    expect(worker.groups).toMatchObject([{ count: 12, traceCount: 2 }]);
    const all = await api.get<ErrorGroupsAnswer>(`/api/v1/errors?${RANGE}`);
    for (const name of ['CardError', 'SmtpError']) {
      const { fingerprint } = all.groups.find(({ type }) => type === name) ?? {};
      expect((await api.get<ErrorGroupAnswer>(`/api/v1/errors/${fingerprint}?${RANGE}`)).groups[0]).not.toHaveProperty('traceCount');
    }
  });

  it('say what sets the requests apart that met them: one tenant of four', async () => {
    const served = Array.from({ length: 80 }, (_, second) => {
      const tenant = ['acme', 'northwind', 'contoso', 'initech'][second % 4] ?? '';
      const fails = tenant === 'northwind' && second % 8 === 1;
      return buildSpan(`reserve ${second}`, {
        name: 'POST /reserve',
        startTimeUnixNano: at(600 + second),
        attributes: attributes({ 'tenant.id': tenant, 'http.request.method': 'POST' }),
        ...(fails && {
          events: [{ timeUnixNano: at(600 + second), name: 'exception', attributes: exceptionOf('TypeError', 'no warehouse', '') }],
        }),
        ...resourceOf('stock', '1.0.0'),
      });
    });
    await api.write({ spans: served });
    const { groups } = await api.get<ErrorGroupsAnswer>(`/api/v1/services/stock/errors?${RANGE}`);
    const stock = await api.get<ErrorGroupAnswer>(`/api/v1/errors/${groups[0]?.fingerprint}?${RANGE}`);
    expect(stock.groups).toMatchObject([{ inCommon: { attributes: [{ key: 'tenant.id', value: 'northwind', others: 9 }], requests: 10 } }]);
  });

  it('of an unknown fingerprint are not found, of a wrong one refused', async () => {
    const unknown = await api.send(`/api/v1/errors/${'0'.repeat(16)}?${RANGE}`);
    expect([unknown.status, errorOf(unknown).field]).toEqual([404, 'fingerprint']);
    const wrong = await api.send('/api/v1/errors/nothing');
    expect([wrong.status, errorOf(wrong).field]).toEqual([400, 'fingerprint']);
    const order = await api.send('/api/v1/errors?order=most');
    expect([order.status, errorOf(order).expected]).toEqual([400, ['count', 'last', 'first']]);
  });

  it('of a service without errors, and of a range without, are none', async () => {
    expect(await api.get(`/api/v1/services/nobody/errors?${RANGE}`)).toMatchObject({ total: 0, groups: [] });
    expect(await api.get('/api/v1/errors?from=2020-01-01T00:00:00Z&to=2020-01-01T00:00:00Z')).toMatchObject({ groups: [], buckets: [] });
  });

  it('come beside deployments of the service', async () => {
    const read = async (range: string) => (await api.get<DeploymentsAnswer>(`/api/v1/services/payments/deployments?${range}`)).deployments;
    const seen = { firstSeen: '2026-11-20T10:20:00Z', lastSeen: '2026-11-20T10:29:00Z' };
    const newer = { version: '1.1.0', environment: '', ...seen, isNew: true, instances: [{ instance: 'payments-1', ...seen }] };
    // The first of all may have been there before what is kept.
    const older = { version: '1.0.0', firstSeen: '2026-11-20T10:00:00Z', lastSeen: '2026-11-20T10:19:00Z', isNew: false };
    expect(await read(RANGE)).toEqual([newer, expect.objectContaining(older)]);
    expect(await api.get(`/api/v1/services/nobody/deployments?${RANGE}`)).toEqual({ deployments: [] });
    // A range that begins after the older one was gone.
    expect(await read('from=2026-11-20T10:20:00Z&to=2026-11-20T10:40:00Z')).toEqual([newer]);
    expect(await read('from=2026-11-20T10:25:00Z&to=2026-11-20T10:40:00Z')).toEqual([
      expect.objectContaining({ version: '1.1.0', firstSeen: '2026-11-20T10:25:00Z', isNew: false }),
    ]);
    expect(await read('from=2026-11-20T10:10:00Z&to=2026-11-20T10:22:00Z')).toEqual([
      expect.objectContaining({ version: '1.1.0', lastSeen: '2026-11-20T10:21:00Z', isNew: true }),
      expect.objectContaining({ version: '1.0.0', firstSeen: '2026-11-20T10:10:00Z', isNew: false }),
    ]);
    expect(await read('from=2026-11-20T11:10:00Z&to=2026-11-20T11:12:00Z')).toEqual([]);
  });

  it('that found no group are in the status', async () => {
    const { storage } = await api.get<StatusAnswer>('/api/v1/status');
    expect(storage.withoutErrorGroup).toEqual([]);
    await api.write({
      logs: Array.from({ length: 1_010 }, (_, number) =>
        buildLog(`wild ${number}`, { service: 'wild', attributes: exceptionOf(`Wild${number}`, '', '') }),
      ),
    });
    await expect
      .poll(async () => (await api.get<StatusAnswer>('/api/v1/status')).storage.withoutErrorGroup, { timeout: 30_000 })
      .toEqual([{ service: 'wild', count: 10, examples: ['Wild1000', 'Wild1001', 'Wild1002'] }]);
    expect(await api.get(`/api/v1/services/wild/errors?${RANGE}`)).toMatchObject({
      total: 1_010,
      groupCount: 1_000,
      others: [{ service: 'wild', count: 10 }],
    });
  });

  it('are new in a version that came in the minute of the first one, in no version that ran beside it, and stay so when a third comes', async () => {
    const raise = (type: string, version: string, seconds: number) =>
      buildLog(`${type} ${version} ${seconds}`, {
        timeUnixNano: at(seconds),
        attributes: exceptionOf(type, 'no', `${type}: no\n    at ${type} (/app/dist/rolling.js:1:1)`),
        ...resourceOf('rolling', version),
      });
    await api.write({
      logs: [
        raise('OldError', '1.0.0', 121),
        raise('OldError', '1.1.0', 140),
        raise('NewError', '1.1.0', 145),
        // Both run at once for a while.
        raise('LateOldError', '1.0.0', 150),
        raise('LateOldError', '1.1.0', 155),
        raise('NewError', '1.2.0', 300),
        raise('NewestError', '1.2.0', 301),
      ],
    });
    const { groups } = await api.get<ErrorGroupsAnswer>(`/api/v1/services/rolling/errors?${RANGE}`);
    expect(Object.fromEntries(groups.map(({ type, newSince }) => [type, newSince]))).toEqual({
      OldError: undefined,
      LateOldError: undefined,
      NewError: '1.1.0',
      NewestError: '1.2.0',
    });
  });
});

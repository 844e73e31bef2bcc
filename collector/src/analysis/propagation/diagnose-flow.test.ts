import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DropReport, FlowBreak, Span } from '../../api/index.ts';
import { diagnoseFlow } from './diagnose-flow.ts';
import type { FlowEvidence } from './flow-evidence.ts';
import { call, evidenceOf, log, type SpanDraft, served, span } from './flow-fixtures.ts';

const SDK = '@threadline/sdk/http';
const request = served('request', { service: 'gateway', from: 0, to: 100, path: '/checkout' });
/** The gateway's call that nothing continues. */
const open = call('call', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'payments:8080' });
const elsewhere = { service: 'payments', trace: 'other', from: 20, to: 80 } as const;
const drop: DropReport = {
  service: 'payments',
  signal: 'traces',
  reason: 'the spool was full',
  count: 17,
  firstTimeUnixNano: '5',
  lastTimeUnixNano: '9',
};
const sent = span({
  id: 'publish',
  parent: 'request',
  service: 'gateway',
  kind: 'producer',
  from: 20,
  to: 21,
  attributes: {
    'messaging.system': 'kafka',
    'messaging.destination.name': 'orders',
    'messaging.operation.type': 'send',
    'messaging.message.id': 'm1',
  },
});
const consumer = (fields: Partial<SpanDraft> & { readonly id: string; readonly messageId?: string }) =>
  span({
    service: 'mail',
    kind: 'consumer',
    trace: 'mail',
    from: 30,
    to: 40,
    correlationId: 'mail-1',
    ...fields,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'orders',
      'messaging.operation.type': 'process',
      ...(fields.messageId === undefined ? {} : { 'messaging.message.id': fields.messageId }),
    },
  });

const routed = {
  ...sent,
  attributes: sent.attributes.map((own) => {
    const value = { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'refunds:partial' }[own.key];
    return value === undefined ? own : { ...own, value: { stringValue: value } };
  }),
};
const ofQueue = (destination: string) =>
  span({
    id: destination,
    service: 'worker',
    kind: 'consumer',
    trace: 'worker',
    parent: 'another',
    from: 30,
    to: 40,
    attributes: { 'messaging.system': 'rabbitmq', 'messaging.destination.name': destination, 'messaging.operation.type': 'process' },
  });

const OTHER_QUEUE = {
  parent: 'request',
  service: 'gateway',
  kind: 'producer',
  from: 25,
  to: 26,
  attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'letters', 'messaging.operation.type': 'send' },
} as const;

function withheld(span: Span): Span {
  return { ...span, attributes: [...span.attributes, { key: 'threadline.context.withheld', value: { boolValue: true } }] };
}

/** One cause, planted alone. */
interface Planted {
  readonly name: string;
  readonly evidence: Partial<FlowEvidence>;
  readonly expected: {
    readonly cause: FlowBreak['cause'];
    readonly hop: string;
    readonly at: string;
    readonly facts: readonly string[];
  };
}

const PLANTED: readonly Planted[] = [
  {
    name: 'a call whose receiver has another trace and another id, by a caller that is not known to send any',
    evidence: { own: [request, open], candidates: [served('s', { ...elsewhere, correlationId: 'other' })] },
    expected: { cause: 'no_header', hop: 'gateway → payments', at: 'after call', facts: ['call', 'receiver', 'caller_unknown'] },
  },
  {
    name: 'the same by a caller that sends headers with each call',
    evidence: {
      own: [request, call('call', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'payments:8080', scope: SDK })],
      candidates: [served('s', { ...elsewhere, correlationId: 'other' })],
    },
    expected: { cause: 'header_dropped', hop: 'gateway → payments', at: 'after call', facts: ['call', 'receiver', 'caller_sends'] },
  },
  {
    name: 'the same by a caller whose settings keep headers from that host',
    evidence: {
      own: [
        request,
        withheld(call('call', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'payments:8080', scope: SDK })),
      ],
      candidates: [served('s', { ...elsewhere, correlationId: 'other' })],
    },
    expected: { cause: 'no_header', hop: 'gateway → payments', at: 'after call', facts: ['call', 'receiver', 'caller_withholds'] },
  },
  {
    name: 'the same where the receiver sees a proxy, which has cut the path',
    evidence: {
      own: [request, call('call', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'proxy:80', path: '/api/charge' })],
      candidates: [
        served('s', {
          ...elsewhere,
          correlationId: '',
          attributes: {
            'client.address': '10.0.0.4',
            'network.peer.address': '10.0.0.9',
            'server.address': 'payments',
            'server.port': 8080,
          },
        }),
      ],
    },
    expected: {
      cause: 'header_dropped',
      hop: 'gateway → payments',
      at: 'after call',
      facts: ['call', 'receiver', 'passed_on', 'other_address'],
    },
  },
  {
    name: 'the same where a gateway wrote a line meanwhile',
    evidence: {
      own: [request, open],
      candidates: [served('s', { ...elsewhere, correlationId: '' })],
      logs: [log({ service: 'nginx', at: 80 })],
    },
    expected: { cause: 'header_dropped', hop: 'gateway → payments', at: 'after call', facts: ['call', 'receiver', 'on_the_way'] },
  },
  {
    name: 'a receiver with the id and another trace',
    evidence: { own: [request, open, served('s', elsewhere)] },
    expected: { cause: 'trace_dropped', hop: 'gateway → payments', at: 'after call', facts: ['call', 'receiver', 'receiver_has_id'] },
  },
  {
    name: 'a receiver in the trace with another id',
    evidence: {
      own: [request, open],
      children: [served('s', { service: 'payments', parent: 'call', from: 20, to: 80, correlationId: 'other' })],
    },
    expected: { cause: 'id_not_sent', hop: 'gateway → payments', at: 'after call', facts: ['call', 'receiver_has_other_id'] },
  },
  {
    name: 'a receiver that links to its caller in a trace of its own',
    evidence: { own: [request, open], joined: [served('s', { ...elsewhere, correlationId: 'other', links: ['t/call'] })] },
    expected: { cause: 'not_trusted', hop: 'gateway → payments', at: 'after call', facts: ['call', 'receiver_links'] },
  },
  {
    name: 'a service whose records say that its trace is not sampled',
    evidence: { own: [request, open], logs: [log({ service: 'payments', at: 30, span: 'gone', isSampled: false })] },
    expected: { cause: 'sampled_out', hop: 'gateway → payments', at: 'after call', facts: ['call', 'unsampled_records'] },
  },
  {
    name: 'a flow of which the records alone are kept',
    evidence: { logs: [log({ service: 'gateway', at: 5, span: 'request', isSampled: false })] },
    expected: { cause: 'sampled_out', hop: ' → gateway', at: '', facts: ['unsampled_records'] },
  },
  {
    name: 'a trace that is kept in parts',
    evidence: {
      own: [
        span({
          id: 'step',
          parent: 'left out',
          service: 'orders',
          kind: 'server',
          from: 20,
          to: 60,
          attributes: { 'threadline.sampling.part': 'slow' },
        }),
      ],
    },
    expected: { cause: 'sampled_out', hop: ' → orders', at: 'before step', facts: ['absent_parent', 'partly_sampled'] },
  },
  {
    name: 'an address of which few calls are continued',
    evidence: { own: [request, open], addresses: new Map([['payments:8080', { calls: 20, followed: 3, service: 'payments' }]]) },
    expected: { cause: 'sampled_out', hop: 'gateway → payments', at: 'after call', facts: ['call', 'address_answers'] },
  },
  {
    name: 'an own address at which nothing sends spans',
    evidence: { own: [request, open], addresses: new Map([['payments:8080', { calls: 9, followed: 0, service: '' }]]) },
    expected: { cause: 'not_instrumented', hop: 'gateway → payments:8080', at: 'after call', facts: ['call', 'address_silent'] },
  },
  {
    name: 'a service between that passes the id on by hand',
    evidence: { own: [request, open, served('s', { ...elsewhere, service: 'bank', path: '/settle' })] },
    expected: {
      cause: 'not_instrumented',
      hop: 'gateway → payments:8080',
      at: 'after call',
      facts: ['call', 'receiver', 'receiver_has_id'],
    },
  },
  {
    name: 'a caller outside of the flow that sends a trace and no spans',
    evidence: {
      own: [
        served('request', {
          service: 'gateway',
          parent: 'lost',
          from: 0,
          to: 100,
          attributes: { 'client.address': '10.0.0.4', 'user_agent.original': 'curl/8' },
        }),
      ],
    },
    expected: { cause: 'not_instrumented', hop: '10.0.0.4 → gateway', at: 'before request', facts: ['absent_parent', 'caller'] },
  },
  {
    name: 'a library that was there before the SDK, at a service whose span is missing',
    evidence: {
      own: [request, open],
      addresses: new Map([['payments:8080', { calls: 9, followed: 9, service: 'payments' }]]),
      libraries: [{ service: 'payments', instance: '', libraries: ['@grpc/grpc-js'], reason: 'loaded_before' }],
    },
    expected: { cause: 'loaded_before_sdk', hop: 'gateway → payments', at: 'after call', facts: ['call', 'address_answers', 'library'] },
  },
  {
    name: 'spans that a sender lost, whose child is here',
    evidence: { own: [request, served('s', { service: 'bank', parent: 'lost', from: 30, to: 60 })], drops: [drop] },
    expected: { cause: 'sdk_dropped', hop: ' → payments', at: 'before s', facts: ['absent_parent', 'drop'] },
  },
  {
    name: 'a call to a service that reports lost spans',
    evidence: {
      own: [request, open],
      addresses: new Map([['payments:8080', { calls: 9, followed: 9, service: 'payments' }]]),
      drops: [drop],
    },
    expected: { cause: 'sdk_dropped', hop: 'gateway → payments', at: 'after call', facts: ['call', 'address_answers', 'drop'] },
  },
  {
    name: 'a call to an address that nothing was heard of, while one service reports lost spans',
    evidence: { own: [request, open], drops: [drop] },
    expected: { cause: 'sdk_dropped', hop: 'gateway → payments', at: 'after call', facts: ['call', 'address_silent', 'drop'] },
  },
  {
    name: 'a message whose consumer reports lost spans',
    evidence: { own: [request, sent], candidates: [consumer({ id: 'process', parent: 'another' })], drops: [{ ...drop, service: 'mail' }] },
    expected: { cause: 'sdk_dropped', hop: 'gateway → mail', at: 'after publish', facts: ['message', 'destination_answers', 'drop'] },
  },
  {
    name: 'spans that the collector refused',
    evidence: { own: [request], drops: [{ ...drop, reason: 'HTTP 401 Unauthorized' }] },
    expected: { cause: 'refused', hop: ' → payments', at: '', facts: ['drop'] },
  },
  {
    name: 'a service that writes the id and has no trace',
    evidence: { own: [request, open], logs: [log({ service: 'payments', at: 40 })] },
    expected: { cause: 'id_without_trace', hop: 'gateway → payments', at: 'after call', facts: ['call', 'traceless_records'] },
  },
  {
    name: 'a flow of records without a trace',
    evidence: { logs: [log({ service: 'nightly', at: 40, isOfSdk: false }), log({ service: 'batch', at: 30 })] },
    expected: { cause: 'id_without_trace', hop: ' → nightly', at: '', facts: ['traceless_records'] },
  },
  {
    name: 'a service whose records name spans that never came',
    evidence: { own: [request, open], logs: [log({ service: 'payments', at: 40, span: 'gone' })] },
    expected: { cause: 'spans_not_sent', hop: 'gateway → payments', at: 'after call', facts: ['call', 'records_of_absent_span'] },
  },
  {
    name: 'a span in the middle that is missing without a word',
    evidence: { own: [request, open, served('s', { service: 'bank', parent: 'lost', from: 30, to: 60 })] },
    expected: { cause: 'spans_not_sent', hop: 'gateway → bank', at: 'after call', facts: ['call', 'absent_parent'] },
  },
  {
    name: 'a message that a consumer took without its headers',
    evidence: { own: [request, sent], candidates: [consumer({ id: 'process', messageId: 'm1' })] },
    expected: {
      cause: 'message_context_lost',
      hop: 'gateway → mail',
      at: 'after publish',
      facts: ['message', 'consumer_without_context', 'same_message'],
    },
  },
  {
    name: 'a message in a queue whose others are taken',
    evidence: { own: [request, sent], candidates: [consumer({ id: 'process', parent: 'another' })] },
    expected: { cause: 'message_waiting', hop: 'gateway → mail', at: 'after publish', facts: ['message', 'destination_answers'] },
  },
  {
    name: 'a message of RabbitMQ to an exchange, whose others are taken from a queue of their own',
    evidence: { own: [request, routed], candidates: [ofQueue('refunds:partial:worker')] },
    expected: { cause: 'message_waiting', hop: 'gateway → worker', at: 'after publish', facts: ['message', 'destination_answers'] },
  },
  {
    name: 'a message of RabbitMQ whose exchange others of another key are taken from',
    evidence: { own: [request, routed], candidates: [ofQueue('refunds:full:worker'), ofQueue('refunds:partially:worker')] },
    expected: {
      cause: 'not_instrumented',
      hop: 'gateway → rabbitmq refunds:partial',
      at: 'after publish',
      facts: ['message', 'destination_silent'],
    },
  },
  {
    name: 'a message in a queue whose others were taken until then',
    evidence: { own: [request, sent], candidates: [consumer({ id: 'process', parent: 'another', from: -400, to: -390 })] },
    expected: { cause: 'message_waiting', hop: 'gateway → mail', at: 'after publish', facts: ['message', 'destination_stopped'] },
  },
  {
    name: 'a message in a queue of which nobody takes any',
    evidence: { own: [request, sent] },
    expected: { cause: 'not_instrumented', hop: 'gateway → kafka orders', at: 'after publish', facts: ['message', 'destination_silent'] },
  },
  {
    name: 'a message to a service that loaded its client before the SDK',
    evidence: { own: [request, sent], libraries: [{ service: 'mail', instance: '', libraries: ['kafkajs'], reason: 'loaded_before' }] },
    expected: {
      cause: 'loaded_before_sdk',
      hop: 'gateway → mail',
      at: 'after publish',
      facts: ['message', 'destination_silent', 'library'],
    },
  },
];

function summary({ cause, from, to, anchor, evidence }: FlowBreak) {
  const end = ({ service, address }: FlowBreak['to']) => service || address;
  return {
    cause,
    hop: `${end(from)} → ${end(to)}`,
    at: anchor === undefined ? '' : `${anchor.side} ${anchor.spanId}`,
    facts: evidence.map(({ fact }) => fact),
  };
}

describe('diagnoseFlow', () => {
  it.each(PLANTED)('names $expected.cause for $name', ({ evidence, expected }) => {
    expect(diagnoseFlow(evidenceOf(evidence)).map(summary)).toEqual([expected]);
  });

  it('says where the thread goes on', () => {
    const [found] = diagnoseFlow(evidenceOf({ own: [request, open], candidates: [served('s', { ...elsewhere, correlationId: 'other' })] }));
    expect(found).toMatchObject({ continuesIn: { traceId: 'other', correlationId: 'other' }, certainty: 'likely', count: 1 });
  });

  it('counts alike breaks of one hop together, and tells them by time', () => {
    const again = call('again', { service: 'gateway', parent: 'request', from: 92, to: 95, target: 'payments:8080' });
    const stock = call('stock', { service: 'gateway', parent: 'request', from: 1, to: 5, target: 'stock:80' });
    const breaks = diagnoseFlow(evidenceOf({ own: [request, open, again, stock] }));
    expect(breaks.map(({ to, count }) => [to.address, count])).toEqual([
      ['stock:80', 1],
      ['payments:8080', 2],
    ]);
  });

  it('gives each call a request of its own', () => {
    const again = call('again', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'payments:8080' });
    const candidates = [served('one', { ...elsewhere, trace: 'one' }), served('two', { ...elsewhere, trace: 'two' })].map((one) => ({
      ...one,
      attributes: one.attributes.filter(({ key }) => key !== 'correlation.id'),
    }));
    expect(diagnoseFlow(evidenceOf({ own: [request, open, again], candidates }))).toMatchObject([{ cause: 'no_header', count: 2 }]);
  });

  const bySampling = (fields: Partial<Parameters<typeof log>[0]>) =>
    log({ service: 'mail', at: 60, span: 'gone', isSampled: false, ...fields });
  const second = { ...sent, id: 't/again', spanId: 'again' };

  it.each([
    ['in their trace', { isSampled: false }, 'sampled_out', 'unsampled_records'],
    ['in a trace of its own', { isSampled: false, trace: 'mail' }, 'sampled_out', 'unsampled_records'],
    ['without sending its spans', { isSampled: true }, 'spans_not_sent', 'records_of_absent_span'],
  ] as const)('tells at the messages what became of their consumer, which wrote %s', (_, fields, cause, fact) => {
    expect(diagnoseFlow(evidenceOf({ own: [request, sent, second], logs: [bySampling(fields)] }))).toMatchObject([
      {
        cause,
        count: 2,
        from: { service: 'gateway' },
        to: { service: 'mail', address: 'kafka orders' },
        anchor: { spanId: 'publish' },
        evidence: [{ fact: 'message' }, { fact }],
      },
    ]);
  });

  it.each([
    ['is sampled out', false, 'sampled_out'],
    ['sends no spans', true, 'spans_not_sent'],
  ] as const)('tells all calls to a service that %s as that, and the service below it as no place of its own', (_, isSampled, cause) => {
    const times = [10, 20, 30, 40];
    const calls = times.map((from) =>
      call(`call ${from}`, {
        service: 'gateway',
        parent: 'request',
        from,
        to: from + 8,
        target: 'payments:8080',
        path: `/charges/${from}`,
      }),
    );
    const stock = call('stock', { service: 'gateway', parent: 'request', from: 11, to: 13, target: 'stock:80' });
    const logs = times.flatMap((at) => [
      log({ service: 'payments', at: at + 2, span: `payments ${at}`, isSampled }),
      ...(isSampled ? [] : [log({ service: 'bank', at: at + 4, span: `bank ${at}`, isSampled })]),
    ]);
    const found = diagnoseFlow(evidenceOf({ own: [request, ...calls, stock], logs }));
    expect(found.map(({ cause, to, count }) => [cause, to.service || to.address, count])).toEqual([
      [cause, 'payments', 4],
      ['not_instrumented', 'stock:80', 1],
    ]);
  });

  it('tells which queue a consumer took from that is sampled out by how many messages it took', () => {
    const other = span({ ...OTHER_QUEUE, id: 'late' });
    const logs = ['one', 'two'].map((id, number) => bySampling({ at: 60 + number, span: id }));
    expect(
      diagnoseFlow(evidenceOf({ own: [request, sent, second, other], logs })).map(({ cause, to, count }) => [cause, to.address, count]),
    ).toEqual([
      ['sampled_out', 'kafka orders', 2],
      ['not_instrumented', 'kafka letters', 1],
    ]);
  });

  it('names the call that failed for a service that did not live to send its spans', () => {
    const failed = span({
      id: 'failed',
      parent: 'request',
      service: 'gateway',
      kind: 'client',
      from: 10,
      to: 90,
      failed: true,
      attributes: { 'http.request.method': 'GET', 'server.address': 'payments', 'error.type': 'UND_ERR_SOCKET' },
    });
    const logs = [log({ service: 'payments', at: 30, span: 'gone' })];
    expect(diagnoseFlow(evidenceOf({ own: [request, failed], logs })).map(summary)).toEqual([
      { cause: 'spans_not_sent', hop: 'gateway → payments', at: 'after failed', facts: ['call', 'records_of_absent_span'] },
    ]);
  });

  it.each<readonly [name: string, services: readonly string[], cause: FlowBreak['cause'], to: string]>([
    ['one service alone', ['mail'], 'loaded_before_sdk', 'mail'],
    ['two of which nobody knows who took it', ['mail', 'print'], 'not_instrumented', ''],
  ])('tells of a message by reports of %s outside of the flow', (_, services, cause, to) => {
    const libraries = services.map((service) => ({ service, instance: service, libraries: ['kafkajs'], reason: 'loaded_before' as const }));
    expect(diagnoseFlow(evidenceOf({ own: [request, sent], libraries }))).toMatchObject([{ cause, to: { service: to } }]);
  });

  it('believes in the queue’s usual consumer over another service that does not follow its library', () => {
    const libraries = [{ service: 'print', instance: 'print', libraries: ['kafkajs'], reason: 'loaded_before' as const }];
    const evidence = { own: [request, sent], libraries, candidates: [consumer({ id: 'process', parent: 'another' })] };
    expect(diagnoseFlow(evidenceOf(evidence))).toMatchObject([{ cause: 'message_waiting', to: { service: 'mail' } }]);
  });

  it('tells of a gRPC call by the report of the service that alone may have taken it', () => {
    const rpc = span({
      id: 'rpc',
      parent: 'request',
      service: 'gateway',
      kind: 'client',
      from: 10,
      to: 90,
      attributes: { 'rpc.system': 'grpc', 'rpc.grpc.status_code': 0, 'server.address': 'ledger' },
    });
    const libraries = [{ service: 'ledger', instance: 'l', libraries: ['@grpc/grpc-js'], reason: 'loaded_before' as const }];
    expect(diagnoseFlow(evidenceOf({ own: [request, rpc], libraries }))).toMatchObject([
      { cause: 'loaded_before_sdk', from: { service: 'gateway' }, to: { service: 'ledger', address: 'ledger' } },
    ]);
  });

  it('names no request where several fit a call as well, and one where that alone was served within it', () => {
    const at = { 'server.address': 'payments', 'server.port': 8080 };
    const stranger = (trace: string, from: number, to: number) =>
      served(trace, { service: 'payments', trace, from, to, correlationId: trace, attributes: at });
    const [found] = diagnoseFlow(evidenceOf({ own: [request, open], candidates: [stranger('one', 20, 60), stranger('two', 30, 70)] }));
    expect(found).toMatchObject({ cause: 'no_header', certainty: 'likely', to: { service: 'payments' } });
    expect(found?.continuesIn).toBeUndefined();
    expect(found?.evidence[1]).toEqual({ fact: 'receivers', values: { service: 'payments', name: 'one', count: '2' } });
    const before = stranger('before', 5, 60);
    expect(diagnoseFlow(evidenceOf({ own: [request, open], candidates: [before, stranger('one', 20, 60)] }))).toMatchObject([
      { certainty: 'certain', continuesIn: { traceId: 'one' } },
    ]);
  });

  it('takes nobody’s look at the health of a service for a call to another address', () => {
    const health = call('call', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'legacy:80', path: '/healthz' });
    const probe = (host: string) =>
      served('probe', { ...elsewhere, path: '/healthz', correlationId: 'probe', attributes: { 'server.address': host } });
    expect(diagnoseFlow(evidenceOf({ own: [request, health], candidates: [probe('payments')] }))).toMatchObject([
      { cause: 'not_instrumented', to: { service: '', address: 'legacy:80' } },
    ]);
    expect(diagnoseFlow(evidenceOf({ own: [request, health], candidates: [probe('legacy')] }))).toMatchObject([{ cause: 'no_header' }]);
  });

  it('counts all calls of a kind by the one that was looked into, and says nothing of those that were not', () => {
    const calls = [1, 2, 3].map((number) =>
      call(`call ${number}`, {
        service: 'gateway',
        parent: 'request',
        from: 10,
        to: 90,
        target: 'payments:8080',
        path: `/charges/${number}`,
      }),
    );
    const candidates = [served('s', { ...elsewhere, path: '/charges/1', correlationId: 'other' })];
    const lookedInto = new Set([JSON.stringify(['gateway', 'payments:8080', 'GET', '/charges/*'])]);
    const other = call('other', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'payments:8080', path: '/refunds' });
    expect(diagnoseFlow(evidenceOf({ own: [request, ...calls, other], candidates, lookedInto }))).toMatchObject([
      { cause: 'no_header', count: 3 },
    ]);
  });

  it('tells one place for a service that sends no spans and for all that it asks', () => {
    const below = served('below', { service: 'bank', parent: 'a span of payments', from: 40, to: 60 });
    const exporterless = { own: [request, open, below], logs: [log({ service: 'payments', at: 30, span: 'gone' })] };
    expect(diagnoseFlow(evidenceOf(exporterless)).map(summary)).toEqual([
      { cause: 'spans_not_sent', hop: 'gateway → payments', at: 'after call', facts: ['call', 'absent_parent', 'records_of_absent_span'] },
    ]);
    const unsampled = ['payments', 'bank'].map((service, number) => log({ service, at: 30 + number, span: service, isSampled: false }));
    expect(diagnoseFlow(evidenceOf({ own: [request, open], logs: unsampled })).map(summary)).toEqual([
      { cause: 'sampled_out', hop: 'gateway → payments', at: 'after call', facts: ['call', 'unsampled_records', 'unsampled_records'] },
    ]);
  });

  it('waits for what may still come', () => {
    const nowNanos = BigInt(open.endTimeUnixNano) + 1_000_000_000n;
    const running = log({ service: 'payments', at: 90, span: 'running' });
    expect(diagnoseFlow(evidenceOf({ own: [request, open, sent], logs: [running], nowNanos }))).toEqual([]);
  });

  it('says nothing of a call that a service has logged in until its span would have come', () => {
    // Of a sender that tells of a span when it ends.
    const logs = [{ ...log({ service: 'payments', at: 40, span: 'gone' }), attributes: [] }];
    const causesAfter = (minutes: number) =>
      diagnoseFlow(
        evidenceOf({ own: [request, open], logs, nowNanos: BigInt(open.endTimeUnixNano) + BigInt(minutes) * 60_000_000_000n }),
      ).map(({ cause }) => cause);
    expect([causesAfter(1), causesAfter(9), causesAfter(11)]).toEqual([[], [], ['spans_not_sent']]);
  });

  it('waits for the spans of records without any flag, as of what ships files, and is less sure of them', () => {
    const logs = [{ ...log({ service: 'payments', at: 40, span: 'gone', isSampled: false }), attributes: [] }];
    const after = (seconds: number) =>
      diagnoseFlow(evidenceOf({ own: [request, open], logs, nowNanos: BigInt(open.endTimeUnixNano) + BigInt(seconds) * 1_000_000_000n }));
    expect(after(10)).toEqual([]);
    expect(after(20)).toMatchObject([{ cause: 'sampled_out', certainty: 'likely' }]);
  });

  const silent: readonly { readonly name: string; readonly evidence: Partial<FlowEvidence> }[] = [
    {
      name: 'a call to somebody else’s service',
      evidence: { own: [request, call('call', { service: 'gateway', parent: 'request', from: 1, to: 2, target: 'api.bank.example:443' })] },
    },
    {
      name: 'a call that was refused on its way',
      evidence: {
        own: [request, call('call', { service: 'gateway', parent: 'request', from: 1, to: 2, target: 'payments:80', status: 503 })],
      },
    },
    {
      name: 'a request that another client made at the same time with the same id',
      evidence: { own: [request, served('second', { service: 'stock', trace: 'second', from: 10, to: 20, path: '/stock' })] },
    },
    { name: 'what `correlation.run` alone wrote under the SDK', evidence: { logs: [log({ service: 'nightly', at: 40 })] } },
    { name: 'a line of a gateway before the first service', evidence: { own: [request], logs: [log({ service: 'nginx', at: 101 })] } },
    {
      name: 'an unrelated request at the address of nobody',
      evidence: {
        own: [request, call('call', { service: 'gateway', parent: 'request', from: 1, to: 90, target: 'api.bank.example:443' })],
        candidates: [served('s', { ...elsewhere, correlationId: 'other' })],
      },
    },
    {
      name: 'a step under an id of its own',
      evidence: {
        own: [request],
        children: [
          span({ id: 'import', parent: 'request', service: 'gateway', kind: 'internal', from: 1, to: 2, correlationId: 'nightly' }),
        ],
      },
    },
  ];
  it.each(silent)('is silent about $name', ({ evidence }) => {
    expect(diagnoseFlow(evidenceOf(evidence))).toEqual([]);
  });

  it('is silent on every healthy flow, and finds one hop that is taken out of it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            of: fc.nat(30),
            by: fc.constantFrom('http', 'grpc', 'message', 'database', 'external', 'refused', 'internal', 'second request'),
          }),
          { minLength: 1, maxLength: 25 },
        ),
        fc.nat(24),
        (steps, cut) => {
          const flow = healthyFlow(steps);
          expect(diagnoseFlow(evidenceOf(flow))).toEqual([]);
          const hops = flow.own.filter((one) => one.parentSpanId !== undefined && one.kind === 2);
          const lost = hops[cut % Math.max(1, hops.length)];
          if (lost === undefined) return;
          // Its records are gone too, and its children are still there.
          const left = { own: flow.own.filter((one) => one !== lost), logs: flow.logs.filter(({ spanId }) => spanId !== lost.spanId) };
          const breaks = diagnoseFlow(evidenceOf(left));
          expect(breaks.length).toBeGreaterThan(0);
          for (const one of breaks) expect(one.evidence.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

type Step = {
  readonly of: number;
  readonly by: 'http' | 'grpc' | 'message' | 'database' | 'external' | 'refused' | 'internal' | 'second request';
};

/** A request whose services call, send, ask and fail, each step below an earlier service; every hop is followed. */
function healthyFlow(steps: readonly Step[]) {
  const entries = [request];
  const own = [request];
  const logs = [log({ service: 'gateway', at: 1, span: 'request' }), log({ service: 'nginx', at: 500 })];
  steps.forEach(({ of, by }, number) => {
    const above = entries[of % entries.length] ?? request;
    const service = above.resource.attributes[0]?.value?.stringValue ?? '';
    const from = number * 10 + 1;
    const at = { service, parent: above.spanId, from, to: from + 8 };
    const callee = `service-${number}`;
    const inside = { service: callee, parent: `out-${number}`, from: from + 2, to: from + 6 };
    if (by === 'http') own.push(call(`out-${number}`, { ...at, target: `${callee}:80`, scope: SDK }), served(`in-${number}`, inside));
    else if (by === 'external') own.push(call(`out-${number}`, { ...at, target: 'api.partner.example:443', scope: SDK }));
    else if (by === 'refused')
      own.push(
        span({
          ...at,
          id: `out-${number}`,
          kind: 'client',
          failed: true,
          attributes: { 'http.request.method': 'GET', 'server.address': callee, 'error.type': 'ECONNREFUSED' },
        }),
      );
    else if (by === 'database')
      own.push(
        span({ ...at, id: `out-${number}`, kind: 'client', attributes: { 'db.system.name': 'postgresql', 'server.address': 'db' } }),
      );
    else if (by === 'second request')
      own.push(served(`second-${number}`, { service: callee, trace: `second-${number}`, from: from + 1, to: from + 7, path: '/second' }));
    else if (by === 'internal') own.push(span({ ...at, id: `out-${number}`, kind: 'internal' }));
    else if (by === 'grpc')
      own.push(
        span({ ...at, id: `out-${number}`, kind: 'client', attributes: { 'rpc.system': 'grpc', 'server.address': callee } }),
        span({ ...inside, id: `in-${number}`, kind: 'server', attributes: { 'rpc.system': 'grpc' } }),
      );
    else {
      const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' };
      own.push(span({ ...at, id: `out-${number}`, kind: 'producer', attributes: { ...attributes, 'messaging.operation.type': 'send' } }));
      own.push(
        span({
          ...inside,
          id: `in-${number}`,
          from: from + 900,
          to: from + 950,
          kind: 'consumer',
          attributes: { ...attributes, 'messaging.operation.type': 'process' },
        }),
      );
    }
    const entry = own.at(-1);
    if (entry?.spanId === `in-${number}`) {
      entries.push(entry);
      logs.push(log({ service: callee, at: from + 3, span: entry.spanId }));
    }
  });
  return { own, logs };
}

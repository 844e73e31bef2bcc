import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowBreak, Span, UnseenReason } from '../../api/index.ts';
import { diagnoseFlow } from './diagnose-flow.ts';
import type { UnseenLibraries } from './flow-evidence.ts';
import { call, evidenceOf, log, type SpanDraft, served, span } from './flow-fixtures.ts';
import { findBlindSpots } from './library-reports.ts';

/** Each library by which the SDK sends context, and the system that it speaks. */
const SENDING: readonly (readonly [library: string, system: string])[] = [
  ['amqplib', 'rabbitmq'],
  ['amqp-connection-manager', 'rabbitmq'],
  ['kafkajs', 'kafka'],
  ['@aws-sdk/client-sqs', 'aws_sqs'],
  ['ioredis', 'redis'],
  ['redis', 'redis'],
  ['@redis/client', 'redis'],
  ['bullmq', 'bullmq'],
  ['@grpc/grpc-js', 'grpc'],
  ['undici', 'http'],
  ['@confluentinc/kafka-javascript', 'kafka'],
  ['nats', 'nats'],
  ['mqtt', 'mqtt'],
];
const request = served('request', { service: 'gateway', from: 0, to: 100, path: '/checkout' });
const asked = call('call', { service: 'gateway', parent: 'request', from: 10, to: 90, target: 'orders:80', path: '/orders' });
/** What orders was asked in the flow. */
const work = served('POST /orders', { service: 'orders', parent: 'call', from: 15, to: 85, path: '/orders' });
const flow = [request, asked, work];

const report = (libraries: readonly string[], reason: UnseenReason = 'loaded_before'): UnseenLibraries => ({
  service: 'orders',
  instance: '',
  libraries,
  reason,
});

/** Where it goes on: a message that is taken, or a request, of nobody unless fields say otherwise. */
function arrival(system: string, trace: string, from: number, fields: Partial<SpanDraft> = {}): Span {
  const base = { id: trace, trace, service: 'mail', from, to: from + 10, correlationId: `of ${trace}`, name: 'arrived' } as const;
  if (system === 'http') return served(trace, { ...base, ...fields });
  const attributes =
    system === 'grpc'
      ? { 'rpc.system': 'grpc' }
      : { 'messaging.system': system, 'messaging.destination.name': 'letters', 'messaging.operation.type': 'process' };
  return span({ ...base, kind: system === 'grpc' ? 'server' : 'consumer', ...fields, attributes: { ...attributes, ...fields.attributes } });
}

/** What orders was asked by another flow. */
const otherWork = (number: number, from: number, name = 'POST /orders'): Span =>
  served(`work ${number}`, { service: 'orders', trace: `t${number}`, from, to: from + 70, correlationId: `o${number}`, name });

interface Around {
  readonly arrivals: readonly Span[];
  readonly work?: readonly Span[];
  readonly own?: readonly Span[];
  readonly libraries?: readonly string[];
  readonly reason?: UnseenReason;
}

function diagnose({ arrivals, work: others = [], own = flow, libraries = ['amqplib'], reason }: Around): FlowBreak[] {
  const unseen = report(libraries, reason);
  return diagnoseFlow(evidenceOf({ own, libraries: [unseen], sends: [{ report: unseen, work: [work, ...others], arrivals }] }));
}

describe('a library that sends and is not followed', () => {
  it.each(SENDING)('is named with its hop and where it goes on: %s', (library, system) => {
    const [found, ...more] = diagnose({ arrivals: [arrival(system, 'lost', 40)], libraries: ['pg', library] });
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      cause: 'loaded_before_sdk',
      certainty: 'likely',
      from: { service: 'orders' },
      to: { service: 'mail' },
      anchor: { spanId: 'POST /orders', side: 'after' },
      continuesIn: { traceId: 'lost', correlationId: 'of lost' },
      count: 1,
    });
    expect(found?.evidence[0]).toEqual({ fact: 'library', values: { service: 'orders', libraries: library } });
    expect(found?.evidence.at(-1)).toEqual({
      fact: 'arrives_with',
      values: { service: 'orders', name: 'POST /orders', times: '1', of: '1', apart: '0' },
    });
  });

  it.each(SENDING)('is no break where all is followed though it is reported: %s', (library, system) => {
    const followed = arrival(system, 'followed', 40, { parent: 'publish' });
    const linked = arrival(system, 'linked', 45, { links: ['t/publish'] });
    expect(diagnose({ arrivals: [followed, linked], libraries: [library] })).toEqual([]);
  });

  it.each(SENDING)('is no break beside much traffic of others, whenever that comes: %s', (library, system) => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(120_000), { minLength: 12, maxLength: 180 }),
        fc.array(fc.integer({ min: -60_000, max: 60_000 }), { maxLength: 60 }),
        (times, requests) => {
          const arrivals = times.map((at, number) => arrival(system, `others ${number}`, at - 60_000));
          const others = requests.map((at, number) => otherWork(number, at));
          expect(diagnose({ arrivals, work: others, libraries: [library] })).toEqual([]);
        },
      ),
      { seed: 21, numRuns: 60 },
    );
  });

  it.each(['pg', 'mongodb', 'node:sqlite', 'express', 'winston', 'pino'])('never is a break where it hands nothing on: %s', (library) => {
    const arrivals = SENDING.map(([, system], number) => arrival(system, `other ${number}`, 40));
    expect(diagnose({ arrivals, libraries: [library] })).toEqual([]);
  });

  it('is told as what the report says', () => {
    expect(diagnose({ arrivals: [arrival('rabbitmq', 'lost', 40)], reason: 'bundled' })).toMatchObject([{ cause: 'library_not_followed' }]);
  });

  it('names no single one of several that came at once', () => {
    const arrivals = [40, 300, 800].map((at) => arrival('rabbitmq', `at ${at}`, at));
    const [found, ...more] = diagnose({ arrivals });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ cause: 'loaded_before_sdk', to: { service: 'mail', address: 'rabbitmq letters' } });
    expect(found?.continuesIn).toBeUndefined();
    expect(found?.evidence[1]).toEqual({
      fact: 'consumers_without_context',
      values: { service: 'mail', destination: 'rabbitmq letters', count: '3' },
    });
    const requests = [40, 50].map((at) => arrival('grpc', `at ${at}`, at));
    expect(diagnose({ arrivals: requests, libraries: ['@grpc/grpc-js'] })[0]?.evidence[1]).toMatchObject({ fact: 'receivers' });
  });

  it.each([
    ['with time between', 5_000],
    ['one after the other without a pause', 72],
  ])('is named where such work always has its own, %s', (_, step) => {
    const numbers = Array.from({ length: 10 }, (_unused, number) => number + 1);
    const others = numbers.map((number) => otherWork(number, 15 + number * step));
    const arrivals = [0, ...numbers].map((number) => arrival('rabbitmq', `letter ${number}`, 60 + number * step));
    const [found, ...more] = diagnose({ arrivals, work: others });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ cause: 'loaded_before_sdk', to: { service: 'mail' } });
    if (step > 1_000) expect(found?.continuesIn).toEqual({ traceId: 'letter 0', correlationId: 'of letter 0' });
    else expect(found?.continuesIn).toBeUndefined();
    expect(found?.evidence.at(-1)).toMatchObject({ values: { times: '11', of: '11', apart: '0' } });
  });

  it('is named though others send there too, where such work has far more of it than chance gives', () => {
    const numbers = Array.from({ length: 20 }, (_, number) => number + 1);
    const others = numbers.map((number) => otherWork(number, number * 4_000));
    const arrivals = [
      arrival('rabbitmq', 'letter', 60),
      ...numbers.map((number) => arrival('rabbitmq', `letter ${number}`, number * 4_000 + 50)),
      ...numbers.map((number) => arrival('rabbitmq', `others ${number}`, number * 4_000 + 1_900)),
    ];
    expect(diagnose({ arrivals, work: others })).toMatchObject([{ continuesIn: { traceId: 'letter' } }]);
  });

  it('blames no work for what other work beside it sends', () => {
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    // A page that is always asked for together with what sends.
    const senders = numbers.map((number) => otherWork(number, 20 + number * 4_000, 'POST /letters'));
    const pages = numbers.slice(1).map((number) => otherWork(100 + number, 10 + number * 4_000));
    const arrivals = numbers.map((number) => arrival('rabbitmq', `letter ${number}`, 60 + number * 4_000));
    expect(diagnose({ arrivals, work: [...senders, ...pages] })).toEqual([]);
  });

  it('tells work of a server without routes apart by its path', () => {
    const numbers = Array.from({ length: 20 }, (_, number) => number + 1);
    const others = numbers.map((number) =>
      served(`work ${number}`, {
        service: 'orders',
        trace: `t${number}`,
        from: number * 4_000,
        to: number * 4_000 + 70,
        name: 'GET',
        path: '/letters/7',
      }),
    );
    const letters = numbers.map((number) => arrival('rabbitmq', `letter ${number}`, number * 4_000 + 50));
    const strangers = [60, 7_000, 23_000, 51_000].map((at) => arrival('rabbitmq', `stranger ${at}`, at));
    const askedFor = (path: string) => [
      request,
      served('GET', { service: 'orders', parent: 'request', from: 15, to: 85, path, name: 'GET' }),
    ];
    const unseen = report(['amqplib']);
    const causesOf = (path: string) =>
      diagnoseFlow(
        evidenceOf({
          own: askedFor(path),
          libraries: [unseen],
          sends: [{ report: unseen, work: others, arrivals: [...letters, ...strangers] }],
        }),
      ).map(({ cause }) => cause);
    expect([causesOf('/plain'), causesOf('/letters/8')]).toEqual([[], ['loaded_before_sdk']]);
  });

  it('blames no work for what one of several requests at once sent', () => {
    expect(diagnose({ arrivals: [arrival('rabbitmq', 'letter', 60)], work: [otherWork(1, 20)] })).toEqual([]);
  });

  it('is certain where what was taken has the flow’s ID, or is a message that the service names', () => {
    const own = arrival('rabbitmq', 'own', 40, { correlationId: 'order-1' });
    expect(diagnose({ arrivals: [own], own: [...flow, own] })).toMatchObject([
      { certainty: 'certain', continuesIn: { traceId: 'own' }, evidence: [{}, {}, { fact: 'receiver_has_id' }] },
    ]);
    const unseen = report(['kafkajs']);
    const named = arrival('kafka', 'named', 40, { attributes: { 'messaging.message.id': 'letter-77' } });
    const strangers = Array.from({ length: 50 }, (_, number) => arrival('kafka', `other ${number}`, number * 100));
    const line = log({ service: 'orders', at: 50, span: 'POST /orders' });
    const logs = [{ ...line, attributes: [...line.attributes, { key: 'letter', value: { stringValue: 'letter-77' } }] }];
    const sends = [{ report: unseen, work: [work], arrivals: [...strangers, named] }];
    expect(diagnoseFlow(evidenceOf({ own: flow, libraries: [unseen], logs, sends }))).toMatchObject([
      {
        certainty: 'certain',
        continuesIn: { traceId: 'named' },
        evidence: [{}, {}, { fact: 'same_message', values: { messageId: 'letter-77' } }],
      },
    ]);
  });

  it('does not take a running number for the name of a message', () => {
    const unseen = report(['bullmq']);
    const jobs = Array.from({ length: 50 }, (_, number) =>
      arrival('bullmq', `job ${number}`, number * 100, { attributes: { 'messaging.message.id': `${number}` } }),
    );
    const numbered = served('POST /orders', { service: 'orders', parent: 'call', from: 15, to: 85, attributes: { order: '0' } });
    const evidence = {
      own: [request, asked, numbered],
      libraries: [unseen],
      sends: [{ report: unseen, work: [numbered], arrivals: jobs }],
    };
    expect(diagnoseFlow(evidenceOf(evidence))).toEqual([]);
  });

  it('is not told by what began the flow, nor by what came too late, nor by itself', () => {
    expect(diagnose({ arrivals: [request], libraries: ['undici'] })).toEqual([]);
    expect(diagnose({ arrivals: [arrival('rabbitmq', 'late', 2_200)] })).toEqual([]);
    expect(diagnose({ arrivals: [arrival('grpc', 'late', 400)], libraries: ['@grpc/grpc-js'] })).toEqual([]);
    expect(diagnose({ arrivals: [arrival('rabbitmq', 'self', 40, { service: 'orders' })] })).toEqual([]);
    expect(diagnose({ arrivals: [arrival('http', 'probe', 40, { name: 'GET /healthz' })].map(asHealth), libraries: ['undici'] })).toEqual(
      [],
    );
  });

  it('is not told by a batch of messages that are followed one by one', () => {
    const batch = arrival('kafka', 'batch', 40, { kind: 'client', attributes: { 'messaging.operation.type': 'receive' } });
    const one = arrival('kafka', 'batch', 45, { id: 'one', parent: 'batch', links: ['t/call'] });
    const unseen = report(['kafkajs']);
    const evidence = { own: flow, libraries: [unseen], sends: [{ report: unseen, work: [work], arrivals: [batch] }] };
    expect(diagnoseFlow(evidenceOf({ ...evidence, joined: [one] }))).toEqual([]);
    expect(diagnoseFlow(evidenceOf(evidence))).toMatchObject([{ cause: 'loaded_before_sdk' }]);
  });

  it('is not told by a request from another address than the service’s', () => {
    const out = call('out', { service: 'orders', parent: 'POST /orders', from: 20, to: 30, target: 'stock:80' });
    const stock = served('in', { service: 'stock', parent: 'out', from: 22, to: 28, attributes: { 'network.peer.address': '10.0.0.4' } });
    const from = (peer: string) => arrival('grpc', 'lost', 40, { attributes: { 'network.peer.address': peer } });
    const causesOf = (peer: string) =>
      diagnose({ arrivals: [from(peer)], own: [...flow, out, stock], libraries: ['@grpc/grpc-js'] }).map(({ cause }) => cause);
    expect([causesOf('10.0.0.4'), causesOf('::ffff:10.0.0.4'), causesOf('10.0.0.9')]).toEqual([
      ['loaded_before_sdk'],
      ['loaded_before_sdk'],
      [],
    ]);
  });

  it('does not lead twice to what another break leads to', () => {
    const sent = span({
      id: 'publish',
      parent: 'request',
      service: 'gateway',
      kind: 'producer',
      from: 20,
      to: 21,
      attributes: { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'letters', 'messaging.operation.type': 'send' },
    });
    const taken = arrival('rabbitmq', 'taken', 40);
    const unseen = report(['amqplib']);
    const evidence = {
      own: [...flow, sent],
      candidates: [taken],
      libraries: [unseen],
      sends: [{ report: unseen, work: [work], arrivals: [taken] }],
    };
    expect(diagnoseFlow(evidenceOf(evidence)).map(({ cause }) => cause)).toEqual(['message_context_lost']);
  });
});

function asHealth(one: Span): Span {
  return {
    ...one,
    attributes: one.attributes.map((each) => (each.key === 'url.path' ? { ...each, value: { stringValue: '/healthz' } } : each)),
  };
}

describe('findBlindSpots', () => {
  it('has what no break tells of, once for a service and a reason', () => {
    const unseen = [
      report(['pg', 'amqplib']),
      { ...report(['pg', 'pino']), instance: 'two' },
      report(['express', 'winston'], 'bundled'),
      report(['express'], 'untested_version'),
    ];
    const second = {
      ...work,
      resource: { attributes: [...work.resource.attributes, { key: 'service.instance.id', value: { stringValue: 'two' } }] },
    };
    const own = [...flow, second];
    expect(findBlindSpots({ libraries: unseen, own }, [])).toEqual([
      { service: 'orders', libraries: ['amqplib', 'pg', 'pino'], reason: 'loaded_before' },
      { service: 'orders', libraries: ['winston'], reason: 'bundled' },
    ]);
    const breaks = diagnose({ arrivals: [arrival('rabbitmq', 'lost', 40)], libraries: ['pg', 'amqplib'] });
    expect(findBlindSpots({ libraries: [report(['pg', 'amqplib'])], own }, breaks)).toEqual([
      { service: 'orders', libraries: ['pg'], reason: 'loaded_before' },
    ]);
    expect(findBlindSpots({ libraries: [{ ...report(['pg']), service: 'print' }], own }, [])).toEqual([]);
  });
});

import { sendOtlp } from './send-otlp.ts';

/** Flows for the views of a flow as OTLP/JSON: everything that a flow may have, one that breaks, and one of 10,000 records. */

interface SpanDraft {
  readonly id: string;
  readonly trace: string;
  readonly parent?: string;
  readonly service: string;
  readonly instance?: string;
  readonly name: string;
  readonly kind: 1 | 2 | 3 | 4 | 5;
  readonly from: number;
  readonly to: number;
  readonly failed?: boolean;
  readonly link?: readonly [trace: string, span: string];
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly correlationId?: string;
}

interface LogDraft {
  readonly service: string;
  readonly instance?: string;
  readonly at: number;
  readonly body: string;
  readonly span?: readonly [trace: string, span: string];
  readonly isUnsampled?: boolean;
  readonly severity?: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Makes it the report of a sender that it does not follow these. */
  readonly unseen?: readonly string[];
}

export const RICH_FLOW = 'flow-rich';
export const BROKEN_FLOW = 'flow-broken-hop';
/** A message whose consumer is sampled out. */
export const UNTAKEN_FLOW = 'flow-untaken';
/** A call to a service that is sampled out. */
export const SAMPLED_FLOW = 'flow-sampled-out';
export const LONG_FLOW = 'flow-long';
export const SKEWED_FLOW = 'flow-skewed';
/** A message that its consumer fails at every minute. */
export const POISON_FLOW = 'flow-poison';
export const POISON_DELIVERIES = 14;
/** The clock of the service that the skewed flow calls is so far ahead. */
const AHEAD_MILLIS = 4_000;
/** Spans and records of the long flow. */
export const LONG_FLOW_SPANS = 2_500;
export const LONG_FLOW_RECORDS = 7_500;
/** Is in attributes, a message and a header of the rich flow, and must be in no byte of what is shared. */
export const PLANTED_SECRETS = [
  'hunter2-planted',
  'sk_live_planted_4711',
  'mina.kim@example.com',
  'eyJhbGciOiJIUzI1NiJ9.eyJwIjoicGxhbnRlZCJ9.c2lnbmF0dXJl',
  '4111 1111 1111 1111',
];

/** Resolves when the collector has taken all of it. Times are before `endMillis`. */
export async function seedFlows(otlpHttp: string, endMillis: number): Promise<void> {
  await send(otlpHttp, RICH_FLOW, endMillis - 60_000, richFlow());
  await send(otlpHttp, BROKEN_FLOW, endMillis - 50_000, brokenFlow());
  await send(otlpHttp, UNTAKEN_FLOW, endMillis - 45_000, untakenFlow());
  await send(otlpHttp, SAMPLED_FLOW, endMillis - 44_000, sampledFlow());
  await send(otlpHttp, LONG_FLOW, endMillis - 300_000, longFlow());
  await send(otlpHttp, SKEWED_FLOW, endMillis - 40_000, skewedFlow());
  await send(otlpHttp, POISON_FLOW, endMillis - (POISON_DELIVERIES + 1) * 60_000, poisonFlow());
}

interface Flow {
  readonly spans: readonly SpanDraft[];
  readonly logs: readonly LogDraft[];
}

/** A checkout over two instances of a service, a retry, a loop, a queue, a job after the response in a trace of its own, and lines of a gateway. */
function richFlow(): Flow {
  const http = { 'http.request.method': 'POST', 'http.response.status_code': 200 };
  const kafka = { 'messaging.system': 'kafka', 'messaging.destination.name': 'order.created' };
  const [password, key, mail, token, card] = PLANTED_SECRETS;
  return {
    spans: [
      {
        id: 'root',
        trace: 'a',
        service: 'web',
        name: 'POST /checkout',
        kind: 2,
        from: 0,
        to: 420,
        attributes: { ...http, 'url.path': '/checkout', 'http.request.header.authorization': `Bearer ${token}` },
      },
      {
        id: 'call',
        trace: 'a',
        parent: 'root',
        service: 'web',
        name: 'POST',
        kind: 3,
        from: 10,
        to: 400,
        attributes: { ...http, 'server.address': 'orders', 'server.port': 8080 },
      },
      {
        id: 'orders',
        trace: 'a',
        parent: 'call',
        service: 'orders',
        instance: 'orders-7f9c',
        name: 'POST /orders',
        kind: 2,
        from: 14,
        to: 396,
        attributes: { ...http, 'db.password': password ?? '', 'user.note': `key ${key}` },
      },
      ...[0, 1, 2, 3, 4].map(
        (item): SpanDraft => ({
          id: `item${item}`,
          trace: 'a',
          parent: 'orders',
          service: 'orders',
          instance: 'orders-7f9c',
          name: 'SELECT items',
          kind: 3,
          from: 20 + item * 10,
          to: 26 + item * 10,
          attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'shop' },
        }),
      ),
      {
        id: 'check',
        trace: 'a',
        parent: 'orders',
        service: 'orders',
        instance: 'orders-7f9c',
        name: 'check vouchers',
        kind: 1,
        from: 75,
        to: 85,
      },
      {
        id: 'try1',
        trace: 'a',
        parent: 'orders',
        service: 'orders',
        instance: 'orders-7f9c',
        name: 'POST /charge',
        kind: 3,
        from: 90,
        to: 190,
        failed: true,
        attributes: { 'http.request.method': 'POST', 'http.response.status_code': 503, 'server.address': 'payments' },
      },
      {
        id: 'charge1',
        trace: 'a',
        parent: 'try1',
        service: 'payments',
        instance: 'payments-a',
        name: 'POST /charge',
        kind: 2,
        from: 94,
        to: 186,
        failed: true,
        attributes: { 'http.request.method': 'POST', 'http.response.status_code': 503 },
      },
      {
        id: 'try2',
        trace: 'a',
        parent: 'orders',
        service: 'orders',
        instance: 'orders-7f9c',
        name: 'POST /charge',
        kind: 3,
        from: 220,
        to: 330,
        attributes: { ...http, 'server.address': 'payments' },
      },
      {
        id: 'charge2',
        trace: 'a',
        parent: 'try2',
        service: 'payments',
        instance: 'payments-b',
        name: 'POST /charge',
        kind: 2,
        from: 224,
        to: 326,
        attributes: http,
      },
      {
        id: 'publish',
        trace: 'a',
        parent: 'orders',
        service: 'orders',
        instance: 'orders-7f9c',
        name: 'send order.created',
        kind: 4,
        from: 340,
        to: 346,
        attributes: { ...kafka, 'messaging.operation.type': 'send' },
      },
      {
        id: 'process',
        trace: 'b',
        service: 'mail',
        name: 'process order.created',
        kind: 5,
        from: 470,
        to: 520,
        link: ['a', 'publish'],
        attributes: { ...kafka, 'messaging.operation.type': 'process' },
      },
      { id: 'job', trace: 'c', service: 'web', name: 'receipt job', kind: 1, from: 460, to: 560, link: ['a', 'root'] },
    ],
    logs: [
      { service: 'nginx', at: 2, body: 'POST /checkout HTTP/1.1 upstream=web' },
      { service: 'web', at: 4, body: 'checkout received', span: ['a', 'root'], attributes: { 'enduser.email': mail ?? '' } },
      { service: 'orders', instance: 'orders-7f9c', at: 88, body: `charging card ${card} for ${mail}`, span: ['a', 'orders'] },
      { service: 'payments', instance: 'payments-a', at: 180, body: 'the bank is away', span: ['a', 'charge1'], severity: 17 },
      { service: 'payments', instance: 'payments-b', at: 300, body: 'card charged', span: ['a', 'charge2'] },
      { service: 'mail', at: 500, body: 'receipt queued', span: ['b', 'process'] },
      { service: 'nginx', at: 421, body: '200 POST /checkout 421 ms' },
      { service: 'orders', instance: 'orders-7f9c', at: -9_000, body: 'not followed: pg', unseen: ['pg'] },
    ],
  };
}

/** A call that a proxy passes on without its headers: the receiver is in a trace of its own, under another id. */
function brokenFlow(): Flow {
  const http = { 'http.request.method': 'POST', 'http.response.status_code': 200, 'url.path': '/settle' };
  return {
    spans: [
      { id: 'root', trace: 'd', service: 'web', name: 'POST /pay', kind: 2, from: 0, to: 200, attributes: http },
      {
        id: 'settle',
        trace: 'd',
        parent: 'root',
        service: 'web',
        name: 'POST',
        kind: 3,
        from: 20,
        to: 180,
        attributes: { ...http, 'server.address': 'proxy', 'server.port': 8080 },
      },
      {
        id: 'bank',
        trace: 'e',
        service: 'bank',
        name: 'POST /settle',
        kind: 2,
        from: 40,
        to: 160,
        correlationId: 'bank-77',
        attributes: {
          ...http,
          'server.address': 'bank',
          'server.port': 9000,
          'client.address': '10.0.0.4',
          'network.peer.address': '10.0.0.9',
        },
      },
    ],
    logs: [{ service: 'web', at: 30, body: 'settling', span: ['d', 'root'] }],
  };
}

function untakenFlow(): Flow {
  const rabbit = { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'parcels', 'messaging.operation.type': 'send' };
  return {
    spans: [
      { id: 'root', trace: 'h', service: 'web', name: 'POST /parcels', kind: 2, from: 0, to: 40 },
      { id: 'publish', trace: 'h', parent: 'root', service: 'web', name: 'send parcels', kind: 4, from: 10, to: 12, attributes: rabbit },
    ],
    logs: [{ service: 'courier', at: 90, body: 'parcel delivered', span: ['h', 'process'], isUnsampled: true }],
  };
}

function poisonFlow(): Flow {
  const rabbit = { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'letters' };
  const deliveries = Array.from({ length: POISON_DELIVERIES }, (_, place) => ({ trace: `m${place}`, from: 1_000 + place * 60_000 }));
  return {
    spans: [
      {
        id: 'publish',
        trace: 'm',
        service: 'web',
        name: 'send letters',
        kind: 4,
        from: 0,
        to: 4,
        attributes: { ...rabbit, 'messaging.operation.type': 'send' },
      },
      ...deliveries.map(
        ({ trace, from }): SpanDraft => ({
          id: 'process',
          trace,
          service: 'notify',
          name: 'process letters',
          kind: 5,
          from,
          to: from + 120,
          failed: true,
          link: ['m', 'publish'],
          attributes: { ...rabbit, 'messaging.operation.type': 'process' },
        }),
      ),
    ],
    logs: deliveries.map(({ trace, from }) => ({
      service: 'notify',
      at: from + 100,
      body: 'cannot read the letter',
      span: [trace, 'process'],
      severity: 17,
    })),
  };
}

function sampledFlow(): Flow {
  const http = { 'http.request.method': 'GET', 'http.response.status_code': 200 };
  const shelf = { ...http, 'server.address': '10.0.0.7', 'server.port': 8080 };
  return {
    spans: [
      { id: 'root', trace: 'k', service: 'web', name: 'GET /shelf', kind: 2, from: 0, to: 60, attributes: http },
      { id: 'call', trace: 'k', parent: 'root', service: 'web', name: 'GET', kind: 3, from: 10, to: 50, attributes: shelf },
    ],
    logs: [{ service: 'shelf', at: 30, body: 'three left', span: ['k', 'shelf'], isUnsampled: true }],
  };
}

/** One call to a service whose clock is wrong, and from there to one whose clock is right. */
function skewedFlow(): Flow {
  const http = { 'http.request.method': 'GET', 'http.response.status_code': 200 };
  const wrong = (millis: number) => millis + AHEAD_MILLIS;
  return {
    spans: [
      { id: 'root', trace: 'g', service: 'web', name: 'GET /basket', kind: 2, from: 0, to: 120, attributes: http },
      { id: 'call', trace: 'g', parent: 'root', service: 'web', name: 'GET', kind: 3, from: 10, to: 110, attributes: http },
      {
        id: 'cart',
        trace: 'g',
        parent: 'call',
        service: 'cart',
        name: 'GET /cart',
        kind: 2,
        from: wrong(14),
        to: wrong(106),
        attributes: http,
      },
      { id: 'ask', trace: 'g', parent: 'cart', service: 'cart', name: 'GET', kind: 3, from: wrong(30), to: wrong(90), attributes: http },
      { id: 'price', trace: 'g', parent: 'ask', service: 'prices', name: 'GET /price', kind: 2, from: 34, to: 86, attributes: http },
    ],
    logs: [{ service: 'cart', at: wrong(20), body: 'basket read', span: ['g', 'cart'] }],
  };
}

/** A batch: one service calls another again and again, with three records each time. */
function longFlow(): Flow {
  const spans: SpanDraft[] = [{ id: 'root', trace: 'f', service: 'batch', name: 'nightly', kind: 1, from: 0, to: 250_000 }];
  const logs: LogDraft[] = [];
  for (let step = 0; spans.length < LONG_FLOW_SPANS; step += 1) {
    // Every seventh step is another one, so that not all of it is one loop.
    const name = step % 7 === 3 ? `import ${step}` : 'import';
    spans.push({
      id: `s${step}`,
      trace: 'f',
      parent: 'root',
      service: `worker-${step % 3}`,
      name,
      kind: 2,
      from: step * 100,
      to: step * 100 + 60,
      attributes: { 'http.request.method': 'POST' },
    });
  }
  for (let record = 0; record < LONG_FLOW_RECORDS; record += 1) {
    const step = record % (LONG_FLOW_SPANS - 1);
    logs.push({
      service: `worker-${step % 3}`,
      at: step * 100 + 5 + (record % 3),
      body: `row ${record} imported`,
      span: ['f', `s${step}`],
    });
  }
  return { spans, logs };
}

type Json = Readonly<Record<string, unknown>>;

const BATCH = 1_000;

async function send(otlpHttp: string, flow: string, startMillis: number, { spans, logs }: Flow): Promise<void> {
  const at = (millis: number): string => `${Math.round(startMillis + millis)}000000`;
  for (let from = 0; from < spans.length; from += BATCH) {
    const resourceSpans = spans.slice(from, from + BATCH).map(({ service, instance, correlationId = flow, ...span }) => ({
      resource: resourceOf(service, instance),
      scopeSpans: [
        {
          spans: [
            {
              traceId: hex(`${flow} ${span.trace}`, 32),
              spanId: hex(`${flow} ${span.trace} ${span.id}`, 16),
              ...(span.parent === undefined ? {} : { parentSpanId: hex(`${flow} ${span.trace} ${span.parent}`, 16) }),
              name: span.name,
              kind: span.kind,
              startTimeUnixNano: at(span.from),
              endTimeUnixNano: at(span.to),
              attributes: keyValues({ 'correlation.id': correlationId, ...span.attributes }),
              ...(span.failed === true ? { status: { code: 2, message: 'failed' } } : {}),
              ...(span.link === undefined
                ? {}
                : { links: [{ traceId: hex(`${flow} ${span.link[0]}`, 32), spanId: hex(`${flow} ${span.link[0]} ${span.link[1]}`, 16) }] }),
            },
          ],
        },
      ],
    }));
    await sendOtlp(otlpHttp, 'traces', { resourceSpans });
  }
  for (let from = 0; from < logs.length; from += BATCH) {
    const resourceLogs = logs.slice(from, from + BATCH).map(({ service, instance, severity = 9, unseen, ...log }) => ({
      resource: resourceOf(service, instance),
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: at(log.at),
              severityNumber: severity,
              body: { stringValue: log.body },
              ...(unseen === undefined
                ? { attributes: keyValues({ 'correlation.id': flow, ...log.attributes }) }
                : { eventName: 'threadline.libraries.unseen', attributes: unseenAttributes(unseen) }),
              ...(log.span === undefined
                ? {}
                : {
                    traceId: hex(`${flow} ${log.span[0]}`, 32),
                    spanId: hex(`${flow} ${log.span[0]} ${log.span[1]}`, 16),
                    flags: log.isUnsampled === true ? 0 : 1,
                  }),
            },
          ],
        },
      ],
    }));
    await sendOtlp(otlpHttp, 'logs', { resourceLogs });
  }
}

function resourceOf(service: string, instance: string | undefined): Json {
  return { attributes: keyValues({ 'service.name': service, ...(instance === undefined ? {} : { 'service.instance.id': instance }) }) };
}

function unseenAttributes(libraries: readonly string[]): Json[] {
  const values = libraries.map((stringValue) => ({ stringValue }));
  return [...keyValues({ 'library.reason': 'loaded_before' }), { key: 'library.names', value: { arrayValue: { values } } }];
}

function keyValues(attributes: Readonly<Record<string, string | number>>): Json[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

/** A hex id that depends on the name alone, never all zero (FNV-1a, repeated over a counter). */
function hex(name: string, digits: 16 | 32): string {
  let id = '';
  for (let round = 1; id.length < digits; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    id += hash.toString(16).padStart(8, '0');
  }
  return id;
}

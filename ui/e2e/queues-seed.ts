import { sendOtlp } from './send-otlp.ts';
import { attribute, nanos } from './services-seed.ts';

type Json = Readonly<Record<string, unknown>>;

const MINUTE_MILLIS = 60_000;
const MINUTES = 14;
/** In these last minutes all calls to `FAILING` fail. */
const FAILING_MINUTES = 4;
const DURATION_MILLIS = 20;
const FAILING = 'database:orders';

/**
 * Who calls, sends to or takes from what: a chain over queues and topics, services that send to what they take from, one that calls back, and databases. What is no
 * service has its type before its name.
 */
export const QUEUE_CALLS = [
  ['gateway', 'orders'],
  ['orders', 'database:orders'],
  ['orders', 'queue:created'],
  ['queue:created', 'worker'],
  ['worker', 'queue:created'],
  ['worker', 'database:orders'],
  ['worker', 'topic:requested'],
  ['topic:requested', 'payments'],
  ['payments', 'database:payments'],
  ['payments', 'orders'],
  ['payments', 'queue:paid'],
  ['queue:paid', 'shipping'],
  ['shipping', 'topic:requested'],
  ['shipping', 'queue:created'],
  ['shipping', 'external:courier.example'],
] as const;

/** Sends a quarter of an hour of that, some calls a minute of each. */
export async function seedQueues({ otlpHttp, endMillis }: { otlpHttp: string; endMillis: number }): Promise<void> {
  let ids = 0;
  const nextId = (digits: number): string => {
    ids += 1;
    return ids.toString(16).padStart(digits, '0');
  };
  const spans = new Map<string, Json[]>();
  const add = (service: string, span: Json): void => {
    spans.set(service, [...(spans.get(service) ?? []), span]);
  };
  for (const [place, [from, to]] of QUEUE_CALLS.entries()) {
    for (let minutesAgo = MINUTES; minutesAgo >= 1; minutesAgo -= 1) {
      for (let call = 0; call < 6 + place; call += 1) {
        const start = endMillis - minutesAgo * MINUTE_MILLIS + call;
        const times = { startTimeUnixNano: nanos(start), endTimeUnixNano: nanos(start + DURATION_MILLIS) };
        const [traceId, root, spanId] = [nextId(32), nextId(16), nextId(16)];
        const status = to === FAILING && minutesAgo <= FAILING_MINUTES && { status: { code: 2 } };
        if (from.includes(':')) {
          add(to, { traceId, spanId, name: 'take', ...times, ...peerOf(from, true) });
          continue;
        }
        add(from, { traceId, spanId: root, name: 'work', kind: 2, ...times });
        if (to.includes(':')) add(from, { traceId, spanId, parentSpanId: root, name: 'call', ...times, ...peerOf(to, false), ...status });
        else add(to, { traceId, spanId, parentSpanId: root, name: 'POST /', kind: 2, ...times });
      }
    }
  }
  const resourceSpans = Array.from(spans, ([service, sent]) => ({
    resource: { attributes: [attribute('service.name', service)] },
    scopeSpans: [{ spans: sent }],
  }));
  await sendOtlp(otlpHttp, 'traces', { resourceSpans });
}

function peerOf(peer: string, isTaken: boolean): Json {
  const [type, name = ''] = peer.split(':');
  if (type === 'database') return { kind: 3, attributes: [attribute('db.system.name', 'postgresql'), attribute('db.namespace', name)] };
  if (type === 'external') return { kind: 3, attributes: [attribute('server.address', name), attribute('http.request.method', 'POST')] };
  return {
    kind: isTaken ? 5 : 4,
    attributes: [
      attribute('messaging.system', type === 'topic' ? 'kafka' : 'rabbitmq'),
      attribute('messaging.destination.name', name),
      attribute('messaging.operation.type', isTaken ? 'process' : 'send'),
    ],
  };
}

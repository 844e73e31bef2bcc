import { sendOtlp } from './send-otlp.ts';

/**
 * Forty healthy requests of one operation and a few with a fault planted in each, as OTLP/JSON: what a comparison has to find. The same each time.
 */

export interface LabOptions {
  /** Where to send, as `http://127.0.0.1:4318`. */
  readonly otlpHttp: string;
  /** The time that the latest request starts at. */
  readonly endMillis: number;
}

export interface Lab {
  readonly healthyTraceId: string;
  /** Without the call of the cache. */
  readonly missingTraceId: string;
  /** Its charge takes twelve times as long as usual. */
  readonly slowTraceId: string;
  /** The charge fails, so that no order is published. */
  readonly failedTraceId: string;
  /** Its items are read one by one, six times as often as usual. */
  readonly repeatedTraceId: string;
  /** An operation of which there is no other trace. */
  readonly loneTraceId: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Call {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  /** Milliseconds since the start of the request. */
  readonly from: number;
  readonly to: number;
  /** Place among the request's calls; absent: the root. */
  readonly under?: number;
  readonly failed?: boolean;
}

const HEALTHY = 40;
const SPREAD_MILLIS = 40 * 60_000;
const SELECTS = 6;

type Plant = 'none' | 'missing' | 'slow' | 'failed' | 'repeated';

export async function seedLab({ otlpHttp, endMillis }: LabOptions): Promise<Lab> {
  const spans = new Map<string, Json[]>();
  let traces = 0;
  const add = (calls: readonly Call[], startMillis: number): string => {
    traces += 1;
    const traceId = traces.toString(16).padStart(32, '0');
    for (const [index, call] of calls.entries()) {
      const list = spans.get(call.service) ?? [];
      list.push(spanOf(call, { traceId, traces, index, startMillis }));
      spans.set(call.service, list);
    }
    return traceId;
  };
  const healthy = Array.from({ length: HEALTHY }, (_, index) =>
    add(checkout(index, 'none'), endMillis - SPREAD_MILLIS + (index * (SPREAD_MILLIS - 300_000)) / HEALTHY),
  );
  // What is usual is known to the minute before a trace: faults that were planted in one minute are in nothing that is usual, whenever the tests run.
  const faultsMillis = Math.floor(endMillis / 60_000) * 60_000 - 60_000;
  const lab = {
    healthyTraceId: healthy.at(-1) ?? '',
    missingTraceId: add(checkout(3, 'missing'), faultsMillis),
    slowTraceId: add(checkout(5, 'slow'), faultsMillis + 20_000),
    failedTraceId: add(checkout(7, 'failed'), faultsMillis + 40_000),
    repeatedTraceId: add(checkout(9, 'repeated'), faultsMillis + 10_000),
    loneTraceId: add([{ service: 'cron', name: 'nightly', kind: 1, from: 0, to: 50 }], faultsMillis + 50_000),
  };
  for (const [service, list] of spans) await send(otlpHttp, { service, spans: list });
  return lab;
}

/** A request over five services, a little different each time. */
function checkout(seed: number, plant: Plant): Call[] {
  const jitter = (base: number, at: number): number => base * (1 + (((seed * 7 + at * 3) % 11) - 5) / 50);
  const charge = jitter(60, 1) * (plant === 'slow' ? 12 : 1);
  const chargeStart = plant === 'repeated' ? 386 : 86;
  const chargeEnd = chargeStart + 4 + charge;
  const end = chargeEnd + (plant === 'failed' ? 6 : jitter(20, 2));
  const failed = plant === 'failed';
  const calls: Call[] = [
    { service: 'gateway', name: 'POST /checkout', kind: 2, from: 0, to: end + 6, failed },
    { service: 'orders', name: 'POST /orders', kind: 2, from: 4, to: end, under: 0, failed },
    ...(plant === 'missing' ? [] : [{ service: 'orders', name: 'GET cart', kind: 3, from: 8, to: 8 + jitter(2, 3), under: 1 }]),
    ...Array.from({ length: SELECTS * (plant === 'repeated' ? 6 : 1) }, (_, at) => ({
      service: 'orders',
      name: 'SELECT items',
      kind: 3,
      from: 14 + at * 10,
      to: 14 + at * 10 + jitter(7, 4),
      under: 1,
    })),
    { service: 'payments', name: 'POST /charge', kind: 2, from: chargeStart, to: chargeEnd, under: 1, failed },
  ];
  if (!failed) {
    calls.push({ service: 'orders', name: 'publish order.created', kind: 4, from: chargeEnd + 4, to: chargeEnd + 8, under: 1 });
    calls.push({
      service: 'mailer',
      name: 'process order.created',
      kind: 5,
      from: chargeEnd + 10,
      to: chargeEnd + 16,
      under: calls.length - 1,
    });
  }
  return calls;
}

interface SpanPlace {
  readonly traceId: string;
  readonly traces: number;
  readonly index: number;
  readonly startMillis: number;
}

function spanOf({ name, kind, from, to, under, failed }: Call, { traceId, traces, index, startMillis }: SpanPlace): Json {
  const id = (place: number): string => (traces * 1_000 + place + 1).toString(16).padStart(16, '0');
  return {
    traceId,
    spanId: id(index),
    ...(under === undefined ? {} : { parentSpanId: id(under) }),
    name,
    kind,
    startTimeUnixNano: nanos(startMillis + from),
    endTimeUnixNano: nanos(startMillis + to),
    attributes: [],
    ...(failed ? { status: { code: 2, message: 'card declined' } } : {}),
  };
}

function nanos(millis: number): string {
  return `${Math.floor(millis)}${String(Math.floor((millis % 1) * 1e6)).padStart(6, '0')}`;
}

async function send(otlpHttp: string, { service, spans }: { readonly service: string; readonly spans: readonly Json[] }): Promise<void> {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  await sendOtlp(otlpHttp, 'traces', { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lab' }, spans }] }] });
}

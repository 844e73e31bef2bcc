import { sendOtlp } from './send-otlp.ts';

type Json = Readonly<Record<string, unknown>>;

/** How many services there are beside the few that are looked at, and how many teams these are of. */
export const CROWD = 500;
export const TEAMS = 20;
const MINUTE_MILLIS = 60_000;
const MINUTES = 14;
const CALLS_A_MINUTE = 6;
/** In these last minutes services fare as they do now. */
const NOW_MINUTES = 5;
/** `stock` is slow in these alone, and called twice as often: two minutes later all of that is of the last five minutes still, and nothing of it usual. */
const SLOW_MINUTES = 2;

interface Served {
  readonly service: string;
  readonly version?: string;
  readonly operation: string;
  readonly minutesAgo: number;
  readonly durationMillis: number;
  readonly isError?: boolean;
  /** The trace's id and the span that called. */
  readonly parent?: { readonly traceId: string; readonly spanId: string };
  readonly traceState?: string;
}

/**
 * Sends a quarter of an hour of a shop: `checkout` calls `orders`, of which in the last minutes one in three fails, and PostgreSQL; `mailer` fell silent,
 * `stock` is slower than it was, `reports` is sampled, `ticker` only logs, of late in another version, health checks alone reach `standby`; and a crowd that had one request each.
 */
export async function seedServices({ otlpHttp, endMillis }: { otlpHttp: string; endMillis: number }): Promise<void> {
  let ids = 0;
  const nextId = (digits: number): string => {
    ids += 1;
    return ids.toString(16).padStart(digits, '0');
  };
  const spans = new Map<string, { service: string; version: string; spans: Json[] }>();
  const add = (served: Served, rest: Json = {}): { traceId: string; spanId: string } => {
    const { service, version = '1.0.0', operation, minutesAgo, durationMillis, parent, isError, traceState } = served;
    const span = { traceId: parent?.traceId ?? nextId(32), spanId: nextId(16) };
    const start = endMillis - minutesAgo * MINUTE_MILLIS - durationMillis;
    const key = `${service} ${version}`;
    const known = spans.get(key) ?? { service, version, spans: [] };
    spans.set(key, known);
    known.spans.push({
      ...span,
      ...(parent && { parentSpanId: parent.spanId }),
      ...(traceState && { traceState }),
      name: operation,
      kind: 2,
      startTimeUnixNano: nanos(start),
      endTimeUnixNano: nanos(start + durationMillis),
      ...(isError && { status: { code: 2 } }),
      ...rest,
    });
    return span;
  };
  for (let minutesAgo = MINUTES; minutesAgo >= 1; minutesAgo -= 1) {
    const isNow = minutesAgo < NOW_MINUTES;
    const version = minutesAgo <= NOW_MINUTES + 1 ? '2.0.0' : '1.0.0';
    for (let call = 0; call < CALLS_A_MINUTE; call += 1) {
      const checkout = add({ service: 'checkout', operation: 'POST /checkout', minutesAgo, durationMillis: 80 });
      const client = add(
        { service: 'checkout', operation: 'POST', minutesAgo, durationMillis: 60, parent: checkout },
        { kind: 3, attributes: [attribute('server.address', 'orders.internal'), attribute('http.request.method', 'POST')] },
      );
      const isError = isNow && call % 3 === 0;
      const order = add({ service: 'orders', version, operation: 'POST /orders', minutesAgo, durationMillis: 40, parent: client, isError });
      add(
        { service: 'orders', version, operation: 'INSERT orders', minutesAgo, durationMillis: 5, parent: order },
        { kind: 3, attributes: [attribute('db.system.name', 'postgresql'), attribute('db.namespace', 'shop')] },
      );
      const isSlow = minutesAgo <= SLOW_MINUTES;
      for (let times = isSlow ? 2 : 1; times > 0; times -= 1)
        add({ service: 'stock', operation: 'GET /stock/{sku}', minutesAgo, durationMillis: isSlow ? 900 : 30 });
      add({ service: 'reports', operation: 'GET /report', minutesAgo, durationMillis: 20, traceState: 'ot=th:8' });
    }
    if (!isNow && minutesAgo > NOW_MINUTES + 1) add({ service: 'mailer', operation: 'deliver mail', minutesAgo, durationMillis: 12 });
  }
  for (let number = 0; number < CROWD; number += 1) {
    add({ service: `team-${number % TEAMS}-service-${number}`, operation: 'GET /', minutesAgo: 2, durationMillis: 10 + (number % 90) });
  }
  const probe = [attribute('http.request.method', 'GET'), attribute('http.route', '/healthz')];
  for (let minutesAgo = MINUTES; minutesAgo >= 1; minutesAgo -= 1)
    add({ service: 'standby', operation: 'GET /healthz', minutesAgo, durationMillis: 1 }, { attributes: probe });
  await sendOtlp(otlpHttp, 'logs', { resourceLogs: tickerLogs(endMillis) });
  const resourceSpans = Array.from(spans.values(), ({ service, version, spans: sent }) => ({
    resource: {
      attributes: [
        attribute('service.name', service),
        attribute('service.version', version),
        attribute('service.instance.id', `${service}-pod-1`),
      ],
    },
    scopeSpans: [{ spans: sent }],
  }));
  await sendOtlp(otlpHttp, 'traces', { resourceSpans });
}

/** What a service that never was there does once, now. */
export async function seedOneCall({
  otlpHttp,
  service,
  endMillis,
}: {
  otlpHttp: string;
  service: string;
  endMillis: number;
}): Promise<void> {
  const resource = { attributes: [attribute('service.name', service)] };
  const [startTimeUnixNano, endTimeUnixNano] = [nanos(endMillis - 1_000), nanos(endMillis - 990)];
  const [traceId, spanId] = [endMillis.toString(16).padStart(32, 'f'), endMillis.toString(16).padStart(16, 'f')];
  const spans = [{ traceId, spanId, name: 'GET /', kind: 2, startTimeUnixNano, endTimeUnixNano }];
  await sendOtlp(otlpHttp, 'traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

function tickerLogs(endMillis: number): Json[] {
  return Array.from({ length: MINUTES }, (_, minute) => {
    const minutesAgo = MINUTES - minute;
    const version = minutesAgo <= NOW_MINUTES + 1 ? '7.1.0' : '7.0.0';
    const time = nanos(endMillis - minutesAgo * MINUTE_MILLIS);
    return {
      resource: {
        attributes: [
          attribute('service.name', 'ticker'),
          attribute('service.version', version),
          attribute('service.instance.id', 'ticker-1'),
        ],
      },
      scopeLogs: [
        { logRecords: Array.from({ length: 10 }, () => ({ timeUnixNano: time, severityNumber: 9, body: { stringValue: 'tick' } })) },
      ],
    };
  });
}

export function attribute(key: string, stringValue: string): Json {
  return { key, value: { stringValue } };
}

export function nanos(millis: number): string {
  return `${Math.floor(millis)}000000`;
}

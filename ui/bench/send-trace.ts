/** Traces of one shape and any size: a chain (each span under the one before), a fan (all under one) and a comb (chains of ten, all under one). */
export const SHAPES = ['chain', 'fan', 'comb'] as const;
export type Shape = (typeof SHAPES)[number];

export interface TraceDraft {
  readonly shape: Shape;
  readonly spanCount: number;
  readonly seed: number;
  readonly startMillis: number;
}

const BATCH = 2_000;
const COMB_TOOTH = 10;
const SERVICES = 6;
/** OpenTelemetry's kind of a span that calls another service. */
const CLIENT = 3;
const HOSTS = 20;
/** More than the collector tells apart in one answer. */
const ITEMS = 5_000;
const NAMES = 40;

/** Sends the trace as OTLP/JSON and gives its id; the same draft has the same ids, names and durations. */
export async function sendTrace(otlpHttp: string, draft: TraceDraft): Promise<string> {
  const random = mulberry32(draft.seed);
  const traceId = hex(draft.seed + 1, 32);
  for (let from = 0; from < draft.spanCount; from += BATCH) {
    const byService = new Map<string, object[]>();
    for (let index = from; index < Math.min(draft.spanCount, from + BATCH); index += 1) {
      const service = `bench-${Math.floor(random() * SERVICES)}`;
      const spans = byService.get(service) ?? [];
      spans.push(spanOf(index, { draft, traceId, random }));
      byService.set(service, spans);
    }
    await post(`${otlpHttp}/v1/traces`, {
      resourceSpans: [...byService].map(([service, spans]) => ({
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeSpans: [{ scope: { name: 'bench' }, spans }],
      })),
    });
  }
  return traceId;
}

function spanOf(index: number, { draft, traceId, random }: { draft: TraceDraft; traceId: string; random: () => number }): object {
  const parent = parentOf(index, draft.shape);
  const kind = 1 + (index % 5);
  const start = BigInt(draft.startMillis) * 1_000_000n + BigInt(index) * 10_000n;
  const lasts =
    draft.shape === 'chain' || index === 0 ? BigInt(draft.spanCount - index) * 20_000n : BigInt(Math.floor(50_000 + random() * 2e6));
  return {
    traceId,
    spanId: hex(index + 1, 16),
    ...(parent === undefined ? {} : { parentSpanId: hex(parent + 1, 16) }),
    name: index === 0 ? `bench ${draft.shape}` : `operation ${Math.floor(random() * NAMES)}`,
    kind,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + lasts),
    attributes: [
      { key: 'bench.index', value: { intValue: String(index) } },
      { key: 'bench.text', value: { stringValue: 'something that spans carry about' } },
      ...(kind === CLIENT ? callOf(Math.floor(random() * ITEMS)) : []),
    ],
    ...(random() < 0.001 ? { status: { code: 2, message: 'planted' } } : {}),
  };
}

/** What a call of HTTP says of whom it went to. */
function callOf(item: number): object[] {
  const host = `host-${item % HOSTS}`;
  return Object.entries({
    'http.request.method': 'GET',
    'server.address': host,
    'url.full': `http://${host}:8080/items/${item}?fields=all`,
  }).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function parentOf(index: number, shape: Shape): number | undefined {
  if (index === 0) return undefined;
  if (shape === 'chain') return index - 1;
  return shape === 'fan' || index % COMB_TOOTH === 1 ? 0 : index - 1;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

/** A generator of numbers from 0 to 1 that the seed decides. Source: Tommy Ettinger's Mulberry32. */
function mulberry32(seedNumber: number): () => number {
  let state = seedNumber;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

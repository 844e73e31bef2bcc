import { sendOtlp } from './send-otlp.ts';

/**
 * A small shop's traffic as OTLP/JSON, the same for the same seed: requests over four services with a job after the response, a
 * retry, failures, and what a UI has to cope with (control characters, long bodies, missing parents, drop reports, a span without an end).
 */

export interface SeedOptions {
  /** Where to send, as `http://127.0.0.1:4318`. */
  readonly otlpHttp: string;
  /** The time that the latest request starts at. */
  readonly endMillis: number;
  readonly requests: number;
  readonly seed: number;
}

/** What a test looks for in what was sent. */
export interface Seeded {
  readonly logCount: number;
  /** A checkout that failed in payments: every service is in it. */
  readonly failedTraceId: string;
  readonly failedCorrelationId: string;
  /** A trace whose middle span never arrived, with an unfinished span and a drop report. */
  readonly brokenTraceId: string;
  readonly brokenCorrelationId: string;
  /** More spans than any page of the API holds. */
  readonly largeTraceId: string;
  /** One call for each of twelve items, with time in between of which no span tells. */
  readonly repeatsTraceId: string;
}

/** Spans of the large trace: three pages of the API. */
export const LARGE_TRACE_SPANS = 2_500;
/** Calls of the trace that repeats one. */
export const REPEATED_CALLS = 12;
/** Records that are not part of a log search: a span's start and a drop report. */
const OWN_EVENTS = 2;

type Json = Readonly<Record<string, unknown>>;

interface SpanDraft {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startMillis: number;
  readonly durationMillis: number;
  readonly attributes?: Json;
  readonly error?: string;
  readonly links?: readonly Json[];
}

const SEVERITIES = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 } as const;

/** Requests over these milliseconds before the end; the last quarter of an hour is what the UI opens with. */
const SPREAD_MILLIS = 9 * 60_000;
const BATCH = 500;

export async function seed(options: SeedOptions): Promise<Seeded> {
  const shop = new Shop(options.seed);
  for (let index = 0; index < options.requests; index += 1) {
    const startMillis = options.endMillis - SPREAD_MILLIS + (index * SPREAD_MILLIS) / options.requests;
    shop.checkout({ startMillis, fails: index % 9 === 4, correlationId: `order-${1000 + index}` });
  }
  const failed = shop.checkout({ startMillis: options.endMillis - 5_000, fails: true, correlationId: 'order-failed' });
  const broken = shop.brokenRequest(options.endMillis - 4_000);
  shop.oddRecords(options.endMillis - 3_000);
  const repeats = shop.repeatedCalls(options.endMillis - 8 * 60_000);
  const large = shop.largeTrace(options.endMillis - 7 * 60_000);
  await shop.send(options.otlpHttp);
  return {
    logCount: shop.logCount - OWN_EVENTS,
    failedTraceId: failed,
    failedCorrelationId: 'order-failed',
    brokenTraceId: broken,
    brokenCorrelationId: 'order-broken',
    largeTraceId: large,
    repeatsTraceId: repeats,
  };
}

class Shop {
  readonly #random: () => number;
  readonly #spans = new Map<string, Json[]>();
  readonly #logs = new Map<string, Json[]>();
  logCount = 0;

  constructor(seedNumber: number) {
    this.#random = mulberry32(seedNumber);
  }

  checkout({ startMillis, fails, correlationId }: { startMillis: number; fails: boolean; correlationId: string }): string {
    const traceId = this.#id(16);
    const [root, order, insert, stock, charge, retry, publish] = Array.from({ length: 7 }, () => this.#id(8));
    const slow = this.#random() < 0.1 ? 600 : 0;
    const chargeMillis = 60 + this.#random() * 120 + slow;
    const total = 90 + chargeMillis * (fails ? 2 : 1);
    const base = { traceId, attributes: { 'correlation.id': correlationId } };
    const route = { 'http.request.method': 'POST', 'http.route': '/checkout', 'url.full': 'https://shop.example/checkout?cart=7' };
    const at = (millis: number) => startMillis + millis;
    const span = (draft: Omit<SpanDraft, 'traceId'>) =>
      this.#span({ ...base, ...draft, attributes: { ...base.attributes, ...draft.attributes } });
    const log = (
      service: string,
      spanId: string | undefined,
      millis: number,
      level: keyof typeof SEVERITIES,
      body: string,
      attributes: Json = {},
    ) =>
      this.#log({
        service,
        level,
        body,
        atMillis: at(millis),
        traceId,
        ...(spanId === undefined ? {} : { spanId }),
        attributes: { ...base.attributes, ...attributes },
      });
    span({
      service: 'gateway',
      spanId: root ?? '',
      name: 'POST /checkout',
      kind: 2,
      startMillis,
      durationMillis: total,
      attributes: { ...route, 'http.response.status_code': fails ? 502 : 200 },
      ...(fails ? { error: 'orders answered 502' } : {}),
    });
    log('gateway', root, 1, 'INFO', 'POST /checkout received', {
      'user.id': Math.floor(this.#random() * 50),
      'client.address': '203.0.113.9',
    });
    span({
      service: 'orders',
      spanId: order ?? '',
      parentSpanId: root ?? '',
      name: 'POST /orders',
      kind: 2,
      startMillis: at(6),
      durationMillis: total - 12,
      ...(fails ? { error: 'payment failed' } : {}),
    });
    log('orders', order, 8, 'INFO', `charging order=A-${Math.floor(this.#random() * 90 + 10)}`, {
      'order.id': correlationId,
      amount: 19.5,
      items: ['tea', 'cup'],
    });
    span({
      service: 'orders',
      spanId: insert ?? '',
      parentSpanId: order ?? '',
      name: 'sqlite INSERT orders',
      kind: 3,
      startMillis: at(12),
      durationMillis: 8 + this.#random() * 20,
      attributes: { 'db.system.name': 'sqlite', 'db.query.text': 'INSERT INTO orders VALUES (?, ?)' },
    });
    span({
      service: 'inventory',
      spanId: stock ?? '',
      parentSpanId: order ?? '',
      name: 'inventory.Stock/Reserve',
      kind: 2,
      startMillis: at(40),
      durationMillis: 12 + this.#random() * 10,
      attributes: { 'rpc.system': 'grpc' },
    });
    log('inventory', stock, 44, 'DEBUG', 'reserved 2 of tea-01');
    span({
      service: 'payments',
      spanId: charge ?? '',
      parentSpanId: order ?? '',
      name: 'POST /charge',
      kind: 2,
      startMillis: at(66),
      durationMillis: chargeMillis,
      attributes: { 'payment.amount': 19.5, 'payment.retry': false },
      ...(fails ? { error: 'card declined' } : {}),
    });
    log('payments', charge, 70, 'INFO', 'authorizing card');
    if (slow > 0) log('payments', charge, 200, 'WARN', 'the bank answers slowly', { 'bank.latency_ms': Math.round(chargeMillis) });
    if (fails) {
      log('payments', charge, 60 + chargeMillis, 'ERROR', 'card declined', {
        'exception.type': 'CardDeclined',
        'exception.message': 'insufficient funds',
        'exception.stacktrace': 'CardDeclined: insufficient funds\n    at charge (payments.js:41:11)\n    at handle (payments.js:12:3)',
      });
      span({
        service: 'payments',
        spanId: retry ?? '',
        parentSpanId: order ?? '',
        name: 'POST /charge',
        kind: 2,
        startMillis: at(70 + chargeMillis),
        durationMillis: chargeMillis * 0.8,
        attributes: { 'payment.retry': true },
        error: 'card declined',
      });
      log('orders', order, total - 14, 'ERROR', 'checkout failed: payment failed after 2 attempts', { attempts: 2 });
    } else {
      span({
        service: 'orders',
        spanId: publish ?? '',
        parentSpanId: order ?? '',
        name: 'publish order.created',
        kind: 4,
        startMillis: at(total - 12),
        durationMillis: 3,
      });
      this.#job({ correlationId, startMillis: at(total + 40), producer: { traceId, spanId: publish ?? '' } });
    }
    return traceId;
  }

  /** What runs after the response, in a trace of its own that links to the producer. */
  #job({ correlationId, startMillis, producer }: { correlationId: string; startMillis: number; producer: Json }): void {
    const traceId = this.#id(16);
    const spanId = this.#id(8);
    this.#span({
      service: 'notifications',
      traceId,
      spanId,
      name: 'process order.created',
      kind: 5,
      startMillis,
      durationMillis: 31,
      attributes: { 'correlation.id': correlationId },
      links: [{ ...producer, attributes: [] }],
    });
    this.#log({
      service: 'notifications',
      level: 'INFO',
      body: 'mail queued',
      atMillis: startMillis + 5,
      traceId,
      spanId,
      attributes: { 'correlation.id': correlationId },
    });
  }

  brokenRequest(startMillis: number): string {
    const traceId = this.#id(16);
    const root = this.#id(8);
    const lost = this.#id(8);
    const attributes = { 'correlation.id': 'order-broken' };
    this.#span({ service: 'gateway', traceId, spanId: root, name: 'GET /status', kind: 2, startMillis, durationMillis: 220, attributes });
    this.#span({
      service: 'inventory',
      traceId,
      spanId: this.#id(8),
      parentSpanId: lost,
      name: 'inventory.Stock/Count',
      kind: 2,
      startMillis: startMillis + 60,
      durationMillis: 40,
      attributes,
    });
    this.#log({
      service: 'orders',
      level: 'INFO',
      eventName: 'threadline.span.start',
      body: '',
      atMillis: startMillis + 30,
      traceId,
      spanId: this.#id(8),
      attributes: { ...attributes, 'span.name': 'GET /pending', 'span.kind': 2, 'span.parent_id': root },
    });
    this.#log({
      service: 'orders',
      level: 'WARN',
      eventName: 'threadline.drop',
      body: '',
      atMillis: startMillis + 50,
      attributes: { 'drop.signal': 'traces', 'drop.reason': 'buffer full', 'drop.count': 17, 'drop.trace_ids': [traceId] },
    });
    return traceId;
  }

  /** A report that asks the database for each item, waits, and goes on to another service. */
  repeatedCalls(startMillis: number): string {
    const traceId = this.#id(16);
    const root = this.#id(8);
    this.#span({ service: 'reports', traceId, spanId: root, name: 'GET /report', kind: 2, startMillis, durationMillis: 500 });
    for (let item = 0; item < REPEATED_CALLS; item += 1) {
      this.#span({
        service: 'reports',
        traceId,
        spanId: this.#id(8),
        parentSpanId: root,
        name: 'sqlite SELECT item',
        kind: 3,
        startMillis: startMillis + 10 + item * 10,
        durationMillis: 8,
      });
    }
    this.#span({
      service: 'reports',
      traceId,
      spanId: this.#id(8),
      parentSpanId: root,
      name: 'render',
      kind: 1,
      startMillis: startMillis + 400,
      durationMillis: 90,
    });
    return traceId;
  }

  /** A chain of 40 with the rest as a comb on it. */
  largeTrace(startMillis: number): string {
    const traceId = this.#id(16);
    const ids = Array.from({ length: LARGE_TRACE_SPANS }, () => this.#id(8));
    ids.forEach((spanId, index) => {
      const parentSpanId = index === 0 ? undefined : ids[index < 40 ? index - 1 : index % 40];
      this.#span({
        service: `batch-${index % 5}`,
        traceId,
        spanId,
        ...(parentSpanId === undefined ? {} : { parentSpanId }),
        name: index === 0 ? 'nightly import' : `step ${index}`,
        kind: 1,
        startMillis: startMillis + index,
        durationMillis: index < 40 ? LARGE_TRACE_SPANS + 100 - 2 * index : 20,
        ...(index === 2_000 ? { error: 'row 2000 is not valid' } : {}),
      });
    });
    return traceId;
  }

  oddRecords(atMillis: number): void {
    this.#log({
      service: 'legacy',
      level: 'FATAL',
      body: 'panic \u001b[31mred\u001b[0m \u0000 and \u202eturned\u202c',
      atMillis,
      attributes: {
        'odd key: with "quotes"': 'a value with spaces',
        '': 'an empty key',
        script: '<img src=x onerror=alert(1)>',
        link: 'javascript:alert(1)',
      },
    });
    this.#log({
      service: 'legacy',
      level: 'INFO',
      body: `a long line ${'lorem ipsum dolor sit amet '.repeat(2_000)}the end`,
      atMillis: atMillis + 1,
    });
  }

  async send(otlpHttp: string): Promise<void> {
    for (const [service, spans] of this.#spans) {
      for (let from = 0; from < spans.length; from += BATCH) {
        await sendOtlp(otlpHttp, 'traces', {
          resourceSpans: [
            {
              resource: resourceOf(service),
              scopeSpans: [{ scope: { name: 'shop', version: '1.0.0' }, spans: spans.slice(from, from + BATCH) }],
            },
          ],
        });
      }
    }
    for (const [service, logRecords] of this.#logs) {
      for (let from = 0; from < logRecords.length; from += BATCH) {
        await sendOtlp(otlpHttp, 'logs', {
          resourceLogs: [
            {
              resource: resourceOf(service),
              scopeLogs: [{ scope: { name: 'winston' }, logRecords: logRecords.slice(from, from + BATCH) }],
            },
          ],
        });
      }
    }
  }

  #span(draft: SpanDraft): void {
    const end = draft.startMillis + draft.durationMillis;
    push(this.#spans, draft.service, {
      traceId: draft.traceId,
      spanId: draft.spanId,
      ...(draft.parentSpanId === undefined ? {} : { parentSpanId: draft.parentSpanId }),
      name: draft.name,
      kind: draft.kind,
      startTimeUnixNano: nanos(draft.startMillis),
      endTimeUnixNano: nanos(end),
      attributes: keyValues(draft.attributes ?? {}),
      ...(draft.links === undefined ? {} : { links: draft.links }),
      ...(draft.error === undefined
        ? {}
        : {
            status: { code: 2, message: draft.error },
            events: [{ timeUnixNano: nanos(end - 1), name: 'exception', attributes: keyValues({ 'exception.message': draft.error }) }],
          }),
    });
  }

  #log({
    service,
    level,
    body,
    atMillis,
    traceId,
    spanId,
    eventName,
    attributes = {},
  }: {
    service: string;
    level: keyof typeof SEVERITIES;
    body: string;
    atMillis: number;
    traceId?: string;
    spanId?: string;
    eventName?: string;
    attributes?: Json;
  }): void {
    this.logCount += 1;
    push(this.#logs, service, {
      timeUnixNano: nanos(atMillis),
      severityNumber: SEVERITIES[level],
      severityText: level.toLowerCase(),
      ...(body === '' ? {} : { body: { stringValue: body } }),
      attributes: keyValues(attributes),
      ...(traceId === undefined ? {} : { traceId }),
      ...(spanId === undefined ? {} : { spanId }),
      ...(eventName === undefined ? {} : { eventName }),
    });
  }

  #id(bytes: number): string {
    return Array.from({ length: bytes }, () =>
      Math.floor(this.#random() * 256)
        .toString(16)
        .padStart(2, '0'),
    ).join('');
  }
}

function push(lists: Map<string, Json[]>, key: string, item: Json): void {
  const list = lists.get(key) ?? [];
  list.push(item);
  lists.set(key, list);
}

function resourceOf(service: string): Json {
  return { attributes: keyValues({ 'service.name': service, 'service.version': '1.4.2', 'host.name': `${service}-7f9c` }) };
}

function keyValues(attributes: Json): Json[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): Json {
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { stringValue: String(value) };
}

function nanos(millis: number): string {
  return `${Math.floor(millis)}${String(Math.floor((millis % 1) * 1e6)).padStart(6, '0')}`;
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

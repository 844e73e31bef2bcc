import { type AnyValue, TraceFlags, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { LogEmitterProvider } from '../logs/log-emitter.ts';
import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import { shownText } from '../logs/thrown-value.ts';
import { redactRecord, redactSpan } from '../redaction/redacting-processors.ts';
import { createRedactor } from '../redaction/redactor.ts';
import { ConstantSampler } from '../sampling/plain-samplers.ts';
import { decodeRequest } from '../testing/otlp-protobuf.ts';
import { emitSpanStart } from '../traces/emit-span-start.ts';
import { readAttributeLimits, readSpanLimits } from '../traces/span-limits.ts';
import { SpanTracerProvider } from '../traces/span-tracer.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import type { BatchEncoder } from './batch-encoder.ts';
import * as json from './otlp-json.ts';
import * as protobuf from './otlp-protobuf.ts';

/** Each writes a few items four times. */
const RUNS = 150;
const MAX_NANOS = 2n ** 64n;
const IDS = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
const REFUSING = new Proxy(
  {},
  {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse,
  },
);
const redactor = createRedactor({ names: [], emails: false, patterns: [] });

function refuse(): never {
  throw new Error('not to be read');
}

function holdingItself(): unknown {
  const list: unknown[] = ['x'];
  list.push(list, { list });
  return list;
}

/** So that a value which lets nobody read it can be named in a failure. */
class Held {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  [fc.toStringMethod](): string {
    return shownText(this.value);
  }
}

/** What is held, also in a list or a plain record of them. */
function taken(held: unknown): unknown {
  if (held instanceof Held) return held.value;
  if (Array.isArray(held)) return held.map(taken);
  return isRecord(held) ? Object.fromEntries(Object.entries(held).map(([key, one]) => [key, taken(one)])) : held;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

const VALUES: readonly Held[] = [
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  2 ** 64,
  1e300,
  12n,
  Symbol('symbol'),
  'half \ud83c of a pair',
  'SERVER","kind":1',
  new Date(Number.NaN),
  [Number.NaN, 1],
  [-5, 5],
  [1e300, 5e9],
  [1_700_000_000, 5.7],
  refuse,
  REFUSING,
  {
    get name() {
      return refuse();
    },
    readable: 1,
  },
  holdingItself(),
  { length: 3 },
  { toString: refuse, toJSON: refuse, [Symbol.toPrimitive]: refuse },
  { ...IDS, traceState: 'no state' },
  { ...IDS, traceState: { serialize: refuse } },
  { ...IDS, traceState: { serialize: () => 5 } },
  { ...IDS, traceFlags: 'x' },
  { traceId: 'abc', spanId: '"', traceFlags: 1n },
  { traceId: 'é'.repeat(300), spanId: 5 },
].map((value) => new Held(value));

/** What untyped code may hand over in the place of anything. */
const odd: fc.Arbitrary<Held> = fc.oneof(
  fc
    .anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true })
    .map((value) => new Held(value)),
  fc.string({ unit: 'binary' }).map((value) => new Held(value)),
  fc.constantFrom(...VALUES),
);
const oddContext = fc.record({ context: odd, attributes: odd }, { requiredKeys: [] });

function createProviders() {
  const spans: ReadableSpan[] = [];
  const records: ReadWriteLogRecord[] = [];
  const common = { forceFlush: async () => undefined, shutdown: async () => undefined };
  const resource = { attributes: {} };
  return {
    spans,
    records,
    tracing: new SpanTracerProvider({
      resource,
      limits: readSpanLimits({}, 3),
      sampler: new ConstantSampler(true),
      processors: [{ ...common, onStart: (span) => emitSpanStart(span), onEnd: (span) => void spans.push(span) }],
    }),
    logging: new LogEmitterProvider({
      resource,
      limits: readAttributeLimits({}, 'OTEL_LOGRECORD'),
      processors: [{ ...common, onEmit: (record) => void records.push(record) }],
    }),
  };
}

/** A span whose context can be read of what is made of it. */
function withContext(span: ReadableSpan | undefined): ReadableSpan | undefined {
  return span === undefined ? undefined : { ...span, spanContext: () => span.spanContext() };
}

/** As it is but for these parts. */
function made<Item extends object>(item: Item | undefined, parts: object): Item {
  return Object.create(
    item ?? null,
    Object.fromEntries(Object.entries(parts).map(([name, one]) => [name, { value: taken(one), enumerable: true }])),
  );
}

function call(target: object, method: string, ...args: unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, args.map(taken));
}

function write<Item>(encoder: BatchEncoder<Item>, items: readonly Item[]): Uint8Array {
  for (const item of items) encoder.add(item);
  return encoder.take();
}

/** Every message of a request is what OTLP says of it, and there are so many items. */
function expectReadable(request: unknown, itemCount: number): void {
  let found = 0;
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (name === 'spans' || name === 'logRecords') found += Array.isArray(member) ? member.length : 0;
      expectField(name, member);
      walk(member);
    }
  };
  walk(request);
  expect(found).toBe(itemCount);
}

function expectField(name: string, value: unknown): void {
  if (/UnixNano$/.test(name)) {
    expect(value).toMatch(/^\d+$/);
    expect(BigInt(String(value)) < MAX_NANOS).toBe(true);
  } else if (/^(kind|code|severityNumber|flags|dropped.*Count)$/.test(name)) {
    expect(value).toSatisfy((count) => typeof count === 'number' && count >>> 0 === count);
  } else if (name === 'intValue') {
    expect(Number(value)).toSatisfy((count) => Number.isInteger(count) && count >= -(2 ** 63) && count < 2 ** 63);
  } else if (/^(traceId|spanId|parentSpanId)$/.test(name)) {
    expect(value).toMatch(/^([0-9a-f]{16}|[0-9a-f]{32})$/i);
  } else if (/^(name|message|version|schemaUrl|severityText|eventName|traceState|key|stringValue)$/.test(name)) {
    expect(value).toBeTypeOf('string');
  }
}

/** Both encodings of the items, hidden or not, between one before and one behind. */
function expectSendable(signal: 'traces' | 'logs', spans: readonly ReadableSpan[], records: readonly ReadWriteLogRecord[]): void {
  const bodies =
    signal === 'traces'
      ? [write(protobuf.createSpanEncoder(), spans), write(json.createSpanEncoder(), spans)]
      : [write(protobuf.createLogEncoder(), records), write(json.createLogEncoder(), records)];
  const [asProtobuf = new Uint8Array(), asJson = new Uint8Array()] = bodies;
  const count = signal === 'traces' ? spans.length : records.length;
  expectReadable(decodeRequest(signal, asProtobuf), count);
  expectReadable(JSON.parse(Buffer.from(asJson).toString('utf8')), count);
}

describe('what an app hands over without types', () => {
  it('never throws at it, and each span with it is sent, hidden secrets or not', () => {
    const list = fc.array(odd, { maxLength: 3 });
    const use = fc.record({
      scope: list,
      name: odd,
      kind: odd,
      startTime: odd,
      attributes: odd,
      links: fc.oneof(odd, fc.array(fc.oneof(odd, oddContext))),
      rest: fc.array(odd, { minLength: 9, maxLength: 9 }),
      status: fc.oneof(odd, fc.record({ code: odd, message: odd })),
    });
    fc.assert(
      fc.property(use, fc.boolean(), ({ scope, name, rest, status, ...options }, isHidden) => {
        const { tracing, spans } = createProviders();
        const tracer = tracing.getTracer('before');
        tracer.startSpan('before', {}, EMPTY_CONTEXT).end();
        const span = call(
          Object(call(tracing, 'getTracer', ...scope.slice(0, 2), { schemaUrl: scope[2] })),
          'startSpan',
          name,
          options,
          EMPTY_CONTEXT,
        );
        const [newName, event, eventAttributes, eventTime, key, value, attributes, link, endTime] = rest;
        for (const [method, ...args] of [
          ['updateName', newName],
          ['addEvent', event, eventAttributes, eventTime],
          ['setAttribute', key, value],
          ['setAttributes', attributes],
          ['addLink', link],
          ['recordException', value, eventTime],
          ['setStatus', status],
          ['end', endTime],
        ] as const)
          call(Object(span), method, ...args);
        tracer.startSpan('after', {}, EMPTY_CONTEXT).end();
        if (isHidden) for (const one of spans) redactSpan(redactor, one);
        expect(spans).toHaveLength(3);
        expectSendable('traces', spans, []);
      }),
      { numRuns: RUNS },
    );
  });

  it('never throws at it, and each log record with it is sent, hidden secrets or not', () => {
    const record = fc.record(
      {
        body: odd,
        severityNumber: odd,
        severityText: odd,
        eventName: odd,
        timestamp: odd,
        observedTimestamp: odd,
        attributes: odd,
        exception: odd,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(record, odd, fc.boolean(), (given, scope, isHidden) => {
        const { logging, records } = createProviders();
        for (const one of [{ body: 'before' }, given, { body: 'after' }])
          call(Object(call(logging, 'getLogger', scope)), 'emit', { ...one, context: EMPTY_CONTEXT });
        if (isHidden) for (const one of records) redactRecord(redactor, one);
        expectSendable('logs', [], records);
      }),
      { numRuns: RUNS },
    );
  });

  it('of another SDK, whose spans and records are as it has them, each is sent', () => {
    const spanParts = fc.record(
      {
        name: odd,
        kind: odd,
        startTime: odd,
        endTime: odd,
        status: fc.record({ code: odd, message: odd }),
        attributes: fc.record({ key: odd }),
        links: fc.array(oddContext),
        events: fc.array(fc.record({ name: odd, time: odd, attributes: fc.record({ key: odd }) })),
        instrumentationScope: fc.record({ name: odd, version: odd, schemaUrl: odd }),
      },
      { requiredKeys: [] },
    );
    const recordParts = fc.record(
      { hrTime: odd, severityText: odd, severityNumber: odd, body: odd, eventName: odd, attributes: fc.record({ key: odd }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(spanParts, recordParts, odd, (ofSpan, ofRecord, traceFlags) => {
        const { tracing, spans, logging, records } = createProviders();
        tracing.getTracer('t').startSpan('one', {}, EMPTY_CONTEXT).end();
        logging.getLogger('l').emit({ body: 'one', context: trace.setSpanContext(EMPTY_CONTEXT, IDS) });
        const context = { ...IDS, traceFlags };
        const oddSpan = made(withContext(spans[0]), { ...ofSpan, parentSpanContext: context });
        const oddRecord = made(records[0], { ...ofRecord, spanContext: context });
        expectSendable('traces', [...spans, oddSpan, ...spans], []);
        expectSendable('logs', [], [...records, oddRecord, ...records]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is a text where a text should be, and what stands beside it is there', () => {
    const { tracing, spans } = createProviders();
    const tracer = tracing.getTracer('t');
    const names: readonly unknown[] = [undefined, null, 5, 12n, Symbol('s'), ['a'], { a: 1 }];
    for (const name of names) call(Object(call(tracer, 'startSpan', name, { attributes: { a: 1 } }, EMPTY_CONTEXT)), 'end');
    expect(spans.map((span) => span.name)).toEqual(['', '', '5', '12n', 'Symbol(s)', "[ 'a' ]", '{ a: 1 }']);
    const request = decodeRequest('traces', write(protobuf.createSpanEncoder(), spans));
    expect(request).toMatchObject({ resourceSpans: [{ scopeSpans: [{ spans: names.map(() => ({ attributes: [{ key: 'a' }] })) }] }] });
  });

  it.each<[string, unknown, AnyValue]>([
    ['a big integer', 12n, 12],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a Proxy', REFUSING, '[Unreadable]'],
    ['a map', new Map([['a', 1]]), { a: 1 }],
  ])('is told as the body of a log record: %s', (_, body, told) => {
    const { logging, records } = createProviders();
    call(logging.getLogger('l'), 'emit', { body: new Held(body), context: EMPTY_CONTEXT });
    expect(records.map((record) => record.body)).toEqual([told]);
  });

  it('is an error of its message where a status has it as its message', () => {
    const { tracing, spans } = createProviders();
    const span = tracing.getTracer('t').startSpan('s', {}, EMPTY_CONTEXT);
    call(span, 'setStatus', { code: 2, message: new Error('too far') });
    span.end();
    expect(spans.map(({ status }) => status)).toEqual([{ code: 2, message: 'too far' }]);
  });
});

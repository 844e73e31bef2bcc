import type { AnyValue, KeyValue, LogRecord, Span } from '../../src/api/index.ts';

/** What `senders/README.md` says was sent, as the API has to answer it. Where a language's SDK cannot say a thing, `languages` says so. */

const START = 1_700_000_000_123_456_789n;
export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.30.0';

export interface Language {
  readonly name: string;
  /** The SDK has attributes on an instrumentation scope. */
  readonly scopeAttributes: boolean;
  /** The log API takes bytes and maps as attribute values. */
  readonly mapAttributes: boolean;
  /** The third element of the second log's `items`: a value of no kind, or nothing where the language has no such value. */
  readonly emptyValueInList: boolean;
  /** Attribute lists are sets there: they come in an order of the SDK's own, and are compared in order of their keys. */
  readonly attributesAreSets: boolean;
  /** The W3C trace flags are in the lower bits of a span's and a link's `flags`, beside the bits that say the parent is remote. */
  readonly traceFlags: 0 | 1;
  readonly linkTraceState: boolean;
}

export const LANGUAGES: readonly Language[] = [
  {
    name: 'python',
    scopeAttributes: true,
    mapAttributes: true,
    emptyValueInList: true,
    attributesAreSets: false,
    traceFlags: 0,
    linkTraceState: false,
  },
  {
    name: 'go',
    scopeAttributes: true,
    mapAttributes: true,
    emptyValueInList: true,
    attributesAreSets: true,
    traceFlags: 1,
    linkTraceState: false,
  },
  {
    name: 'java',
    scopeAttributes: false,
    mapAttributes: false,
    emptyValueInList: false,
    attributesAreSets: true,
    traceFlags: 1,
    linkTraceState: true,
  },
];

/** OTLP's SpanFlags: whether the parent is remote is known, and it is. */
const REMOTE_KNOWN = 0x100;
const REMOTE = 0x200;

const int = (value: number | bigint) => ({ intValue: String(value) });
const text = (value: string) => ({ stringValue: value });
const list = (...values: AnyValue[]) => ({ arrayValue: { values } });

const ATTRIBUTES: KeyValue[] = [
  { key: 'text', value: text('안녕 héllo ✓') },
  { key: 'empty', value: text('') },
  { key: 'int.large', value: int(9_007_199_254_740_993n) },
  { key: 'int.negative', value: int(-42) },
  { key: 'double', value: { doubleValue: 0.1 } },
  { key: 'flag', value: { boolValue: true } },
  { key: 'list.text', value: list(text('a'), text('b')) },
  { key: 'list.int', value: list(int(1), int(2), int(3)) },
];

const LOG_ONLY_ATTRIBUTES: KeyValue[] = [
  { key: 'bytes', value: { bytesValue: 'AP8Q' } },
  {
    key: 'map',
    value: {
      kvlistValue: {
        values: [
          { key: 'inner', value: { kvlistValue: { values: [{ key: 'n', value: int(5) }] } } },
          { key: 'list', value: list(int(1), text('two'), { boolValue: false }) },
        ],
      },
    },
  },
];

function origin(language: Language) {
  return {
    resource: {
      attributes: [
        { key: 'service.name', value: text(`conformance-${language.name}`) },
        { key: 'service.version', value: text('1.2.3') },
        { key: 'host.cpus', value: int(4) },
      ],
      schemaUrl: SCHEMA_URL,
    },
    scope: {
      name: 'conformance.scope',
      version: '0.9.1',
      attributes: language.scopeAttributes ? [{ key: 'scope.note', value: text('kept') }] : [],
      schemaUrl: SCHEMA_URL,
    },
  };
}

type Expected<R> = Omit<R, 'id' | 'arrivalTimeUnixNano'>;

export function expectedSpans(language: Language): Expected<Span>[] {
  return [
    {
      ...origin(language),
      traceId: TRACE_ID,
      spanId: PARENT_ID,
      parentSpanId: '1111111111111111',
      traceState: 'vendor=one,other=two',
      flags: REMOTE_KNOWN | REMOTE | language.traceFlags,
      name: 'POST /checkout',
      kind: 2,
      startTimeUnixNano: String(START),
      endTimeUnixNano: String(START + 842_000_000n),
      attributes: ATTRIBUTES,
      events: [
        {
          timeUnixNano: String(START + 1_000_001n),
          name: 'cache.miss',
          attributes: [
            { key: 'cache.key', value: text('user:1') },
            { key: 'attempt', value: int(2) },
          ],
        },
      ],
      links: [
        {
          traceId: '0102030405060708090a0b0c0d0e0f10',
          spanId: '0102030405060708',
          // Python's and Go's exporters leave a link's trace state out.
          ...(language.linkTraceState && { traceState: 'link=yes' }),
          attributes: [{ key: 'link.reason', value: text('batch') }],
          flags: REMOTE_KNOWN | REMOTE | language.traceFlags,
        },
      ],
      status: { message: 'card declined', code: 2 },
    },
    {
      ...origin(language),
      traceId: TRACE_ID,
      spanId: '00f067aa0ba902b7',
      parentSpanId: PARENT_ID,
      traceState: 'vendor=one,other=two',
      flags: REMOTE_KNOWN | language.traceFlags,
      name: 'charge',
      kind: 3,
      startTimeUnixNano: String(START + 2n),
      endTimeUnixNano: String(START + 3n),
      attributes: [],
      // Each of these exporters sends a status message without a field in it.
      status: {},
    },
  ];
}

export function expectedLogs(language: Language): Expected<LogRecord>[] {
  return [
    {
      ...origin(language),
      timeUnixNano: String(START + 5n),
      observedTimeUnixNano: String(START + 7n),
      severityNumber: 14,
      severityText: 'WARNING',
      body: text('card 주문 declined'),
      attributes: language.mapAttributes ? [...ATTRIBUTES, ...LOG_ONLY_ATTRIBUTES] : ATTRIBUTES,
      flags: 1,
      traceId: TRACE_ID,
      spanId: PARENT_ID,
      eventName: 'payment.declined',
    },
    {
      ...origin(language),
      timeUnixNano: String(START + 6n),
      observedTimeUnixNano: String(START + 8n),
      body: {
        kvlistValue: {
          values: [
            { key: 'order', value: text('A-42') },
            { key: 'items', value: list(int(1), { doubleValue: 2.5 }, ...(language.emptyValueInList ? [{}] : [])) },
          ],
        },
      },
      attributes: [],
    },
  ];
}

/** Every key-value list in order of its keys, at any depth. */
export function sortKeyValues<T>(value: T): T;
export function sortKeyValues(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => sortKeyValues(item));
    return items.every(isKeyed) ? items.sort((a, b) => (a.key < b.key ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, sortKeyValues(member)]));
}

function isKeyed(item: unknown): item is { key: string } {
  return typeof item === 'object' && item !== null && 'key' in item;
}

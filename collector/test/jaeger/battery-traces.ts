/**
 * The traces of Jaeger's storage test battery, described rather than copied: ids, names, times and tags are the battery's, so that its queries
 * find the same. Source of these facts: jaegertracing/jaeger, `internal/storage/integration/fixtures/traces`, Apache-2.0.
 */

/** A `bigint` is an int64, a `number` a double, a `Buffer` bytes. */
export type TagValue = string | bigint | number | boolean | Buffer;
export type Tags = Readonly<Record<string, TagValue>>;

export interface BatteryLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly tags: Tags;
}

export interface BatterySpan {
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  /** OTLP's number. */
  readonly kind?: number;
  /** Absent: `START_NANOS`. */
  readonly startNanos?: bigint;
  readonly durationNanos: bigint;
  readonly tags?: Tags;
  /** Of events, which have no names in the battery and all happen at `START_NANOS`. */
  readonly events?: readonly Tags[];
  readonly links?: readonly BatteryLink[];
}

export interface BatteryProcess {
  readonly service: string;
  readonly tags?: Tags;
  readonly scope?: { readonly name: string; readonly version: string; readonly tags?: Tags };
  readonly spans: readonly BatterySpan[];
}

export interface BatteryTrace {
  readonly name: string;
  /** Without the zeros in front. */
  readonly traceId: string;
  readonly processes: readonly BatteryProcess[];
}

/** 2017-01-26T16:46:31.639875Z */
export const START_NANOS = 1_485_449_191_639_875_000n;

const BLOB = { blob: Buffer.from([0, 0, 0x30, 0x39]) };
const TAG_1 = { sameplacetag1: 'sameplacevalue' };
const TAG_2 = { sameplacetag2: 123n };
const TAG_3 = { sameplacetag3: 72.5 };
const TAG_4 = { sameplacetag4: true };
const ALL_TAGS = { ...TAG_1, ...TAG_2, ...TAG_4, ...TAG_3, ...BLOB };
const NO_TAGS: readonly Tags[] = [{}, {}];
const OLD_LINKS: readonly BatteryLink[] = [
  { traceId: '1', spanId: '2', tags: { 'opentracing.ref_type': 'child_of' } },
  { traceId: '1', spanId: '2', tags: { 'opentracing.ref_type': 'follows_from' } },
];

/** A trace of one service with one span, as nearly all of them are. */
function trace(name: string, traceId: string, service: string, span: BatterySpan, process: Partial<BatteryProcess> = {}): BatteryTrace {
  return { name, traceId, processes: [{ service, spans: [{ events: NO_TAGS, ...span }], ...process }] };
}

export const EXAMPLE_TRACE: BatteryTrace = {
  name: 'example_trace',
  traceId: '11',
  processes: [
    { service: 'example-service-2', spans: [{ id: '4', name: 'example-operation-2', durationNanos: 100_000n, events: NO_TAGS }] },
    { service: 'example-service-3', spans: [{ id: '5', name: 'example-operation-1', durationNanos: 100_000n, events: NO_TAGS }] },
    {
      service: 'example-service-1',
      spans: [
        { id: '3', name: 'example-operation-1', durationNanos: 100_000n, events: NO_TAGS },
        { id: '6', name: 'example-operation-3', kind: 2, durationNanos: 100_000n, events: NO_TAGS },
        { id: '7', name: 'example-operation-4', kind: 3, durationNanos: 100_000n, events: NO_TAGS },
      ],
    },
  ],
};

export const BATTERY_TRACES: readonly BatteryTrace[] = [
  trace('span_tags_trace', '1', 'query01-service', { id: '2', name: 'some-operation', durationNanos: 7_000n, tags: ALL_TAGS, events: [] }),
  trace('log_tags_trace', '2', 'query02-service', { id: '1', name: 'placeholder', durationNanos: 5_000n, events: [ALL_TAGS, {}] }),
  trace('process_tags_trace', '3', 'query03-service', { id: '1', name: 'placeholder', durationNanos: 5_000n }, { tags: ALL_TAGS }),
  trace(
    'multi_spot_tags_trace',
    '4',
    'query04-service',
    { id: '1', name: 'placeholder', durationNanos: 5_000n, tags: { ...TAG_4, ...TAG_3 }, events: [TAG_2, {}] },
    { tags: TAG_1 },
  ),
  {
    name: 'multi_index_trace',
    traceId: '5',
    processes: [
      {
        service: 'query05-service',
        spans: [
          { id: '1', name: 'operation-list-test2', startNanos: 1_485_389_011_639_875_000n, durationNanos: 5_000n, events: NO_TAGS },
          { id: '2', name: 'operation-list-test3', startNanos: 1_485_388_591_639_875_000n, durationNanos: 5_000n, events: NO_TAGS },
        ],
      },
    ],
  },
  trace('opname_trace', '6', 'query06-service', { id: '1', name: 'query06-operation', durationNanos: 5_000n }),
  {
    name: 'opname_maxdur_trace',
    traceId: '7',
    processes: [
      {
        service: 'query07-service',
        spans: [
          { id: '3', parentId: '2', name: 'query07-operation', durationNanos: 1_000n },
          { id: '2', name: 'query07-operation', durationNanos: 2_000n, events: NO_TAGS },
        ],
      },
    ],
  },
  trace('opname_dur_trace', '8', 'query08-service', { id: '2', name: 'query08-operation', durationNanos: 5_000n }),
  trace('dur_trace', '9', 'query09-service', { id: '3', name: 'placeholder', durationNanos: 5_000n }),
  trace('max_dur_trace', '10', 'query10-service', { id: '2', name: 'placeholder', durationNanos: 1_000n }),
  trace('default', '227', 'query11-service', { id: '3', name: 'query11-operation', durationNanos: 100_000n }),
  trace('tags_opname_trace', '12', 'query12-service', {
    id: '4',
    name: 'query12-operation',
    durationNanos: 2_000n,
    tags: ALL_TAGS,
    events: [],
    links: [{ traceId: 'ff', spanId: 'ff', tags: { 'opentracing.ref_type': 'child_of' } }, ...OLD_LINKS],
  }),
  trace(
    'tags_opname_maxdur_trace',
    '13',
    'query13-service',
    {
      id: '7',
      name: 'query13-operation',
      durationNanos: 1_000n,
      tags: { tag1: 'value1' },
      events: [{ tag3: 'value3' }, { something: 'blah' }],
    },
    { tags: ALL_TAGS },
  ),
  trace('tags_opname_dur_trace', '14', 'query14-service', {
    id: '3',
    name: 'query14-operation',
    durationNanos: 5_000n,
    events: [ALL_TAGS, {}],
  }),
  trace('tags_dur_trace', '15', 'query15-service', { id: '4', name: 'placeholder', durationNanos: 5_000n, tags: ALL_TAGS }),
  trace('tags_maxdur_trace', '16', 'query16-service', { id: '5', name: 'query16-operation', durationNanos: 1_000n }, { tags: ALL_TAGS }),
  trace(
    'multispottag_opname_trace',
    '17',
    'query17-service',
    { id: '4', name: 'query17-operation', durationNanos: 5_000n, tags: TAG_3, events: [TAG_2, TAG_4] },
    { tags: TAG_1 },
  ),
  trace(
    'multispottag_opname_maxdur_trace',
    '18',
    'query18-service',
    { id: '4', name: 'query18-operation', durationNanos: 1_000n, tags: TAG_1, events: [TAG_2, { ...TAG_4, ...BLOB }] },
    { tags: TAG_3 },
  ),
  trace(
    'multispottag_opname_dur_trace',
    '19',
    'query19-service',
    { id: '5', name: 'query19-operation', durationNanos: 5_000n, tags: TAG_1, events: [TAG_2, BLOB] },
    { tags: { ...TAG_4, ...TAG_3 } },
  ),
  trace(
    'multispottag_dur_trace',
    '20',
    'query20-service',
    { id: '3', name: 'placeholder', durationNanos: 5_000n, tags: { ...TAG_2, ...TAG_4 }, events: [TAG_1, {}] },
    { tags: { ...TAG_3, ...BLOB } },
  ),
  trace(
    'multispottag_maxdur_trace',
    '21',
    'query21-service',
    { id: '5', name: 'placeholder', durationNanos: 1_000n, tags: TAG_1, events: [TAG_2, BLOB] },
    { tags: { ...TAG_4, ...TAG_3 } },
  ),
  ...['221', '222', '223'].map((traceId, index) =>
    trace(`multiple${index + 1}_trace`, traceId, 'query22-service', { id: '3', name: 'query22-operation', durationNanos: 100_000n }),
  ),
  trace(
    'scope_name_version_trace',
    '224',
    'query23-service',
    { id: '2', name: 'placeholder', durationNanos: 1_000n, tags: ALL_TAGS },
    { scope: { name: 'testing-library', version: '1.1.1' } },
  ),
  trace(
    'scope_attributes_trace',
    '225',
    'query24-service',
    { id: '2', name: 'placeholder', durationNanos: 1_000n, tags: { sameplacespanattribute1: 'sameplacevalue' } },
    {
      scope: {
        name: 'testing-library',
        version: '1.1.1',
        tags: {
          sameplacescopeattribute1: 'sameplacevalue',
          sameplacescopeattribute2: 123n,
          sameplacescopeattribute4: true,
          sameplacescopeattribute3: 72.5,
          scopeblob: BLOB.blob,
        },
      },
    },
  ),
  trace('link_attributes_trace', '226', 'query25-service', {
    id: '4',
    name: 'query25-operation',
    durationNanos: 2_000n,
    tags: { sameplacespanattribute1: 'sameplacevalue' },
    events: [],
    links: [
      {
        traceId: 'ff',
        spanId: 'ff',
        tags: {
          'opentracing.ref_type': 'child_of',
          sameplacelinkattribute1: 'sameplacevalue',
          sameplacelinkattribute2: 123n,
          sameplacelinkattribute4: true,
          sameplacelinkattribute3: 72.5,
          linkblob: BLOB.blob,
        },
      },
      ...OLD_LINKS,
    ],
  }),
];

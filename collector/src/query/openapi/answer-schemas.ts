import {
  BREAK_CAUSES,
  BREAK_FACT_VALUES,
  CLOCK_STATES,
  CONTEXT_KINDS,
  ERROR_SOURCES,
  FIELD_PLACES,
  LEVEL_NAMES,
  MAP_NODE_TYPES,
  MAX_SAVED_NAME_CHARACTERS,
  MAX_SAVED_SEARCH_BYTES,
  PATTERN_WILDCARDS,
  PERCENTILE_METHODS,
  REFUSAL_REASONS,
  SERVICE_STATES,
  STACK_LINE_KINDS,
  STATE_REASONS,
  UNJUDGED,
  UNSEEN_REASONS,
} from '../../api/index.ts';
import { PROTOCOLS } from '../../storage/figures/span-meaning.ts';
import { count, type JsonSchema, list, object, ref, text } from './json-schema.ts';
import { SHARED_SCHEMAS } from './record-schemas.ts';

const { nanos, spanId, traceId } = SHARED_SCHEMAS;
const rfc3339: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$',
  description: 'RFC 3339, UTC, with as many decimals as it needs.',
};
const signedNanos: JsonSchema = { type: 'string', pattern: '^-?\\d+$', description: 'Decimal nanoseconds.' };
const nextCursor = { 'nextCursor?': text('Absent on the last page. Never expires.') };
const notes = {
  'partial?': object(
    { searchedFrom: nanos, reason: text() },
    'Not all of the range was searched in time: what lies beyond searchedFrom was not looked at.',
  ),
  'warnings?': list(text(), 'For a person: what this answer cost or left out.'),
};
const summaryFields = {
  traceId,
  rootService: text(),
  rootOperation: text(),
  rootSpanId: { type: 'string', pattern: '^([0-9a-f]{16})?$' },
  rootStartTimeUnixNano: nanos,
  rootDurationNano: nanos,
  'rootMissing?': {
    type: 'boolean',
    const: true,
    description: 'No span without a parent has arrived; the root fields are of the earliest span.',
  },
  startTimeUnixNano: nanos,
  durationNano: nanos,
  spanCount: count(),
  errorCount: count(),
  services: list(ref('ServiceShare')),
} as const;

const percentile: JsonSchema = { type: 'number', minimum: 0, description: 'Within some 3 % of a duration that was.' };
const serviceState: JsonSchema = {
  type: 'string',
  enum: SERVICE_STATES,
  description: 'By the last five minutes of the range, beside the time before; silent: nothing came in them.',
};
const statsNumbers = object({
  count: count('Of numbers; more than records where arrays have several.'),
  min: { type: 'number' },
  max: { type: 'number' },
  sum: { type: 'number' },
  avg: { type: 'number' },
  percentiles: list({ type: 'number' }, "In the order of the answer's percentiles."),
});
const statsFigures = { count: count('Records.'), 'numbers?': statsNumbers } as const;
const statsSeries = {
  ...statsFigures,
  'points?': list(
    object({ bucket: count("Place in the answer's buckets."), ...statsFigures }),
    'Only of buckets with a record; absent where none were asked for.',
  ),
} as const;
const protocol: JsonSchema = { type: 'string', enum: PROTOCOLS };
const figuresRange = {
  from: rfc3339,
  to: rfc3339,
  stepMinutes: { type: 'integer', minimum: 1, description: 'Width of a point.' },
} as const;

const savedName: JsonSchema = { type: 'string', minLength: 1, maxLength: MAX_SAVED_NAME_CHARACTERS, description: 'No two have the same.' };
const savedParameters: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: `What the address of the page of logs has: query, range, order, columns, view. At most ${MAX_SAVED_SEARCH_BYTES} bytes as JSON.`,
};
const savedSearch = object({
  id: text('Chosen by whoever made it; it stays when the name changes.'),
  name: savedName,
  search: savedParameters,
  revision: text('Of name and search: for if-match.'),
  savedAt: rfc3339,
});
const seen = { firstSeen: rfc3339, lastSeen: rfc3339 } as const;
const patternParts = list({
  oneOf: [
    object({ text: text('As messages have it.') }),
    object({ wildcard: { type: 'string', enum: PATTERN_WILDCARDS, description: 'What stands there in each of them.' } }),
  ],
});
const ingestProperties = {
  state: { type: 'string', enum: ['taking', 'refusing'] },
  'sinceUnixNano?': nanos,
  'reason?': { type: 'string', enum: ['log_full', 'disk', 'removed'] },
} as const;
const bucketBounds = list(object({ from: rfc3339, to: rfc3339 }), 'What the trends count.');
const errorSummary = {
  fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$', description: 'Of the type and the first five frames of the app.' },
  service: text(),
  type: text('As exception.type; empty where no record says one.'),
  message: { ...patternParts, description: 'Of the newest one, with what differs as wildcards.' },
  count: count('In the range.'),
  trend: list(count(), 'In each of the buckets.'),
  ...seen,
  versions: list(object({ version: text(), ...seen }), 'The first seen first, in all that is kept, at most 50.'),
  'newSince?': text('It was first seen in this version, and another version was there before.'),
  'newSinceSeen?': { ...rfc3339, description: 'When a span of the service first had that version, to the minute, where that is known.' },
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** What each endpoint answers. */
export const ANSWER_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ServiceShare: object({ name: text(), spanCount: count(), errorCount: count() }),
  TraceSummary: object(summaryFields, 'Figures of the whole trace as far as it has arrived.'),
  UnfinishedSpan: object(
    { traceId, spanId, 'parentSpanId?': spanId, name: text(), kind: { type: 'integer' }, startTimeUnixNano: nanos, service: text() },
    'A span that has begun and of which no end has arrived.',
  ),
  DropReport: object(
    { service: text(), signal: text(), reason: text(), count: count(), firstTimeUnixNano: nanos, lastTimeUnixNano: nanos },
    'What a sender says it could not send.',
  ),
  LogSearchAnswer: object({ records: list(ref('LogRecord')), ...nextCursor, ...notes }),
  LogHistogramAnswer: object({
    total: count(),
    buckets: list(
      object({
        from: rfc3339,
        to: rfc3339,
        counts: object(Object.fromEntries(LEVEL_NAMES.map((level) => [level, count()]))),
      }),
    ),
    ...notes,
  }),
  LogFieldsAnswer: object({
    total: count('Records that match.'),
    fields: list(
      object({
        field: text('As the path of its values has it.'),
        place: {
          type: 'string',
          enum: FIELD_PLACES,
          description: 'record: its own service, level and scope; else where the attribute is.',
        },
        key: text(),
        count: count('Records that have it.'),
        'hasNumbers?': { type: 'boolean', const: true, description: 'Some of them have a number there, which statistics can measure.' },
      }),
      'Most records first.',
    ),
    'more?': { type: 'boolean', const: true, description: 'There are more fields.' },
    ...notes,
  }),
  LogFieldValuesAnswer: object({
    total: count('Records that match.'),
    count: count('Those of them that have the field.'),
    values: list(object({ value: text(), count: count() }), 'Most records first.'),
    otherCount: count(
      'How often there were other values; without a prefix also those that no list has, as bytes and texts over 256 characters.',
    ),
    'capped?': {
      type: 'boolean',
      const: true,
      description: 'More different values than could be kept apart: one that is not listed may be as frequent as one that is.',
    },
    ...notes,
  }),
  StatsAnswer: object({
    total: count('Records that match.'),
    'field?': text('What is measured; absent: nothing.'),
    'unit?': { type: 'string', enum: ['ns'], description: 'Of the numbers, where they have one: nanoseconds of durations.' },
    by: list(text()),
    percentiles: list({ type: 'number' }, 'Those asked for, where something is measured.'),
    percentileMethod: object(
      { method: { type: 'string', enum: PERCENTILE_METHODS }, 'maxRelativeError?': { type: 'number', minimum: 0 } },
      'logBuckets: a percentile is within maxRelativeError, a part of it, of a number that was there. tDigest: nearest at both ends, without a bound.',
    ),
    groups: list(
      object({
        key: list(
          { oneOf: [{ type: 'string' }, { type: 'null' }] },
          'One value of each field of by, as field:value finds it; null: the records have none.',
        ),
        ...statsSeries,
      }),
      'Most records first; without by one, of all records.',
    ),
    'other?': object(statsSeries, 'Of records that are in none of the groups.'),
    'capped?': {
      type: 'boolean',
      const: true,
      description: 'There were more groups than could be counted: one that is not listed may be as large as one that is.',
    },
    'buckets?': list(object({ from: rfc3339, to: rfc3339 }), 'from inclusive, to exclusive.'),
    ...notes,
  }),
  LogPatternsAnswer: object({
    total: count('Records that match.'),
    patternCount: count('Patterns that they have; other and none are not counted.'),
    patterns: list(
      object({
        id: {
          type: 'string',
          pattern: '^([0-9a-f]{16}|other|none)$',
          description:
            'pattern: and this in a query finds its records. other: messages that found no room among the patterns of their service; none: records without a text.',
        },
        parts: list(
          {
            oneOf: [
              object({ text: text('As messages have it.') }),
              object({ wildcard: { type: 'string', enum: PATTERN_WILDCARDS, description: 'What stands there in each of them.' } }),
            ],
          },
          'In order. None of other and none.',
        ),
        count: count('Its records.'),
        share: { type: 'number', minimum: 0, maximum: 1, description: 'Of all matching records.' },
        trend: list(count(), 'Its records in each of the buckets.'),
        levels: object(Object.fromEntries(LEVEL_NAMES.map((level) => [`${level}?`, count()])), 'Only levels that it has.'),
        services: list(object({ name: text(), count: count() }), 'Most records first, at most 20.'),
        example: object({ id: text('Of one of its records.'), message: text('The first 1,000 characters of its message.') }),
      }),
      'In the order asked for.',
    ),
    buckets: list(object({ from: rfc3339, to: rfc3339 }), 'What trends count: of one width, they cover the range.'),
    ...notes,
  }),
  LogTailStart: object({
    resumed: {
      type: 'boolean',
      description: 'It goes on where the last-event-id says: nothing in between is left out that is not counted.',
    },
    'warnings?': list(text()),
  }),
  LogTailArrivals: object({
    records: list(ref('LogRecord'), 'In the order of arrival, at most 4 KiB of each body.'),
    skipped: count('How many others match; all of them arrived before these.'),
    unread: count('How many arrived too fast for the collector to look at each: whether they match is not known.'),
  }),
  LogContextAnswer: object({
    by: { type: 'string', enum: CONTEXT_KINDS },
    before: list(ref('LogRecord'), 'By time.'),
    after: list(ref('LogRecord'), 'By time.'),
    hasMoreBefore: { type: 'boolean' },
    hasMoreAfter: { type: 'boolean' },
    ...notes,
  }),
  TraceSearchAnswer: object({
    traces: list(ref('TraceSummary')),
    ...nextCursor,
    'startCursor?': text(
      'Of the list from this page’s first trace on, whatever arrives before it. Absent of an empty page; never expires.',
    ),
    ...notes,
  }),
  TraceAnswer: object({
    summary: ref('TraceSummary'),
    spans: list(ref('Span'), 'By start, then id.'),
    logs: list(ref('LogRecord'), 'By time; over all pages each exactly once.'),
    unfinished: list(ref('UnfinishedSpan'), 'On the first page.'),
    drops: list(ref('DropReport'), 'On the first page.'),
    ...nextCursor,
    ...notes,
  }),
  TraceColumnsLine: {
    oneOf: [
      object(
        {
          type: { type: 'string', const: 'head' },
          summary: ref('TraceSummary'),
          'environment?': text('Where its first span is from: `deployment.environment.name`.'),
          unfinished: list(ref('UnfinishedSpan')),
          drops: list(ref('DropReport')),
          warnings: list(text(), 'For a person: what this answer left out.'),
        },
        'The first line. The times of all others are nanoseconds since its startTimeUnixNano.',
      ),
      object(
        {
          type: { type: 'string', const: 'spans' },
          ids: text('16 hexadecimal digits of each span, by start, then id.'),
          parents: text('As ids; zeros for a span without a parent.'),
          starts: list({ type: 'number' }),
          durations: list({ type: 'number' }),
          newNames: list(text(), 'Names that are met for the first time: they are numbered over all lines.'),
          names: list(count()),
          newServices: list(text(), 'As newNames; over the lines of spans and of logs.'),
          services: list(count()),
          newTargets: list(
            text(),
            'As newNames: what a span calls or sends to, as far as its name does not say it; empty where it says nothing of it.',
          ),
          targets: list(count()),
          kinds: text('One digit of each span.'),
          statuses: text('One digit of each span: 0 unset, 1 ok, 2 error.'),
          events: list(object({ span: count('Its place in this line.'), time: { type: 'number' }, name: text() })),
          links: list(object({ span: count('Its place in this line.'), traceId, spanId })),
          dropped: list(object({ span: count('Its place in this line.'), attributes: count(), events: count(), links: count() })),
          early: list(
            object({ span: count('Its place in this line.'), nanos: { type: 'number', minimum: 0 } }),
            'Spans that end before they start, by how much; 0 where no end was sent. Their duration is 0.',
          ),
        },
        'Spans, one place each in every column.',
      ),
      object(
        {
          type: { type: 'string', const: 'logs' },
          ids: list(text()),
          spans: text('16 hexadecimal digits of the span of each; zeros for none.'),
          times: list({ type: 'number' }),
          levels: list(count(`Place in ${LEVEL_NAMES.join(', ')}.`)),
          newServices: list(text()),
          services: list(count()),
          bodies: list(ref('AnyValue'), 'About 400 characters of each.'),
        },
        'Log records by time.',
      ),
      object(
        {
          type: { type: 'string', const: 'end' },
          spanCount: count(),
          logCount: count(),
          linkedFrom: list(
            object({ spanId, count: count() }),
            'Spans that spans of other traces link to, and how many do: of the first 1,000 that link into the trace.',
          ),
        },
        'The last line.',
      ),
    ],
  },
  TraceSpanAnswer: object({
    span: ref('Span'),
    'sameId?': list(ref('Span'), 'Other spans of the trace with the same id, by start, at most 9.'),
    linkedFrom: list(ref('LinkedSpan'), 'Spans that link to it, by start, at most 100.'),
    linkedTo: list(ref('LinkedSpan'), 'Of the first 100 spans that it links to those that are kept here, by start.'),
  }),
  LinkedSpan: object({ traceId, spanId, service: text(), name: text(), startTimeUnixNano: nanos }),
  TraceClocksAnswer: object({
    reference: text('The root’s clock.'),
    clocks: list(
      object({ name: text(), services: list(text()), offsetNano: signedNanos, isSure: { type: 'boolean' } }),
      'An offset is to be taken from times of the clock’s spans; 0 where the clocks agree and where nothing is sure.',
    ),
    pairs: list(
      object({
        caller: text(),
        called: text(),
        state: { type: 'string', enum: CLOCK_STATES },
        calls: count(),
        traces: count(),
        medianNano: signedNanos,
        'lowNano?': signedNanos,
        highNano: signedNanos,
        spreadNano: nanos,
        driftNanoPerMinute: nanos,
      }),
      'Of the trace’s own calls, most calls first; offsets of the called one’s clock, over calls of other traces too.',
    ),
    tracesLookedAt: count(),
    ...notes,
  }),
  FlowSummary: object({
    correlationId: text(),
    startTimeUnixNano: nanos,
    durationNano: nanos,
    spanCount: count(),
    logCount: count(),
    errorCount: count(),
    services: list(ref('ServiceShare')),
    traces: list(object({ ...summaryFields, joinedBy: { type: 'string', enum: ['correlationId', 'link'] } }), 'By start.'),
    'reused?': { type: 'boolean', const: true, description: 'Seen over more than 1,000 traces or 24 hours: this is one episode.' },
    'episodes?': list(object({ from: rfc3339, to: rfc3339, traceCount: count() }), 'Latest first.'),
    missing: list(object({ traceId, spanId, reason: { type: 'string', enum: ['parent_missing', 'consumer_missing'] } })),
    complete: { type: 'boolean', description: 'Nothing is missing, no span is unfinished and nobody reported drops.' },
  }),
  FlowAnswer: object({
    summary: ref('FlowSummary'),
    spans: list(ref('Span'), 'A parent before its child, a producer before its consumer, else by start, then id.'),
    logs: list(ref('LogRecord'), 'By time; over all pages each exactly once.'),
    unfinished: list(ref('UnfinishedSpan'), 'On the first page.'),
    drops: list(ref('DropReport'), 'On the first page.'),
    breaks: list(ref('FlowBreak'), 'Where the thread is lost and why, by time; of the first 5,000 spans. On the first page.'),
    unseen: list(
      ref('BlindSpot'),
      'What its services do not follow and no break tells of, which alone breaks no thread. On the first page.',
    ),
    ...nextCursor,
    ...notes,
  }),
  HopEnd: object(
    { service: text(), address: text() },
    'A service, or the address or queue that stands for one; both empty where nothing is known.',
  ),
  FlowBreak: object({
    cause: { type: 'string', enum: BREAK_CAUSES },
    certainty: { type: 'string', enum: ['certain', 'likely'] },
    from: ref('HopEnd'),
    to: ref('HopEnd'),
    'anchor?': object(
      { traceId, spanId, side: { type: 'string', enum: ['after', 'before'] } },
      'The span of the flow after or before which it breaks.',
    ),
    timeUnixNano: nanos,
    'continuesIn?': object({ traceId, correlationId: text() }, 'Where it goes on.'),
    count: count('Alike breaks of the same hop.'),
    evidence: list(
      object({
        fact: { type: 'string', enum: Object.keys(BREAK_FACT_VALUES) },
        values: { type: 'object', additionalProperties: { type: 'string' } },
      }),
    ),
  }),
  BlindSpot: object(
    { service: text(), libraries: list(text(), 'Names of packages.'), reason: { type: 'string', enum: UNSEEN_REASONS } },
    'What the service did through it may not be in the flow.',
  ),
  ServicesAnswer: object({
    services: list(
      object({ name: text(), spanCount: count(), logCount: count(), errorCount: count('Spans whose status is error.'), lastSeen: rfc3339 }),
    ),
    ...notes,
  }),
  OperationsAnswer: object({
    operations: list(object({ name: text(), kind: { type: 'integer' }, spanCount: count(), errorCount: count() })),
    ...notes,
  }),
  TrafficFigures: object(
    {
      count: count(),
      errors: count('Those whose status is error.'),
      'callerErrors?': count(
        'Of calls between services those that failed for the caller, where they are more than `errors`: it did not wait any longer, or was told 404.',
      ),
      perSecond: { type: 'number', minimum: 0 },
      'p50Millis?': percentile,
      'p95Millis?': percentile,
      'p99Millis?': percentile,
      'isWeighted?': { type: 'boolean', const: true, description: 'Spans were sampled: estimated by the threshold in their trace state.' },
    },
    'Of spans, or of what they stand for where they were sampled; calls for health and metrics are left out.',
  ),
  TrafficPoint: object({
    from: rfc3339,
    count: count(),
    errors: count(),
    p50Millis: percentile,
    p95Millis: percentile,
    p99Millis: percentile,
  }),
  ServiceStateReason: object(
    {
      type: { type: 'string', enum: STATE_REASONS },
      'count?': count('Of `calls`, `logs` and `unanswered`, and of `resting` the last time.'),
      'errors?': count(
        'Of `calls` and `resting` those that failed, of `logs` those of level ERROR and above, of `unanswered` those that failed without having arrived.',
      ),
      'unjudged?': {
        type: 'string',
        enum: UNJUDGED,
        description:
          'Of `calls` that are not known to be slow, why nobody can tell: too few calls (`few`), or nothing known of how long they took before (`new`).',
      },
      'p95Millis?': percentile,
      'usualP95Millis?': percentile,
      'usualMinutes?': count('Of `resting`: from one time that it was called to the next.'),
    },
    'What a service is judged by in its last five minutes: its calls, that these are slow, its logs where it was not called, or that it sent nothing, which is usual for what is called seldom (`resting`), or that calls to it failed and did not arrive (`unanswered`).',
  ),
  MapNode: object({
    id: text('`type:name`.'),
    type: { type: 'string', enum: MAP_NODE_TYPES },
    name: text('`(other)`: those beyond the first 500 of a service, together.'),
    'state?': {
      ...serviceState,
      description:
        'Of a queue, a database or a host by the calls to it of the last five minutes, by the rules of services (`healthy`, `degraded`, `down`); absent where there were none. What is taken from a queue is no call to it.',
    },
    'reason?': ref('ServiceStateReason'),
    'namespace?': text('`service.namespace` of most of its records.'),
    'instanceCount?': count('Instances that sent something in the last five minutes of the range.'),
    'versions?': list(text(), 'Of those instances, the newest first, at most 20.'),
    'figures?': ref('TrafficFigures'),
    'lastSeen?': rfc3339,
    'points?': list(ref('TrafficPoint'), 'Only steps with something in them.'),
  }),
  MapEdge: object(
    { from: text(), to: text(), protocol, figures: ref('TrafficFigures') },
    'Calls as who was called has them, and those that failed and arrived nowhere, which have no durations.',
  ),
  ServiceMapAnswer: object({
    ...figuresRange,
    nodes: list(ref('MapNode'), 'By type, then name.'),
    edges: list(ref('MapEdge')),
    ...notes,
  }),
  EnvironmentsAnswer: object({
    environments: list(text(), '`deployment.environment.name`, in order; an empty one where something does not say.'),
    ...notes,
  }),
  ServiceNeighbour: object({
    node: object({ id: text(), type: { type: 'string', enum: MAP_NODE_TYPES }, name: text() }),
    protocol,
    figures: ref('TrafficFigures'),
  }),
  ServiceOperation: object({
    name: text('Method and route of a request that was served, else the span’s name; `(other)`: those beyond the first 1,000, together.'),
    kind: { type: 'integer' },
    figures: ref('TrafficFigures'),
  }),
  OperationFiguresAnswer: object({
    from: rfc3339,
    to: rfc3339,
    services: list(
      object({
        name: text(),
        operations: list(ref('ServiceOperation'), 'Most frequent first; none of a service that sent no spans in the range.'),
      }),
      'In the order asked for.',
    ),
    ...notes,
  }),
  ServiceFiguresAnswer: object({
    name: text(),
    ...figuresRange,
    state: serviceState,
    reason: ref('ServiceStateReason'),
    'namespace?': text('`service.namespace` of most of its records.'),
    lastSeen: rfc3339,
    figures: ref('TrafficFigures'),
    points: list(ref('TrafficPoint'), 'Only steps with something in them.'),
    logs: object(
      {
        count: count(),
        errors: count(),
        points: list(object({ from: rfc3339, count: count(), errors: count() }), 'Only steps with something in them.'),
      },
      'Its log records; those of level ERROR and above are errors.',
    ),
    operations: list(ref('ServiceOperation'), 'Most frequent first.'),
    callers: list(ref('ServiceNeighbour'), 'Most frequent first.'),
    dependencies: list(ref('ServiceNeighbour'), 'Most frequent first.'),
    instances: list(
      object({
        version: text(),
        environment: text(),
        instance: text(),
        spanCount: count(),
        'figures?': ref('TrafficFigures'),
        logCount: count(),
        firstSeen: rfc3339,
        lastSeen: rfc3339,
      }),
      'Latest first seen first.',
    ),
    instanceFigures: {
      enum: ['calls', 'spans'],
      description:
        'What figures of instances are of: what the service was asked for, or, where it was asked for nothing, all of its spans.',
    },
    ...notes,
  }),
  ErrorGroupsAnswer: object({
    total: count('Errors in the range, of all groups.'),
    groupCount: count('Groups that have something in the range.'),
    groups: list(object(errorSummary), 'In the order asked for.'),
    others: list(object({ service: text(), count: count() }), 'Errors of services that have more than 1,000 groups, beyond those.'),
    buckets: bucketBounds,
    ...notes,
  }),
  ErrorGroupAnswer: object({
    fingerprint: errorSummary.fingerprint,
    groups: list(
      object({
        ...errorSummary,
        operations: list(object({ name: text(), count: count() }), 'Spans that have it, in the range, most first, at most 20.'),
        'inCommon?': object(
          {
            attributes: list(
              object({ key: text(), value: text(), others: count('Of the others that were looked at, so many have it too.') }),
              'Of their spans and resources, the rarest among the others first, at most 5.',
            ),
            requests: count('That were looked at: the newest, each of a trace of its own.'),
            others: count('Of the same operations and about the same time.'),
          },
          'What all requests have that met it, and few of those that did not; absent where it is too little to tell from chance.',
        ),
        sources: list(
          { type: 'string', enum: ERROR_SOURCES },
          'Which records say it in the range: searches of others for it find nothing.',
        ),
        'traceCount?': count('Traces that met it in the range, where those are fewer than ten and all of it is of one.'),
        examples: list(
          object({
            source: { type: 'string', enum: ERROR_SOURCES },
            recordId: text(),
            timeUnixNano: nanos,
            'traceId?': traceId,
            'spanId?': spanId,
            'correlationId?': text(),
            'operation?': text('The name of the span that it is.'),
            message: text('The first 1,000 characters of the message.'),
          }),
          'In the range, of different traces, the newest first, at most 10.',
        ),
        stack: list(
          object({
            text: text(),
            kind: { type: 'string', enum: STACK_LINE_KINDS, description: 'A frame of the app, of a library, or no frame.' },
          }),
          'Of the newest example that has one.',
        ),
      }),
      'One for each service that has it, most errors first, at most 20.',
    ),
    buckets: bucketBounds,
    ...notes,
  }),
  DeploymentsAnswer: object({
    deployments: list(
      object({
        version: text(),
        environment: text(),
        ...seen,
        isNew: {
          type: 'boolean',
          description: 'None of its records is kept from before the range, but some of another version of its service are from before it.',
        },
        instances: list(object({ instance: text(), ...seen }), 'By when they were first seen in the range.'),
      }),
      'Those that a record of the range is of, by when they were first seen in it, the newest first.',
    ),
    ...notes,
  }),
  IngestStatus: object(
    ingestProperties,
    'refusing: requests find no room, as the log holds what it may (429), its disk is full or refuses, or it was removed while in use (503).',
  ),
  HealthAnswer: object(
    {
      status: { type: 'string', enum: ['ok', 'unavailable'] },
      'ingest?': ref('IngestStatus'),
      'delivery?': object(
        { state: { type: 'string', enum: ['delivering', 'waiting'] }, 'sinceUnixNano?': nanos },
        'waiting: the storage takes nothing; records wait in the log.',
      ),
      'version?': text(),
      'storage?': object({
        status: { type: 'string', enum: ['ok', 'unavailable'] },
        notes: { type: 'object', additionalProperties: { type: 'string' } },
      }),
      'send?': object({ otlpHttpUrl: text(), otlpGrpcUrl: text() }),
      'retentionDays?': {
        type: 'number',
        description: 'For how many days from its arrival on a record is kept; absent where a policy of the cluster decides.',
      },
    },
    'Without the read key, where one is set, the first three alone.',
  ),
  ReasonCount: object({ reason: text(), count: count(), lastAtUnixNano: nanos }),
  StatusAnswer: object(
    {
      version: text(),
      startedAtUnixNano: nanos,
      storage: object({
        kind: { type: 'string', enum: ['embedded', 'elasticsearch'] },
        status: { type: 'string', enum: ['ok', 'unavailable'] },
        'fault?': { type: 'string', description: 'Why it is unavailable, as a query is told, and what to do where that is known.' },
        notes: { type: 'object', additionalProperties: { type: 'string' } },
        reduced: object({ count: count(), reasons: list(ref('ReasonCount')) }, 'Records that are kept and found by fewer of their fields.'),
        damaged: object(
          { count: count(), reasons: list(ref('ReasonCount')) },
          'Parts of what is stored, and of the log before it, that were found damaged or gone on disk since the collector started; what is in them cannot be read, all else is.',
        ),
        withoutPattern: list(
          object({ service: text(), count: count(), examples: list(text()) }),
          'Logs that no pattern was made of, as their service had 2,000 of them, since the collector started; most first, at most 20 services.',
        ),
        withoutErrorGroup: list(
          object({ service: text(), count: count(), examples: list(text()) }),
          'Errors that are in no group of their own, as their service had 1,000 of them, likewise; examples are types.',
        ),
      }),
      'log?': object(
        {
          usedBytes: count(),
          capacityBytes: count(),
          'waitingRequests?': count('Absent until it is counted after a start.'),
          'oldestWaitingMillis?': count('Since the oldest request arrived that the storage has not taken.'),
          ingest: object({ ...ingestProperties, 'fault?': text('What the latest sender was told.') }, 'As in HealthAnswer.'),
          delivery: object(
            {
              state: { type: 'string', enum: ['delivering', 'waiting'] },
              'sinceUnixNano?': nanos,
              'lastFault?': object({ atUnixNano: nanos, reason: text() }),
            },
            'waiting: the storage takes nothing.',
          ),
          setAside: object(
            { count: count(), bytes: count() },
            'Parts of the log that were damaged or cannot be decoded; their bytes are kept.',
          ),
          deadLetters: object(
            { kept: count(), total: count(), reasons: list(ref('ReasonCount'), 'The latest first.') },
            'Records that the storage refused for good.',
          ),
        },
        'What is acknowledged and waits on disk for the storage. Absent while the collector starts or ends.',
      ),
      refusals: list(
        object({
          'tenant?': text('Absent where the request did not say whose it is.'),
          reason: { type: 'string', enum: REFUSAL_REASONS },
          requests: count(),
          records: count('As far as the requests could be read.'),
          lastAtUnixNano: nanos,
        }),
        'Since the start, the latest first.',
      ),
      metrics: list(
        object({ tenant: text(), requests: count(), dataPoints: count(), lastAtUnixNano: nanos }),
        'Metrics that were taken and counted since the start. They are not stored.',
      ),
      'redaction?': object(
        { count: count(), reasons: list(ref('ReasonCount')) },
        "What rules of redaction removed since the start, by the rule's name. Absent where there are none.",
      ),
    },
    'How the collector fares. Nothing of a record is in it.',
  ),
  DeadLettersAnswer: object({
    deadLetters: list(
      object({
        number: count(),
        atUnixNano: nanos,
        tenant: text(),
        signal: { type: 'string', enum: ['logs', 'traces'] },
        recordId: text(),
        service: text(),
        reason: text(),
      }),
      'The newest first.',
    ),
    ...nextCursor,
  }),
  SavedSearch: savedSearch,
  SavedSearchesAnswer: object({ searches: list(savedSearch, 'In the order of their names.') }),
  SavedSearchBody: object({ name: savedName, search: savedParameters }),
  DeletedSearchAnswer: object({ deleted: savedSearch }, 'What is gone, so that it can be put back.'),
  ErrorAnswer: object({
    error: object({
      code: text('One of the codes that the description of the status names.'),
      message: text('What failed, where, and what to do.'),
      'field?': text('The parameter, path part or header that is wrong.'),
      'position?': count('In UTF-16 units of its value.'),
      'expected?': list(text()),
    }),
  }),
};

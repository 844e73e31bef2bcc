import { CONTEXT_KINDS, ERROR_ORDERS, MAX_SAVED_SEARCHES, PATTERN_ORDERS } from '../../api/index.ts';
import {
  ENVIRONMENT,
  FIGURES_RANGE,
  FIGURES_TIMES,
  HOUR_RANGE,
  OPEN_RANGE,
  PAGING,
  type ParameterObject,
  pathParameter,
  query,
  queryParameter,
  RECENT_RANGE,
} from './parameters.ts';

/** One endpoint's description; its path in OpenAPI's form. */
export interface OperationDescription {
  readonly path: string;
  /** `get` by default. */
  readonly method?: 'put' | 'delete';
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly ParameterObject[];
  /** Name of the schema of the 200 answer. */
  readonly answer: string;
  readonly example: object;
  /** What the request carries, as JSON. */
  readonly body?: { readonly schema: string; readonly example: object };
  /** The 200 answer is a stream of this media type; `answer` is what one of its pieces is. */
  readonly stream?: { readonly mediaTypes: readonly string[]; readonly description: string };
  /** Statuses beside those that every endpoint has. */
  readonly errors?: readonly (404 | 409 | 412 | 413 | 415 | 429 | 503)[];
}

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';
const START = '1795428000000000000';

const exampleRecord = {
  id: 'q3J5o0cVQ2m1f8Yw-0-0-0',
  timeUnixNano: START,
  observedTimeUnixNano: START,
  arrivalTimeUnixNano: START,
  severityNumber: 17,
  severityText: 'ERROR',
  body: { stringValue: 'card declined' },
  attributes: [{ key: 'correlation.id', value: { stringValue: 'order-42' } }],
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  resource: { attributes: [{ key: 'service.name', value: { stringValue: 'payments' } }] },
  scope: { attributes: [] },
};
const exampleSpan = {
  id: 'q3J5o0cVQ2m1f8Yw-0-0-1',
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  name: 'POST /charge',
  kind: 2,
  startTimeUnixNano: START,
  endTimeUnixNano: '1795428000420000000',
  arrivalTimeUnixNano: START,
  attributes: [],
  status: { code: 2 },
  resource: exampleRecord.resource,
  scope: { attributes: [] },
};
const exampleSummary = {
  traceId: TRACE_ID,
  rootService: 'payments',
  rootOperation: 'POST /charge',
  rootSpanId: SPAN_ID,
  rootStartTimeUnixNano: START,
  rootDurationNano: '420000000',
  startTimeUnixNano: START,
  durationNano: '420000000',
  spanCount: 1,
  errorCount: 1,
  services: [{ name: 'payments', spanCount: 1, errorCount: 1 }],
};
const exampleFigures = { count: 600, errors: 3, perSecond: 0.167, p50Millis: 38.5, p95Millis: 120, p99Millis: 410 };
const examplePoint = { from: '2026-11-23T10:00:00Z', count: 10, errors: 1, p50Millis: 38.5, p95Millis: 120, p99Millis: 410 };
const exampleFiguresRange = { from: '2026-11-23T09:00:00Z', to: '2026-11-23T10:01:00Z', stepMinutes: 1 };
const exampleSeen = { firstSeen: '2026-11-23T09:00:00Z', lastSeen: '2026-11-23T10:00:00Z' };
const exampleErrorGroup = {
  fingerprint: '5f2c1b0a9d8e7f60',
  service: 'payments',
  type: 'CardError',
  message: [{ text: 'card ' }, { wildcard: 'num' }, { text: ' was declined' }],
  count: 3,
  trend: [1, 2],
  ...exampleSeen,
  versions: [{ version: '1.4.2', ...exampleSeen }],
  newSince: '1.4.2',
};
const exampleErrors = {
  total: 3,
  groupCount: 1,
  groups: [exampleErrorGroup],
  others: [],
  buckets: [
    { from: '2026-11-23T09:00:00Z', to: '2026-11-23T09:30:00Z' },
    { from: '2026-11-23T09:30:00Z', to: '2026-11-23T10:00:00Z' },
  ],
};
const ERROR_RANGE: readonly ParameterObject[] = [
  ...HOUR_RANGE,
  queryParameter('buckets', 'The most that a trend may have; their width is as that of the histogram of logs.', {
    type: 'integer',
    minimum: 1,
    maximum: 200,
    default: 40,
  }),
];
const ERROR_PARAMETERS: readonly ParameterObject[] = [
  ...ERROR_RANGE,
  ENVIRONMENT,
  queryParameter('order', 'The most errors first, the latest seen first, or the latest first seen first.', {
    type: 'string',
    enum: ERROR_ORDERS,
    default: 'count',
  }),
  queryParameter('limit', 'Groups of the answer.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
];
const exampleStats = {
  total: 4,
  by: ['service'],
  percentiles: [50, 95],
  percentileMethod: { method: 'logBuckets', maxRelativeError: 0.0078125 },
  groups: [
    {
      key: ['payments'],
      count: 3,
      numbers: { count: 3, min: 12, max: 410, sum: 442, avg: 147.33, percentiles: [20, 410] },
      points: [{ bucket: 1, count: 3, numbers: { count: 3, min: 12, max: 410, sum: 442, avg: 147.33, percentiles: [20, 410] } }],
    },
  ],
  other: { count: 1, points: [{ bucket: 0, count: 1 }] },
  buckets: [
    { from: '2026-11-23T10:00:00Z', to: '2026-11-23T10:00:30Z' },
    { from: '2026-11-23T10:00:30Z', to: '2026-11-23T10:01:00Z' },
  ],
};

/** What figures of records take beside the query and the range. */
function statsParameters(by: string, field: string): ParameterObject[] {
  return [
    queryParameter(
      'field',
      'What is measured: whole numbers and doubles of an attribute, as duration_ms or resource.process.pid; of spans also duration, in nanoseconds. Without it records are counted.',
      { type: 'string' },
      field,
    ),
    queryParameter(
      'by',
      `What records are grouped by, up to twice: ${by}, or an attribute as http.route or resource.host.name. A record is in the group of each value that its field has.`,
      { type: 'array', items: { type: 'string' } },
      'service',
    ),
    queryParameter(
      'percentile',
      'From 0 to 100, with up to four decimals, up to ten times: 50, 90, 95 and 99 by default. The answer says how near they are.',
      { type: 'array', items: { type: 'number', minimum: 0, maximum: 100 } },
    ),
    queryParameter('limit', 'Groups of the answer; the records of all others are one.', {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 10,
    }),
    queryParameter(
      'buckets',
      'The most time buckets there may be, as of the histogram; 0: none. Groups times buckets are at most 10,000.',
      { type: 'integer', minimum: 0, maximum: 500, default: 0 },
    ),
  ];
}

const exampleSaved = {
  id: '5d1f0c9e',
  name: 'Declined cards',
  search: { q: 'service:payments level:error', from: 'now-6h', cols: 'exception.type:180' },
  revision: 'pZGm1Av0IEBKARcz',
  savedAt: '2026-11-23T10:00:00Z',
};
const SAVED_ID = pathParameter('id', 'Of the search, 1 to 64 of A-Z, a-z, 0-9, _ and -.', exampleSaved.id);
const IF_MATCH = {
  name: 'if-match',
  in: 'header',
  required: false,
  description: 'The revision that was read, in double quotes: changed only if it is still that one.',
  schema: { type: 'string' },
} as const;

const ownEvents = { unfinished: [], drops: [] };

/** Every endpoint of the API, in the order of its documentation. */
export const OPERATIONS: readonly OperationDescription[] = [
  {
    path: '/api/v1/logs',
    operationId: 'searchLogs',
    summary: 'Search log records, newest first. At most 4 KiB of each body.',
    parameters: [
      query('logs', 'level:error service:payments "card declined"'),
      ...RECENT_RANGE,
      queryParameter('order', 'By time, then sequence, then id.', { type: 'string', enum: ['asc', 'desc'], default: 'desc' }),
      ...PAGING,
    ],
    answer: 'LogSearchAnswer',
    example: { records: [exampleRecord] },
  },
  {
    path: '/api/v1/logs/histogram',
    operationId: 'countLogs',
    summary: 'Count log records by level in buckets of one width that cover the range, empty ones too.',
    parameters: [
      query('logs', 'level:>=warn'),
      ...RECENT_RANGE,
      queryParameter(
        'buckets',
        'The most there may be. The width is the smallest of 1, 2, 5, 10 … of a unit (ms, s, min, h, d), aligned to the epoch.',
        { type: 'integer', minimum: 1, maximum: 500, default: 60 },
      ),
    ],
    answer: 'LogHistogramAnswer',
    example: {
      total: 1,
      buckets: [
        {
          from: '2026-11-23T10:00:00Z',
          to: '2026-11-23T10:00:15Z',
          counts: { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 1, FATAL: 0, UNSET: 0 },
        },
      ],
    },
  },
  {
    path: '/api/v1/logs/fields',
    operationId: 'listLogFields',
    summary: 'The fields that matching log records have, with the number of records of each, most first.',
    parameters: [
      query('logs', 'level:>=warn'),
      ...RECENT_RANGE,
      queryParameter('limit', 'Fields of the answer.', { type: 'integer', minimum: 1, maximum: 1_000, default: 200 }),
    ],
    answer: 'LogFieldsAnswer',
    example: {
      total: 1,
      fields: [
        { field: 'level', place: 'record', key: 'level', count: 1 },
        { field: 'attributes.http.route', place: 'attributes', key: 'http.route', count: 1 },
      ],
    },
  },
  {
    path: '/api/v1/logs/fields/{field}/values',
    operationId: 'listLogFieldValues',
    summary: 'The most frequent values of one field in matching log records, with the number of records of each.',
    parameters: [
      pathParameter(
        'field',
        'As the list of fields has it: service, level, scope, or an attribute with its place; without a place it is looked for in all.',
        'http.route',
      ),
      query('logs', 'level:>=warn'),
      ...RECENT_RANGE,
      queryParameter('prefix', 'Only values that start so, case and all.', { type: 'string', default: '', maxLength: 100 }, '/api'),
      queryParameter('limit', 'Values of the answer.', { type: 'integer', minimum: 1, maximum: 1_000, default: 10 }),
    ],
    answer: 'LogFieldValuesAnswer',
    example: { total: 3, count: 2, values: [{ value: '/api/orders', count: 1 }], otherCount: 1 },
  },
  {
    path: '/api/v1/logs/patterns',
    operationId: 'listLogPatterns',
    summary: 'Matching log records folded by what their messages have in common, with counts by time, level and service.',
    parameters: [
      query('logs', 'level:>=warn'),
      ...RECENT_RANGE,
      queryParameter('order', 'By number of records: the most first, or the fewest.', {
        type: 'string',
        enum: PATTERN_ORDERS,
        default: 'count',
      }),
      queryParameter('limit', 'Patterns of the answer.', { type: 'integer', minimum: 1, maximum: 1_000, default: 50 }),
      queryParameter('buckets', 'The most that a trend may have; their width is as that of the histogram.', {
        type: 'integer',
        minimum: 1,
        maximum: 200,
        default: 40,
      }),
    ],
    answer: 'LogPatternsAnswer',
    example: {
      total: 4,
      patternCount: 1,
      patterns: [
        {
          id: '9a0364b9e99bb480',
          parts: [{ text: 'order ' }, { wildcard: 'num' }, { text: ' was declined' }],
          count: 4,
          share: 1,
          trend: [3, 1],
          levels: { ERROR: 4 },
          services: [{ name: 'payments', count: 4 }],
          example: { id: exampleRecord.id, message: 'order 17 was declined' },
        },
      ],
      buckets: [
        { from: '2026-11-23T10:00:00Z', to: '2026-11-23T10:00:30Z' },
        { from: '2026-11-23T10:00:30Z', to: '2026-11-23T10:01:00Z' },
      ],
    },
  },
  {
    path: '/api/v1/logs/stats',
    operationId: 'measureLogs',
    summary: 'Counts and figures (least, greatest, sum, average, percentiles) of matching log records, by up to two fields and by time.',
    parameters: [query('logs', 'level:>=warn'), ...RECENT_RANGE, ...statsParameters('service, level, scope', 'duration_ms')],
    answer: 'StatsAnswer',
    example: { ...exampleStats, field: 'duration_ms' },
  },
  {
    path: '/api/v1/spans/stats',
    operationId: 'measureSpans',
    summary: 'The same of matching spans.',
    parameters: [
      query('spans', 'kind:server'),
      ...RECENT_RANGE,
      ...statsParameters('service, name, kind, status, scope, root', 'duration'),
    ],
    answer: 'StatsAnswer',
    example: { ...exampleStats, field: 'duration', unit: 'ns' },
  },
  {
    path: '/api/v1/logs/tail',
    operationId: 'tailLogs',
    summary: 'Matching log records as they arrive, whatever time they carry, as server-sent events.',
    parameters: [
      query('logs', 'level:>=warn'),
      queryParameter('limit', 'Records of one event; others are counted.', { type: 'integer', minimum: 1, maximum: 1_000, default: 200 }),
      {
        name: 'last-event-id',
        in: 'header',
        required: false,
        description: 'The id of the last event of an earlier connection: the stream goes on there, as far as that can be told.',
        schema: { type: 'string' },
      },
    ],
    answer: 'LogTailArrivals',
    stream: {
      mediaTypes: ['text/event-stream'],
      description:
        'Events: `start` (LogTailStart) first; `arrivals` (LogTailArrivals) at most twice a second; `failure` (ErrorAnswer) as the last, where the stream ends for a reason of the collector. At most 20 streams at once. A client that reads slowly gets what came meanwhile as counts.',
    },
    example: { records: [exampleRecord], skipped: 0, unread: 0 },
    errors: [429],
  },
  {
    path: '/api/v1/logs/export',
    operationId: 'exportLogs',
    summary: 'All matching log records as one file, without a limit.',
    parameters: [
      query('logs', 'level:>=warn'),
      ...RECENT_RANGE,
      queryParameter('order', 'By time.', { type: 'string', enum: ['desc', 'asc'], default: 'desc' }),
      queryParameter('format', 'ndjson: whole records, one a line. csv: a table (RFC 4180).', {
        type: 'string',
        enum: ['ndjson', 'csv'],
        default: 'ndjson',
      }),
      queryParameter(
        'column',
        'Of csv, up to a hundred times: time, level, service, message, traceId, spanId, correlationId (these seven by default), observedTime, arrivalTime, severityNumber, severityText, eventName, scope, id; any other name is an attribute as http.route or resource.host.name.',
        { type: 'array', items: { type: 'string' } },
      ),
      queryParameter(
        'incomplete',
        '1: without waiting for what is not in the storage yet, as while a disk is full; the header `x-threadline-incomplete` says whether that is anything.',
        {
          type: 'string',
          enum: ['1'],
        },
      ),
    ],
    answer: 'LogRecord',
    stream: {
      mediaTypes: ['application/x-ndjson', 'text/csv'],
      description:
        'The file, as fast as the client takes it. A whole one ends as HTTP says (the last chunk) and has the trailer `x-threadline-records`, the number of its records; where the collector fails on the way it cuts the connection, so that the part is not taken for the whole. In csv a text that a spreadsheet would take for a formula (it starts with = + - @, a tab or a carriage return) has an apostrophe in front. All that was acknowledged before is in it: it waits for what is on its way to the storage, and is answered 503 where that is not there within a minute, or the storage takes nothing. Records that arrive during an export may be in it or not. At most 4 exports at once.',
    },
    example: exampleRecord,
    errors: [429],
  },
  {
    path: '/api/v1/logs/{id}/context',
    operationId: 'getLogContext',
    summary: 'What the same service, instance or flow wrote just before and after a log record. At most 4 KiB of each body.',
    parameters: [
      pathParameter('id', 'The id of a record of a list.', exampleRecord.id),
      queryParameter(
        'by',
        'The same service; the same service on the same instance (service.instance.id, else host.name, else host.id of its resource); or the same correlation ID.',
        { type: 'string', enum: CONTEXT_KINDS, default: 'service' },
      ),
      queryParameter('before', 'Records before it.', { type: 'integer', minimum: 0, maximum: 200, default: 10 }),
      queryParameter('after', 'Records after it.', { type: 'integer', minimum: 0, maximum: 200, default: 10 }),
    ],
    answer: 'LogContextAnswer',
    example: { by: 'service', before: [exampleRecord], after: [], hasMoreBefore: true, hasMoreAfter: false },
    errors: [404],
  },
  {
    path: '/api/v1/logs/{id}',
    operationId: 'getLog',
    summary: 'One whole log record.',
    parameters: [pathParameter('id', 'The id of a record of a list.', exampleRecord.id)],
    answer: 'LogRecord',
    example: exampleRecord,
    errors: [404],
  },
  {
    path: '/api/v1/traces',
    operationId: 'searchTraces',
    summary:
      'Search traces of which one single span fulfils everything together and starts in the range, and another or the same one each `with`; newest root start first.',
    parameters: [
      query('spans', 'kind:server http.response.status_code:>=500'),
      queryParameter('service', 'The span’s service.', { type: 'string' }, 'payments'),
      queryParameter('operation', 'The span’s name.', { type: 'string' }, 'POST /charge'),
      queryParameter('minDuration', 'Inclusive, with its unit.', { type: 'string' }, '250ms'),
      queryParameter('maxDuration', 'Inclusive, with its unit.', { type: 'string' }, '1.5s'),
      queryParameter('status', 'The span’s status.', { type: 'string', enum: ['unset', 'ok', 'error'] }),
      queryParameter('attribute', '`key:value`, split at the first colon; may be repeated, all have to fit.', {
        type: 'array',
        items: { type: 'string' },
      }),
      queryParameter(
        'with',
        'A query that a span of the same trace has to fulfil too, one that starts in the range; may be repeated, up to 8 times, each for a span of its own.',
        { type: 'array', items: { type: 'string' } },
      ),
      queryParameter('minTraceDuration', 'Of the whole trace. Inclusive, with its unit.', { type: 'string' }, '1s'),
      queryParameter('maxTraceDuration', 'Of the whole trace. Inclusive, with its unit.', { type: 'string' }, '2s'),
      queryParameter(
        'order',
        '`slowest`: the longest traces first. Where not all could be compared, `partial` or `warnings` say how far it got.',
        {
          type: 'string',
          enum: ['newest', 'slowest'],
          default: 'newest',
        },
      ),
      ...RECENT_RANGE,
      ...PAGING,
    ],
    answer: 'TraceSearchAnswer',
    example: { traces: [exampleSummary] },
  },
  {
    path: '/api/v1/traces/{traceId}',
    operationId: 'getTrace',
    summary: 'One trace: its spans by start, and its logs of the same time. At most `limit` of each on a page.',
    parameters: [pathParameter('traceId', '32 hexadecimal digits.', TRACE_ID), ...OPEN_RANGE, ...PAGING],
    answer: 'TraceAnswer',
    example: { summary: exampleSummary, spans: [exampleSpan], logs: [exampleRecord], ...ownEvents },
    errors: [404],
  },
  {
    path: '/api/v1/traces/{traceId}/columns',
    operationId: 'streamTraceColumns',
    summary: 'All of one trace as columns: what a waterfall draws, of a trace of any size.',
    parameters: [pathParameter('traceId', '32 hexadecimal digits.', TRACE_ID)],
    answer: 'TraceColumnsLine',
    stream: {
      mediaTypes: ['application/x-ndjson'],
      description:
        'A line each (TraceColumnsLine): the head, spans by start, logs by time, the end. An answer without an end was cut. The first lines come before the last are read.',
    },
    example: { type: 'head', summary: exampleSummary, ...ownEvents, warnings: [] },
    errors: [404],
  },
  {
    path: '/api/v1/traces/{traceId}/spans/{spanId}',
    operationId: 'getTraceSpan',
    summary: 'One span with everything it carries, and the spans that link to it or that it links to.',
    parameters: [pathParameter('traceId', '32 hexadecimal digits.', TRACE_ID), pathParameter('spanId', '16 hexadecimal digits.', SPAN_ID)],
    answer: 'TraceSpanAnswer',
    example: {
      span: exampleSpan,
      linkedFrom: [{ traceId: 'a'.repeat(32), spanId: SPAN_ID, service: 'mail', name: 'process order.created', startTimeUnixNano: START }],
      linkedTo: [],
    },
    errors: [404],
  },
  {
    path: '/api/v1/traces/{traceId}/clocks',
    operationId: 'getTraceClocks',
    summary:
      'How far the clocks of a trace’s machines are apart, by the calls of many traces, with what shows it. Nothing stored is changed.',
    parameters: [pathParameter('traceId', '32 hexadecimal digits.', TRACE_ID)],
    answer: 'TraceClocksAnswer',
    example: {
      reference: 'node-1',
      clocks: [
        { name: 'node-1', services: ['gateway'], offsetNano: '0', isSure: true },
        { name: 'node-2', services: ['payments'], offsetNano: '3000000000', isSure: true },
      ],
      pairs: [
        {
          caller: 'node-1',
          called: 'node-2',
          state: 'differ',
          calls: 40,
          traces: 38,
          medianNano: '3000000000',
          lowNano: '2999000000',
          highNano: '3001000000',
          spreadNano: '1000000',
          driftNanoPerMinute: '0',
        },
      ],
      tracesLookedAt: 51,
    },
    errors: [404],
  },
  {
    path: '/api/v1/flows/{correlationId}',
    operationId: 'getFlow',
    summary: 'Everything of one correlation ID over all services and traces, in causal order.',
    parameters: [pathParameter('correlationId', '1 to 1024 characters, as records carry it.', 'order-42'), ...OPEN_RANGE, ...PAGING],
    answer: 'FlowAnswer',
    example: {
      summary: {
        correlationId: 'order-42',
        startTimeUnixNano: START,
        durationNano: '420000000',
        spanCount: 1,
        logCount: 1,
        errorCount: 1,
        services: exampleSummary.services,
        traces: [{ ...exampleSummary, joinedBy: 'correlationId' }],
        missing: [],
        complete: true,
      },
      spans: [exampleSpan],
      logs: [exampleRecord],
      ...ownEvents,
      breaks: [],
      unseen: [],
    },
    errors: [404],
  },
  {
    path: '/api/v1/services',
    operationId: 'listServices',
    summary: 'Every service that has sent something, by name.',
    parameters: OPEN_RANGE,
    answer: 'ServicesAnswer',
    example: { services: [{ name: 'payments', spanCount: 1, logCount: 1, errorCount: 1, lastSeen: '2026-11-23T10:00:00Z' }] },
  },
  {
    path: '/api/v1/services/{service}/operations',
    operationId: 'listOperations',
    summary: 'What a service’s spans are called, most frequent first, at most 1,000.',
    parameters: [pathParameter('service', 'The service’s name.', 'payments'), ...OPEN_RANGE],
    answer: 'OperationsAnswer',
    example: { operations: [{ name: 'POST /charge', kind: 2, spanCount: 1, errorCount: 1 }] },
  },
  {
    path: '/api/v1/service-map',
    operationId: 'getServiceMap',
    summary:
      'Who calls whom (HTTP, gRPC, queues and topics, databases, other hosts), and how each service fares. Counted as spans and logs arrive, by the minute.',
    parameters: FIGURES_RANGE,
    answer: 'ServiceMapAnswer',
    example: {
      ...exampleFiguresRange,
      nodes: [
        { id: 'service:orders', type: 'service', name: 'orders' },
        {
          id: 'service:payments',
          type: 'service',
          name: 'payments',
          state: 'healthy',
          reason: { type: 'calls', count: 50, errors: 0 },
          namespace: 'shop',
          instanceCount: 1,
          versions: ['1.4.2'],
          figures: exampleFigures,
          lastSeen: '2026-11-23T10:00:00Z',
          points: [examplePoint],
        },
      ],
      edges: [{ from: 'service:orders', to: 'service:payments', protocol: 'http', figures: exampleFigures }],
    },
  },
  {
    path: '/api/v1/environments',
    operationId: 'listEnvironments',
    summary: 'Where the spans and logs of the range are from: what `environment` can be asked for.',
    parameters: [queryParameter('service', 'Only of this service.', { type: 'string' }, 'payments'), ...FIGURES_TIMES],
    answer: 'EnvironmentsAnswer',
    example: { environments: ['production', 'staging'] },
  },
  {
    path: '/api/v1/operation-figures',
    operationId: 'getOperationFigures',
    summary: 'How long the operations of several services take.',
    parameters: [
      {
        ...queryParameter('service', 'A service’s name; may be repeated, up to 50 times.', {
          type: 'array',
          items: { type: 'string' },
        }),
        required: true,
      },
      ...FIGURES_RANGE,
    ],
    answer: 'OperationFiguresAnswer',
    example: {
      from: '2026-11-23T09:00:00Z',
      to: '2026-11-23T10:01:00Z',
      services: [{ name: 'payments', operations: [{ name: 'POST /charge', kind: 2, figures: exampleFigures }] }],
    },
  },
  {
    path: '/api/v1/services/{service}/figures',
    operationId: 'getServiceFigures',
    summary: 'One service: how it fares, its operations with their usual durations, whom it talks to, its instances and versions.',
    parameters: [pathParameter('service', 'The service’s name.', 'payments'), ...FIGURES_RANGE],
    answer: 'ServiceFiguresAnswer',
    example: {
      name: 'payments',
      ...exampleFiguresRange,
      state: 'healthy',
      reason: { type: 'calls', count: 50, errors: 0 },
      namespace: 'shop',
      lastSeen: '2026-11-23T10:00:00Z',
      figures: exampleFigures,
      points: [examplePoint],
      logs: { count: 1200, errors: 3, points: [{ from: '2026-11-23T10:00:00Z', count: 20, errors: 0 }] },
      operations: [{ name: 'POST /charge', kind: 2, figures: exampleFigures }],
      callers: [{ node: { id: 'service:orders', type: 'service', name: 'orders' }, protocol: 'http', figures: exampleFigures }],
      dependencies: [],
      instances: [
        {
          version: '1.4.2',
          environment: 'production',
          instance: 'payments-1',
          spanCount: 600,
          figures: exampleFigures,
          logCount: 1200,
          firstSeen: '2026-11-23T09:00:00Z',
          lastSeen: '2026-11-23T10:00:00Z',
        },
      ],
      instanceFigures: 'calls',
    },
    errors: [404],
  },
  {
    path: '/api/v1/services/{service}/errors',
    operationId: 'listServiceErrors',
    summary: 'The errors of one service by where they come from: an exception event of a span and an exception log of it are one error.',
    parameters: [pathParameter('service', 'The service’s name.', 'payments'), ...ERROR_PARAMETERS],
    answer: 'ErrorGroupsAnswer',
    example: exampleErrors,
  },
  {
    path: '/api/v1/services/{service}/deployments',
    operationId: 'listServiceDeployments',
    summary:
      'The versions that the spans and logs of a service in a range are of, with when each was first and last seen in it, whether it came in it, and its instances.',
    parameters: [pathParameter('service', 'The service’s name.', 'payments'), ...FIGURES_TIMES],
    answer: 'DeploymentsAnswer',
    example: {
      deployments: [
        {
          version: '1.4.2',
          environment: 'production',
          ...exampleSeen,
          isNew: true,
          instances: [{ instance: 'payments-1', ...exampleSeen }],
        },
      ],
    },
  },
  {
    path: '/api/v1/errors',
    operationId: 'listErrors',
    summary: 'The errors of all services by where they come from.',
    parameters: ERROR_PARAMETERS,
    answer: 'ErrorGroupsAnswer',
    example: exampleErrors,
  },
  {
    path: '/api/v1/errors/{fingerprint}',
    operationId: 'getError',
    summary: 'One error: its stack, versions, operations and the newest requests that met it, for each service that has it.',
    parameters: [
      pathParameter('fingerprint', 'Of a group of a list.', exampleErrorGroup.fingerprint),
      queryParameter('service', 'Only this one.', { type: 'string' }, 'payments'),
      ...ERROR_RANGE,
      ENVIRONMENT,
    ],
    answer: 'ErrorGroupAnswer',
    example: {
      fingerprint: exampleErrorGroup.fingerprint,
      groups: [
        {
          ...exampleErrorGroup,
          operations: [{ name: 'POST /charge', count: 3 }],
          sources: ['span'],
          examples: [
            {
              source: 'span',
              recordId: exampleSpan.id,
              timeUnixNano: START,
              traceId: TRACE_ID,
              spanId: SPAN_ID,
              correlationId: 'order-42',
              operation: 'POST /charge',
              message: 'card 17 was declined',
            },
          ],
          stack: [
            { text: 'CardError: card 17 was declined', kind: 'text' },
            { text: '    at charge (/app/dist/charge.js:42:11)', kind: 'app' },
          ],
        },
      ],
      buckets: exampleErrors.buckets,
    },
    errors: [404],
  },
  {
    path: '/api/v1/saved-searches',
    operationId: 'listSavedSearches',
    summary: 'The searches in logs that were saved under a name, the same for everybody who may read.',
    parameters: [],
    answer: 'SavedSearchesAnswer',
    example: { searches: [exampleSaved] },
  },
  {
    path: '/api/v1/saved-searches/{id}',
    method: 'put',
    operationId: 'saveSearch',
    summary: `Saves a search, or changes one. At most ${MAX_SAVED_SEARCHES} are kept, no two with the same name. Safe to repeat.`,
    parameters: [
      SAVED_ID,
      IF_MATCH,
      {
        name: 'if-none-match',
        in: 'header',
        required: false,
        description: '`*`: only where there is none of this id. With neither header it is put in the place of whatever is there.',
        schema: { type: 'string', enum: ['*'] },
      },
    ],
    body: { schema: 'SavedSearchBody', example: { name: exampleSaved.name, search: exampleSaved.search } },
    answer: 'SavedSearch',
    example: exampleSaved,
    errors: [409, 412, 413, 415],
  },
  {
    path: '/api/v1/saved-searches/{id}',
    method: 'delete',
    operationId: 'deleteSavedSearch',
    summary: 'Deletes a saved search. What is answered can be saved again.',
    parameters: [SAVED_ID, IF_MATCH],
    answer: 'DeletedSearchAnswer',
    example: { deleted: exampleSaved },
    errors: [404, 412],
  },
  {
    path: '/api/v1/health',
    operationId: 'getHealth',
    summary: 'Whether the collector can answer, takes and delivers records, and where senders send to.',
    parameters: [],
    answer: 'HealthAnswer',
    example: {
      status: 'ok',
      ingest: { state: 'taking' },
      delivery: { state: 'delivering' },
      version: '0.1.0',
      storage: { status: 'ok', notes: {} },
      send: { otlpHttpUrl: 'http://127.0.0.1:4318', otlpGrpcUrl: '127.0.0.1:4317' },
      retentionDays: 7,
    },
    errors: [503],
  },
  {
    path: '/api/v1/status',
    operationId: 'getStatus',
    summary: 'How the collector fares: its storage, what waits in its log, what was refused and why.',
    parameters: [],
    answer: 'StatusAnswer',
    example: {
      version: '0.1.0',
      startedAtUnixNano: START,
      storage: {
        kind: 'embedded',
        status: 'ok',
        notes: {},
        reduced: { count: 0, reasons: [] },
        damaged: { count: 0, reasons: [] },
        withoutPattern: [],
        withoutErrorGroup: [],
      },
      log: {
        usedBytes: 1_048_576,
        capacityBytes: 1_073_741_824,
        waitingRequests: 12,
        oldestWaitingMillis: 61_000,
        ingest: { state: 'taking' },
        delivery: { state: 'waiting', sinceUnixNano: START, lastFault: { atUnixNano: START, reason: 'Elasticsearch cannot be reached' } },
        setAside: { count: 0, bytes: 0 },
        deadLetters: {
          kept: 1,
          total: 1,
          reasons: [
            { reason: 'Elasticsearch refuses a record in every form (document_parsing_exception)', count: 1, lastAtUnixNano: START },
          ],
        },
      },
      refusals: [{ tenant: 'default', reason: 'log_full', requests: 3, records: 1_500, lastAtUnixNano: START }],
      metrics: [{ tenant: 'default', requests: 60, dataPoints: 4_200, lastAtUnixNano: START }],
      redaction: { count: 12, reasons: [{ reason: 'cards', count: 12, lastAtUnixNano: START }] },
    },
  },
  {
    path: '/api/v1/dead-letters',
    operationId: 'listDeadLetters',
    summary: 'Records that the storage refused for good, newest first, with the reason; the records themselves are in the log directory.',
    parameters: PAGING,
    answer: 'DeadLettersAnswer',
    example: {
      deadLetters: [
        {
          number: 1,
          atUnixNano: START,
          tenant: 'default',
          signal: 'logs',
          recordId: exampleRecord.id,
          service: 'payments',
          reason: 'Elasticsearch refuses a record in every form (document_parsing_exception)',
        },
      ],
    },
  },
  {
    path: '/api/v1/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document.',
    parameters: [],
    answer: 'OpenApiDocument',
    example: {},
  },
];

import type { BlindSpot, FlowBreak } from './flow-breaks.ts';
import type { LogRecord, Span } from './records.ts';

/** The storage could not search all of the range in time: what is older (or newer, ascending) than `searchedFrom` was not looked at. */
export interface Partial {
  /** Unix nanoseconds, decimal. */
  searchedFrom: string;
  reason: string;
}

/** Every answer may carry these beside its own fields. */
export interface AnswerNotes {
  partial?: Partial;
  /** For a person: what this answer cost or left out, as "a pattern that starts with * scans every record". */
  warnings?: string[];
}

export interface LogSearchAnswer extends AnswerNotes {
  records: LogRecord[];
  nextCursor?: string;
}

/** Columns of an export that are the record's own; those of a file that names none are the first seven. An attribute that is called so is named with its place: `attributes.level`. */
export const LOG_EXPORT_COLUMNS = [
  'time',
  'level',
  'service',
  'message',
  'traceId',
  'spanId',
  'correlationId',
  'observedTime',
  'arrivalTime',
  'severityNumber',
  'severityText',
  'eventName',
  'scope',
  'id',
] as const;
export type LogExportColumn = (typeof LOG_EXPORT_COLUMNS)[number];

export const LEVEL_NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'UNSET'] as const;
export type LevelName = (typeof LEVEL_NAMES)[number];

export interface HistogramBucket {
  /** RFC 3339 with as many digits as it needs; `from` inclusive, `to` exclusive. */
  from: string;
  to: string;
  counts: Record<LevelName, number>;
}

export interface LogHistogramAnswer extends AnswerNotes {
  total: number;
  buckets: HistogramBucket[];
}

/** `record`: the record's own service, level and scope; else where the attribute is. */
export const FIELD_PLACES = ['record', 'attributes', 'resource', 'scope'] as const;
export type FieldPlace = (typeof FIELD_PLACES)[number];

export interface LogFieldsAnswer extends AnswerNotes {
  /** Records that match. */
  total: number;
  /**
   * Most records first. `field`: as the path of its values has it, `service` or `resource.host.name`; `count`: records that have it; `hasNumbers`: some of
   * them have a number there, which statistics can measure.
   */
  fields: { field: string; place: FieldPlace; key: string; count: number; hasNumbers?: true }[];
  /** There are more fields. */
  more?: true;
}

export interface LogFieldValuesAnswer extends AnswerNotes {
  /** Records that match, and those of them that have the field. */
  total: number;
  count: number;
  /** Most records first. */
  values: { value: string; count: number }[];
  /** How often there were other values; without a prefix also those that no list has, as bytes and long texts. */
  otherCount: number;
  /** More different values than could be kept apart: one that is not listed may be as frequent as one that is. */
  capped?: true;
}

/** `any`: one word; `num`: a number; `hex`: hex digits; `ip`: with its port; `id`: anything else with a digit; `rest`: all that follows. */
export const PATTERN_WILDCARDS = ['any', 'num', 'hex', 'uuid', 'ip', 'time', 'id', 'rest'] as const;
export type PatternWildcard = (typeof PATTERN_WILDCARDS)[number];
/** A piece of a pattern: text as messages have it, or a place where they differ. */
export type PatternPart = { text: string } | { wildcard: PatternWildcard };

export const PATTERN_ORDERS = ['count', 'rare'] as const;
export type PatternOrder = (typeof PATTERN_ORDERS)[number];

export interface LogPattern {
  /** `pattern:` and this in a query finds its records. 16 hex digits; `other` for messages that found no room, `none` for records without a text. */
  id: string;
  /** Empty for `other` and `none`. */
  parts: PatternPart[];
  count: number;
  /** Of all matching records, from 0 to 1. */
  share: number;
  /** Of each bucket of the answer, the number of records. */
  trend: number[];
  levels: { [Level in LevelName]?: number };
  /** Most records first, at most 20. */
  services: { name: string; count: number }[];
  /** One of its records, with the first 1,000 characters of its message. */
  example: { id: string; message: string };
}

export interface LogPatternsAnswer extends AnswerNotes {
  /** Records that match; those of all patterns together, where all are listed. */
  total: number;
  /** How many there are, `other` and `none` not counted. */
  patternCount: number;
  patterns: LogPattern[];
  /** What the trends count: RFC 3339, `from` inclusive, `to` exclusive. */
  buckets: { from: string; to: string }[];
}

/** The first event of a live tail. */
export interface LogTailStart {
  /** It goes on where the `last-event-id` says: nothing in between is left out that is not counted. */
  resumed: boolean;
  warnings?: string[];
}

/** What has arrived since the event before. */
export interface LogTailArrivals {
  /** In the order of arrival, at most 4 KiB of each body. */
  records: LogRecord[];
  /** How many others match; all of them arrived before these. */
  skipped: number;
  /** How many arrived too fast for the collector to look at each: whether they match is not known. */
  unread: number;
}

export const CONTEXT_KINDS = ['service', 'instance', 'flow'] as const;
export type ContextKind = (typeof CONTEXT_KINDS)[number];

/** What stands around a record. Both lists are in the order of time, the record between them. */
export interface LogContextAnswer extends AnswerNotes {
  by: ContextKind;
  before: LogRecord[];
  after: LogRecord[];
  hasMoreBefore: boolean;
  hasMoreAfter: boolean;
}

/** What a list shows of a trace. All figures are of the whole trace as far as it has arrived, not only of the spans that matched. */
export interface TraceSummary {
  traceId: string;
  /** Of the root span, else (`rootMissing`) of the earliest span. */
  rootService: string;
  rootOperation: string;
  rootSpanId: string;
  rootStartTimeUnixNano: string;
  /** Nanoseconds, decimal. What else the trace has may begin before it, by another clock, and go on after it. */
  rootDurationNano: string;
  /** No span without a parent has arrived. */
  rootMissing?: true;
  /** The earliest start of its spans. */
  startTimeUnixNano: string;
  /** From the earliest start to the latest end, nanoseconds, decimal. */
  durationNano: string;
  spanCount: number;
  errorCount: number;
  /** By number of spans, most first. */
  services: { name: string; spanCount: number; errorCount: number }[];
}

export interface TraceSearchAnswer extends AnswerNotes {
  traces: TraceSummary[];
  nextCursor?: string;
  /** Of the list from this page's first trace on, whatever arrives before it; absent of an empty page. */
  startCursor?: string;
}

/** A span that began and of which no end has arrived: the sender sent only its start (`threadline.span.start`). */
export interface UnfinishedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  service: string;
}

/** What a sender says it could not send (`threadline.drop`). */
export interface DropReport {
  service: string;
  signal: string;
  reason: string;
  count: number;
  firstTimeUnixNano: string;
  lastTimeUnixNano: string;
}

export interface TraceAnswer extends AnswerNotes {
  summary: TraceSummary;
  /** By start, then id. */
  spans: Span[];
  /** Of the trace, by time; those of the time that this page's spans cover. */
  logs: LogRecord[];
  unfinished: UnfinishedSpan[];
  drops: DropReport[];
  nextCursor?: string;
}

export interface MissingSpan {
  traceId: string;
  /** `parent_missing`: of the parent that is named and is not there; `consumer_missing`: of the producer whose message nobody has taken. */
  spanId: string;
  reason: 'parent_missing' | 'consumer_missing';
}

export interface FlowSummary {
  correlationId: string;
  startTimeUnixNano: string;
  durationNano: string;
  spanCount: number;
  logCount: number;
  errorCount: number;
  services: { name: string; spanCount: number; errorCount: number }[];
  /** By start. `joinedBy`: why the trace is in the flow. */
  traces: (TraceSummary & { joinedBy: 'correlationId' | 'link' })[];
  /** The id was seen over more than 1,000 traces or 24 hours: this is the latest episode, `episodes` all of them, latest first. */
  reused?: true;
  episodes?: { from: string; to: string; traceCount: number }[];
  /** Parents that are named and are not there, and producers without a consumer: what makes the flow incomplete. */
  missing: MissingSpan[];
  /** Nothing is missing, no span is unfinished and nobody reported drops. */
  complete: boolean;
}

export interface FlowAnswer extends AnswerNotes {
  summary: FlowSummary;
  /** In causal order: a parent before its child, a producer before its consumer, else by start, then id. */
  spans: Span[];
  logs: LogRecord[];
  unfinished: UnfinishedSpan[];
  drops: DropReport[];
  /** Where the thread is lost and why, by time; none where it is whole. Of the flow's first 5,000 spans. */
  breaks: FlowBreak[];
  /** What its services do not follow and no break tells of; that alone breaks no thread. On the first page. */
  unseen: BlindSpot[];
  nextCursor?: string;
}

export interface ServicesAnswer extends AnswerNotes {
  /** By name. `errorCount`: spans whose status is error. `lastSeen`: RFC 3339. */
  services: { name: string; spanCount: number; logCount: number; errorCount: number; lastSeen: string }[];
}

export interface OperationsAnswer extends AnswerNotes {
  operations: { name: string; kind: number; spanCount: number; errorCount: number }[];
}

/** How a service fares: `silent`: it has sent neither spans nor logs for five minutes, though it did before. */
export const SERVICE_STATES = ['healthy', 'degraded', 'down', 'silent'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

/**
 * What a service is judged by in its last five minutes: what it was called for, that this is slow, its logs where it was not called, that spans came of what is not
 * counted alone (health checks), or that it sent nothing: which is usual for what is called seldom in the range or in the
 * day before its end, as a job once an hour (`resting`), until it is overdue. Or that calls to it failed and did not arrive (`unanswered`).
 */
export const STATE_REASONS = ['calls', 'slow', 'logs', 'uncalled', 'resting', 'nothing', 'unanswered'] as const;
/** Why nobody can tell whether calls are slow. */
export const UNJUDGED = ['few', 'new'] as const;

export interface ServiceStateReason {
  type: (typeof STATE_REASONS)[number];
  /**
   * Of `calls`, `logs` and `resting` (the last time): how many there were, and how many of them failed or are errors; of `unanswered` how many calls to it there were,
   * and how many of them failed without having arrived.
   */
  count?: number;
  errors?: number;
  /** Of `calls` where nothing says that they are slow, and nobody could tell: they were too few, or nothing is known of how long they took before. */
  unjudged?: (typeof UNJUDGED)[number];
  /** Of `slow`: of the last five minutes, and of the time before it became so, in the six hours before the end or in the range where that is longer. */
  p95Millis?: number;
  usualP95Millis?: number;
  /** Of `resting`: from one time to the next. */
  usualMinutes?: number;
}

/** What is on a map beside services: what sends no spans itself. */
export const MAP_NODE_TYPES = ['service', 'queue', 'database', 'external'] as const;
export type MapNodeType = (typeof MAP_NODE_TYPES)[number];

/** Of spans, or of what they stand for where they were sampled. Percentiles are within some 3 % of a duration that was; absent where nothing was counted. */
export interface TrafficFigures {
  count: number;
  errors: number;
  /**
   * Of calls of one service to another: how many failed for the caller, where those are more than `errors`: it did not wait any longer, or was told 404. Absent where they are not
   * more, and where it is not known which of the caller's calls they were.
   */
  callerErrors?: number;
  /** Over the range, as far as it has passed. */
  perSecond: number;
  p50Millis?: number;
  p95Millis?: number;
  p99Millis?: number;
  /** Spans were sampled: the figures are estimates by the sampling threshold in their trace state. */
  isWeighted?: true;
}

/** Figures of one step of a chart, from its first minute on. */
export interface TrafficPoint {
  from: string;
  count: number;
  errors: number;
  p50Millis: number;
  p95Millis: number;
  p99Millis: number;
}

export interface MapNode {
  /** `type:name`; what edges name. */
  id: string;
  type: MapNodeType;
  /** Of a service its name; of others their system and what it says beside: `kafka orders`. `(other)`: those beyond the first 500 of a service, together. */
  name: string;
  /**
   * Of services that sent something in the range. Of others, by the calls to them of the last five minutes, where there were any: what a service is told by of its own
   * calls (`calls`, `slow`); slow against the six hours before the range's end. What is taken from a queue is no call to it.
   */
  state?: ServiceState;
  reason?: ServiceStateReason;
  /** `service.namespace` of most of its records, where they say. This and what follows, but for the figures, is of services alone. */
  namespace?: string;
  /** Instances that sent something in the last five minutes of the range, and their versions, the newest first, at most 20. */
  instanceCount?: number;
  versions?: string[];
  /** Of a service's entries: requests and messages that it was called by, and roots. Of others the calls to them, or what was taken where there are none. */
  figures?: TrafficFigures;
  /** To the minute. */
  lastSeen?: string;
  /** Only steps with something in them. */
  points?: TrafficPoint[];
}

/** The protocol by which a call was made, as the called span's attributes say. */
export interface MapEdge {
  from: string;
  to: string;
  protocol: string;
  /** Durations are the called side's, or the caller's where what is called sends no spans. */
  figures: TrafficFigures;
}

export interface ServiceMapAnswer extends AnswerNotes {
  /** The range in whole minutes; minutes count as a whole. */
  from: string;
  to: string;
  /** Width of a point. */
  stepMinutes: number;
  /** By type, then name. */
  nodes: MapNode[];
  edges: MapEdge[];
}

/** Where spans and logs of a range are from. */
export interface EnvironmentsAnswer extends AnswerNotes {
  /** As `deployment.environment.name`, in order; an empty one where something does not say. */
  environments: string[];
}

export interface ServiceOperation {
  /** The method and route of a request that was served, else the span's name; `(other)`: those beyond the first 1,000, together. */
  name: string;
  kind: number;
  figures: TrafficFigures;
}

export interface ServiceNeighbour {
  node: { id: string; type: MapNodeType; name: string };
  protocol: string;
  figures: TrafficFigures;
}

export interface ServiceInstance {
  /** Each empty where the resource does not say. */
  version: string;
  environment: string;
  instance: string;
  spanCount: number;
  /** Of what `instanceFigures` says. Absent where it has none. */
  figures?: TrafficFigures;
  logCount: number;
  /** To the minute. */
  firstSeen: string;
  lastSeen: string;
}

export interface ServiceFiguresAnswer extends AnswerNotes {
  name: string;
  from: string;
  to: string;
  stepMinutes: number;
  state: ServiceState;
  reason: ServiceStateReason;
  namespace?: string;
  lastSeen: string;
  figures: TrafficFigures;
  points: TrafficPoint[];
  /** Its log records; those of level ERROR and above are errors. Only steps with something in them. */
  logs: { count: number; errors: number; points: { from: string; count: number; errors: number }[] };
  /** Most frequent first. */
  operations: ServiceOperation[];
  /** Who calls it or sends it messages, and what it calls or sends to; most frequent first. */
  callers: ServiceNeighbour[];
  dependencies: ServiceNeighbour[];
  /** Latest first seen first. */
  instances: ServiceInstance[];
  /** What figures of instances are of: what the service was asked for, or, where it was asked for nothing, all of its spans. */
  instanceFigures: 'calls' | 'spans';
}

/** How long operations of several services take. */
export interface OperationFiguresAnswer extends AnswerNotes {
  /** The range in whole minutes; minutes count as a whole. */
  from: string;
  to: string;
  /** In the order asked for. One that sent no spans in the range has no operations. Operations: most frequent first. */
  services: { name: string; operations: ServiceOperation[] }[];
}

/** The body of every 4xx and 5xx on the query API. */
export interface ErrorAnswer {
  error: {
    code: string;
    /** What failed, where, and what to do. */
    message: string;
    /** The parameter that is wrong. */
    field?: string;
    /** In UTF-16 units of that parameter's value. */
    position?: number;
    expected?: string[];
  };
}

import type { AnswerNotes, PatternPart } from './answers.ts';

/** The most errors first, the latest seen first, or the latest first seen first. */
export const ERROR_ORDERS = ['count', 'last', 'first'] as const;
export type ErrorOrder = (typeof ERROR_ORDERS)[number];

/** Times are RFC 3339, of all that is kept, whatever the range. */
interface SeenTimes {
  firstSeen: string;
  lastSeen: string;
}

/** Errors of one service that have one type and came from one place. */
export interface ErrorGroupSummary extends SeenTimes {
  /** 16 hex digits: of the type and the first five frames of the app. `other`: those beyond the first 1,000 of the service. */
  fingerprint: string;
  service: string;
  /** As `exception.type`; empty where no record says one. */
  type: string;
  /** Of the newest one's message. */
  message: PatternPart[];
  /** In the range. */
  count: number;
  /** Of each bucket of the answer. */
  trend: number[];
  /** That it was seen in, as `service.version`, the first seen first; empty where a record does not say. */
  versions: ({ version: string } & SeenTimes)[];
  /** It was first seen in this version, and an earlier version was there before. */
  newSince?: string;
  /** When a span of the service first had that version, to the minute: an error that came long after it may have come of something else. Absent where that is not known. */
  newSinceSeen?: string;
}

export interface ErrorGroupsAnswer extends AnswerNotes {
  /** Errors in the range, of all groups. */
  total: number;
  groupCount: number;
  /** In the order asked for. */
  groups: ErrorGroupSummary[];
  /** Of services that have more than are kept apart: what is in no group of its own. */
  others: { service: string; count: number }[];
  /** What the trends count: RFC 3339, `from` inclusive, `to` exclusive. */
  buckets: { from: string; to: string }[];
}

export const STACK_LINE_KINDS = ['app', 'library', 'text'] as const;
/** A line of a stack: a frame of the app, one of a library or the runtime, or something else. */
export interface StackLine {
  text: string;
  kind: (typeof STACK_LINE_KINDS)[number];
}

export const ERROR_SOURCES = ['span', 'log'] as const;
/** The kind of a record that says an error. */
export type ErrorSource = (typeof ERROR_SOURCES)[number];

/** A record that says the error. */
export interface ErrorExampleRecord {
  source: ErrorSource;
  recordId: string;
  timeUnixNano: string;
  traceId?: string;
  spanId?: string;
  correlationId?: string;
  /** The name of the span that it is. */
  operation?: string;
  /** The first 1,000 characters of the exception's message. */
  message: string;
}

/** A value that all requests have that met an error, and few of those that did not. */
export interface AttributeInCommon {
  key: string;
  value: string;
  /** Of the others that were looked at, so many have it too. */
  others: number;
}

/** What sets requests that met an error apart from others of the same operations and about the same time. */
export interface ErrorsInCommon {
  /** Of their spans and resources, the rarest among the others first, at most 5. */
  attributes: AttributeInCommon[];
  /** That were looked at: the newest, each of a trace of its own. */
  requests: number;
  others: number;
}

export interface ErrorGroupDetail extends ErrorGroupSummary {
  /** Names of spans that have it, in the range, most first, at most 20. */
  operations: { name: string; count: number }[];
  /** Absent where it is nothing, or too little to tell from chance. */
  inCommon?: ErrorsInCommon;
  /** Which records say it in the range: `errorGroup:` in a query finds none of another kind. */
  sources: ErrorSource[];
  /** How many traces met it in the range, where those are fewer than ten and all of it is of one; else absent. */
  traceCount?: number;
  /** In the range, of different traces, the newest first, at most 10. */
  examples: ErrorExampleRecord[];
  /** Of the newest example; empty where it has none. */
  stack: StackLine[];
}

export interface ErrorGroupAnswer extends AnswerNotes {
  fingerprint: string;
  /** One for each service that has it, most errors first. */
  groups: ErrorGroupDetail[];
  buckets: { from: string; to: string }[];
}

/** A version of a service, as its spans say; to the minute. */
export interface ServiceDeployment extends SeenTimes {
  /** `service.version` and `deployment.environment.name`; empty where the resource does not say. */
  version: string;
  environment: string;
  /** None of its records is kept from before the range, but some of another version of its service are from before it. */
  isNew: boolean;
  /** By when they were first seen in the range. */
  instances: ({ instance: string } & SeenTimes)[];
}

export interface DeploymentsAnswer extends AnswerNotes {
  /** Those that a record of the range is of, by when they were first seen in it, the newest first. */
  deployments: ServiceDeployment[];
}

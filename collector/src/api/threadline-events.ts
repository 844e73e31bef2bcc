/**
 * What a sender says about itself, as log records of three event names. None is part of a log search, a histogram or the logs of a
 * trace that does not ask for it by its event name; `unfinished`, `drops` and `breaks` of a trace and a flow are made from them.
 */

/** A span that began and is still open. The record's own `traceId` and `spanId` are the span's; the rest are the attributes below. */
export const SPAN_START_EVENT = 'threadline.span.start';
export const SPAN_START_ATTRIBUTES = {
  /** String. */
  name: 'span.name',
  /** Int, OTLP's numbers: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: 'span.kind',
  /** String, 16 hex digits; absent on a root. */
  parentId: 'span.parent_id',
  /** Int, or a string of decimal digits: Unix nanoseconds. Absent: the record's time. */
  startTimeUnixNano: 'span.start_time_unix_nano',
} as const;

/** What was lost before it could be sent. */
export const DROP_EVENT = 'threadline.drop';
export const DROP_ATTRIBUTES = {
  /** String: `logs` or `traces`. */
  signal: 'drop.signal',
  /** String, for a person. */
  reason: 'drop.reason',
  /** Int: how many records. */
  count: 'drop.count',
  /** Int, or a string of decimal digits: Unix nanoseconds. Absent: the record's time. */
  firstTimeUnixNano: 'drop.first_time_unix_nano',
  lastTimeUnixNano: 'drop.last_time_unix_nano',
  /** Array of strings, at most 100: traces that are known to be incomplete. */
  traceIds: 'drop.trace_ids',
} as const;

/** Libraries that the sender knows and does not follow: what they do is in no trace. */
export const UNSEEN_EVENT = 'threadline.libraries.unseen';
export const UNSEEN_ATTRIBUTES = {
  /** Array of strings: names of packages. */
  libraries: 'library.names',
  /** String, one of `UNSEEN_REASONS`. */
  reason: 'library.reason',
} as const;
export const UNSEEN_REASONS = ['loaded_before', 'bundled', 'untested_version', 'not_supported'] as const;
export type UnseenReason = (typeof UNSEEN_REASONS)[number];

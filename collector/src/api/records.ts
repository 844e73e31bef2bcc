import type { OtlpLogRecord, OtlpSpan, Resource, Scope } from './otlp-json.ts';

/**
 * What a limit cut from a record. `path` names the place in OTLP/JSON's words: `body`, `attributes` (some were over the count),
 * `attributes.http.url` (its value was too long or too deep), `resource.attributes.k`, `events[3].attributes.k`.
 */
export interface Truncation {
  path: string;
  limit: 'recordBytes' | 'attributeCount' | 'valueBytes' | 'depth';
  /** Bytes (`recordBytes`, `valueBytes`), attributes (`attributeCount`) or levels (`depth`) as they were sent. */
  originalSize: number;
}

interface StoredFields {
  /** Opaque; restart, replay and compaction leave it alone. */
  id: string;
  /** When the collector took it in, Unix nanoseconds, decimal. */
  arrivalTimeUnixNano: string;
  truncations?: Truncation[];
  /** Where one record or span is asked for: the fingerprints of the errors that it says, as `GET /api/v1/errors` has them; absent where it says none. */
  errorGroups?: string[];
  resource: Resource;
  scope: Scope;
}

/** A log record as the API answers it. */
export interface LogRecord extends OtlpLogRecord, StoredFields {
  /** A malformed trace or span id was sent: the record is kept without it. */
  invalidIds?: ('traceId' | 'spanId')[];
  /** In lists only: the body was over 4 KiB and is cut; `GET /api/v1/logs/{id}` has all of it. */
  bodyTruncated?: true;
}

/** A span as the API answers it. */
export interface Span extends OtlpSpan, StoredFields {}

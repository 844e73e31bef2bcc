/**
 * Why a request, or a record of one, was refused: the log is full (429), too much was in flight at once (429), the log's disk refuses (503), the
 * body is too large (413), cannot be read (400) or is of a kind that is not taken (415), its key is missing or wrong (401), it came too
 * slowly (503) or while the collector ended (503), it went to a path where nothing is taken (404, 405), a record of it has no valid id
 * (the rest was taken), or a fault of the collector (500).
 */
export const REFUSAL_REASONS = [
  'log_full',
  'overloaded',
  'disk',
  'too_large',
  'malformed',
  'unsupported',
  'unauthenticated',
  'slow',
  'draining',
  'unknown_path',
  'invalid_record',
  'internal',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Whether records are taken. `removed`: the log on disk, or the file of it that is written to, was removed or moved while in use. */
export interface IngestStatus {
  state: 'taking' | 'refusing';
  sinceUnixNano?: string;
  reason?: Extract<RefusalReason, 'log_full' | 'disk'> | 'removed';
}

/** Since the collector started. */
export interface RefusalCount {
  /** Absent where the request did not say whose it is: without a valid key, or cut short. */
  tenant?: string;
  reason: RefusalReason;
  requests: number;
  /** As far as the requests could be read. */
  records: number;
  /** Unix nanoseconds. */
  lastAtUnixNano: string;
}

/** Metrics that were taken and counted since the collector started. They are not stored. */
export interface MetricCount {
  tenant: string;
  requests: number;
  dataPoints: number;
  /** Unix nanoseconds. */
  lastAtUnixNano: string;
}

/** Why records were refused by the storage, or kept with less to search by, and how often. */
export interface ReasonCount {
  reason: string;
  count: number;
  /** Unix nanoseconds. */
  lastAtUnixNano: string;
}

/** `GET /api/v1/status`: how the collector fares. Always 200; of records there are only the examples of `withoutPattern` and the types of `withoutErrorGroup` in it. */
export interface StatusAnswer {
  version: string;
  /** Unix nanoseconds. */
  startedAtUnixNano: string;
  storage: {
    kind: 'embedded' | 'elasticsearch';
    status: 'ok' | 'unavailable';
    /** Why it is `unavailable`, as a query is told, and what to do where that is known. */
    fault?: string;
    /** Facts for the operator: the server's version, its address without credentials. */
    notes: Record<string, string>;
    /** Records that are kept and found by fewer of their fields, since the collector started. */
    reduced: { count: number; reasons: ReasonCount[] };
    /** Parts of what is stored, and of the log before it, that were found damaged or gone on disk since the collector started: what is in them cannot be read, all else is. None of Elasticsearch, which tends to its own. */
    damaged: { count: number; reasons: ReasonCount[] };
    /** Logs that no pattern was made of, as their service had too many, since the collector started; most first, at most 20 services. */
    withoutPattern: { service: string; count: number; examples: string[] }[];
    /** Errors that are in no group of their own, likewise; `examples` are types. */
    withoutErrorGroup: { service: string; count: number; examples: string[] }[];
  };
  /** What is acknowledged and waits on disk for the storage. Absent while the collector starts or ends. */
  log?: {
    usedBytes: number;
    capacityBytes: number;
    /** Absent until it is counted after a start. */
    waitingRequests?: number;
    /** Since the oldest request arrived that the storage has not taken; absent when there is none. */
    oldestWaitingMillis?: number;
    /**
     * `refusing`: since `sinceUnixNano` requests find no room, as the log holds what it may (429), its disk is full or refuses, or it was removed (503); `fault` says
     * more.
     */
    ingest: IngestStatus & { fault?: string };
    delivery: {
      /** `waiting`: the storage takes nothing, since `sinceUnixNano`. */
      state: 'delivering' | 'waiting';
      sinceUnixNano?: string;
      lastFault?: { atUnixNano: string; reason: string };
    };
    /** Parts of the log that were damaged on disk, or that cannot be decoded any more. Their bytes are kept. */
    setAside: { count: number; bytes: number };
    /** Records that the storage refused for good. `total` counts also those that made room for newer ones. */
    deadLetters: { kept: number; total: number; reasons: ReasonCount[] };
  };
  refusals: RefusalCount[];
  /** By tenant; empty when none came. */
  metrics: MetricCount[];
  /** What rules of redaction removed since the collector started, by the rule's name. Absent where there are none. */
  redaction?: { count: number; reasons: ReasonCount[] };
}

/** A record that the storage refused for good, without the record itself. */
export interface DeadLetterSummary {
  number: number;
  /** When it was refused, Unix nanoseconds. */
  atUnixNano: string;
  tenant: string;
  signal: 'logs' | 'traces';
  recordId: string;
  /** Empty where the record names none. */
  service: string;
  reason: string;
}

/** `GET /api/v1/dead-letters`: the newest first. */
export interface DeadLettersAnswer {
  deadLetters: DeadLetterSummary[];
  nextCursor?: string;
}

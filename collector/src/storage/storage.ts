import type { Level, QueryNode } from '@threadline/query-language';
import type { LogRecord, PatternOrder, Span, TraceSummary } from '../api/index.ts';
import type { PlainRequest } from '../model/plain-request.ts';
import type { IndexedLog, IndexedSpan, RowKey } from '../model/record.ts';
import type { Capabilities } from './capabilities.ts';
import type { DeploymentsResult, ErrorsRequest, ErrorsResult, OtherErrors } from './errors/errors.ts';
import type { FiguresRequest, FiguresResult } from './figures/figures.ts';
import type { TemplateText } from './patterns/template-text.ts';
import type { SlowestPage, SlowestSearch } from './slowest-traces.ts';
import type { StatsRequest, StatsResult } from './stats/stats.ts';
import type { TraceKey } from './trace-key.ts';
import type { TraceSpansPage, TraceSpansRequest } from './trace-spans.ts';

/** Every read carries who asks, until when, and how to stop. */
export interface ReadContext {
  /** One lower-case word without a dash; `default` until there are more. */
  readonly tenant: string;
  /** `performance.now()` value after which the read stops with `partial` or a `deadline_exceeded` error. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** What was written within the last second may be missing, as of what is told by the minute: the read waits for nothing of it. */
  readonly maySeeLess?: boolean;
}

/** From inclusive, to exclusive, Unix nanoseconds. An end that is absent is open. */
export interface TimeRange {
  readonly fromNanos?: bigint;
  readonly toNanos?: bigint;
}

/** Where a read that ran out of time got to: records beyond this time were not looked at. */
export interface PartialRead {
  readonly searchedFromNanos: bigint;
  readonly reason: string;
}

export interface RowSearch {
  readonly query: QueryNode;
  readonly range: TimeRange;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** Only rows strictly after this one in the order asked for. */
  readonly after?: RowKey;
  /** The page ends, after a row at least, where its records have about so many characters together (`recordCharacters`): a record can be a megabyte. */
  readonly maxCharacters?: number;
}

/** A record with the key that it is ordered and paged by. */
export interface Row<R> {
  readonly key: RowKey;
  readonly record: R;
}

export interface RowPage<R> {
  readonly rows: readonly Row<R>[];
  /** At least one more row follows. */
  readonly hasMore: boolean;
  readonly partial?: PartialRead;
}

export interface HistogramRequest {
  readonly query: QueryNode;
  readonly range: Required<TimeRange>;
  /** A bucket's number is floor(time / width). */
  readonly widthNanos: bigint;
}

export interface HistogramResult {
  /** Only those that are not zero, in no order. Exact. */
  readonly counts: readonly { readonly bucket: bigint; readonly level: Level; readonly count: number }[];
  readonly partial?: PartialRead;
}

/** Keys that are longer are in no list of fields. */
export const MAX_FACET_KEY_LENGTH = 512;
/** Values that are longer, in UTF-16 units, are in no list of values: nobody chooses from them. */
export const MAX_FACET_VALUE_LENGTH = 256;

/** Where the attributes are that a log's facets are of, most specific first. */
export const FACET_PLACES = ['attributes', 'resource', 'scope'] as const;
export type FacetPlace = (typeof FACET_PLACES)[number];
/** What of a log itself facets are of: the service's name, the level, the scope's name. */
export const RECORD_FACETS = ['service', 'level', 'scope'] as const;
export type RecordFacet = (typeof RECORD_FACETS)[number];

/** A field that a query can name. Attributes have their keys as `attributeLeaves` gives them: maps flattened, arrays by element. */
export type FacetField =
  | { readonly type: 'record'; readonly name: RecordFacet }
  | { readonly type: 'attribute'; readonly place: FacetPlace; readonly key: string };

export interface FieldsRequest {
  readonly query: QueryNode;
  readonly range: TimeRange;
  readonly limit: number;
}

/** Counts are of records. Where the answer is `partial`, of those that were looked at: all of its time, some older ones. */
export interface FieldsResult {
  /** Records that match. */
  readonly total: number;
  /** Most records first, then by place as in `FACET_PLACES` (the record's own before all), then by key. Empty keys and too long ones are left out. */
  readonly fields: readonly {
    readonly field: FacetField;
    readonly count: number;
    /** One of those records has a number there, an integer or a finite double: an attribute that can be measured. */
    readonly hasNumbers?: true;
  }[];
  /** There are fields that are not listed. */
  readonly hasMore: boolean;
  readonly partial?: PartialRead;
}

export interface FieldValuesRequest {
  readonly query: QueryNode;
  readonly range: TimeRange;
  /** `any`: an attribute of the key in whatever place. */
  readonly field: FacetField | { readonly type: 'attribute'; readonly place: 'any'; readonly key: string };
  /** Only values that start so, case and all; empty: all. */
  readonly prefix: string;
  readonly limit: number;
}

/** As with `FieldsResult`, of what was looked at. */
export interface FieldValuesResult {
  /** Records that match, and those of them that have the field, whatever the prefix. */
  readonly total: number;
  readonly count: number;
  /**
   * Values as text, as `field:value` finds them (levels in lower case, half surrogate pairs as U+FFFD), with the number of records; a record counts once for each place and type
   * that it has the text in. Most records first, then by value.
   */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /**
   * How often there were other values that start with the prefix. Without a prefix also what no list has: long texts, what a storage cannot tell
   * apart, and records with nothing but bytes, NaN and infinities in a place.
   */
  readonly otherCount: number;
  /** More different values than could be kept apart: one that is not listed may be as frequent as one that is. */
  readonly isCapped: boolean;
  readonly partial?: PartialRead;
}

export interface PatternsRequest {
  readonly query: QueryNode;
  readonly range: Required<TimeRange>;
  /** As of a `HistogramRequest`. */
  readonly widthNanos: bigint;
  /** By number of records: the most first, or the fewest. */
  readonly order: PatternOrder;
  readonly limit: number;
}

/** Names of more services are left out of a pattern. */
export const MAX_PATTERN_SERVICES = 20;

/** Records of one template; each record is of exactly one. */
export interface PatternCounts {
  /** `template-text.ts` says what it is; `pattern:` and its id in a query finds the same records. */
  readonly template: TemplateText;
  readonly count: number;
  /** Only those that are not zero, in no order. */
  readonly levels: readonly { readonly level: Level; readonly count: number }[];
  readonly buckets: readonly { readonly bucket: bigint; readonly count: number }[];
  /** Most records first; at most `MAX_PATTERN_SERVICES`. Records that name no service are in none. */
  readonly services: readonly { readonly name: string; readonly count: number }[];
  /** One of its records, as new as any. */
  readonly example: { readonly id: string; readonly message: string };
}

/** Counts are exact; where the answer is `partial`, of the records that were looked at. */
export interface PatternsResult {
  /** Records that match. */
  readonly total: number;
  /** Templates that they have, those without a template and those of `other` not counted. */
  readonly patternCount: number;
  /** In the order asked for, of as many the more severe first, then by template's text; the two that are no template last among the rare ones. */
  readonly patterns: readonly PatternCounts[];
  readonly partial?: PartialRead;
}

/** Records of a service that came when it had as many templates as are kept apart, since the collector started. */
export interface OtherPatterns {
  readonly tenant: string;
  readonly service: string;
  readonly count: number;
  /** Templates that some of them would have had, for a person. */
  readonly examples: readonly string[];
}

export interface TraceSearch {
  /** One single span must fulfil all of it and start in the range. */
  readonly query: QueryNode;
  /** Of each of these too, a span of the same trace; two may be fulfilled by one and the same span. Their order means nothing. */
  readonly with?: readonly QueryNode[];
  readonly range: TimeRange;
  /** Bounds of the summary's `durationNano`, both inclusive. */
  readonly traceDuration?: { readonly minNanos?: bigint; readonly maxNanos?: bigint };
  readonly limit: number;
  /** Only traces strictly older than this one. */
  readonly after?: TraceKey;
}

export interface TracePage {
  /** Newest key first. */
  readonly traces: readonly { readonly key: TraceKey; readonly summary: TraceSummary }[];
  readonly hasMore: boolean;
  readonly partial?: PartialRead;
}

export interface ServiceCounts {
  readonly name: string;
  readonly spanCount: number;
  readonly logCount: number;
  readonly errorCount: number;
  /** Greatest record time, Unix nanoseconds. */
  readonly lastSeenNanos: bigint;
}

export interface OperationCounts {
  readonly name: string;
  readonly kind: number;
  readonly spanCount: number;
  readonly errorCount: number;
}

/** Logs as they were at one moment: what is written meanwhile, or made visible, changes none of its pages, while nothing is deleted. */
export interface LogSnapshot {
  /** As `Storage.searchLogs`, of that moment. */
  searchLogs(search: RowSearch, context: ReadContext): Promise<RowPage<LogRecord>>;
  /** Gives back what it holds. Never rejects; safe to repeat. */
  close(): Promise<void>;
}

/** What the caller of a write knows beside the records. */
export interface WriteOptions {
  /**
   * Some of the records may have been written before: by a call that failed, whose answer got lost, or by an earlier process. They are then looked
   * for first, and only what is missing is written. Otherwise nothing is looked up: Elasticsearch keeps an id once within one backing index, the
   * embedded storage trusts the caller.
   */
  readonly mayRepeat?: boolean;
  /**
   * Some of the records are of requests with an idempotency key, which their sender may have given to another collector too, that writes into the
   * same storage. A storage that several collectors share then keeps each once all the same.
   */
  readonly isKeyed?: boolean;
  /** Gives the call up: it rejects with the signal's reason, and what it was about may or may not be written. A storage on this machine may finish instead. */
  readonly signal?: AbortSignal;
}

/**
 * Where records are kept and found. Two adapters implement it; `test/storage-contract` is its meaning as a test.
 *
 * Writes: resolves once the records are durable and will be found by a read that starts within one second.
 * Idempotent by record id: writing a record again changes nothing, whatever happened to the first call's answer, where the call says
 * that it `mayRepeat`.
 * All records of one call are of one tenant; a call is all or nothing where the storage can, and after an error
 * the same call may be made again. Faults are `ThreadlineError`: `storage_unavailable` when trying again can help.
 *
 * Reads: an exact record comes back as it was written, field by field. A read never sees half of a write call
 * that resolved before it started. `query` trees hold only forms that `capabilities` offers. A read whose signal is aborted rejects
 * with the signal's reason, one past its deadline with `deadline_exceeded` (or answers `partial`), one after `shutdown` with `shutting_down`.
 *
 * `start` prepares (creates tables or templates) and may be called again after a failure; `shutdown` waits for
 * writes under way, refuses new calls, and is idempotent.
 */
export interface Storage {
  readonly capabilities: Capabilities;
  /** How many write calls it makes use of at once. */
  readonly parallelWrites: number;
  /**
   * A call costs much beside its records: what comes while another is under way waits for more at most so long, until there is enough for a large call or a read waits for
   * it. Without it each call is made at once.
   */
  readonly gatherMillis?: number;
  /** Of requests that are not decoded: a call with more records is not cheaper, and keeps more calls than one busy no better. Without it a call may have any number. */
  readonly callRecords?: number;
  start(signal: AbortSignal): Promise<void>;
  shutdown(): Promise<void>;

  writeLogs(tenant: string, logs: readonly IndexedLog[], options?: WriteOptions): Promise<void>;
  writeSpans(tenant: string, spans: readonly IndexedSpan[], options?: WriteOptions): Promise<void>;

  /**
   * As `writeLogs` and `writeSpans`, of requests that need not be decoded; all of one tenant and signal. Only where a storage makes less work of them
   * than of their records. It may take their bodies to itself, which are empty then, after an error too; what it does not take is freed when the call has
   * resolved. So nobody else may look at them from the call on.
   */
  writeRequests?(tenant: string, requests: readonly PlainRequest[], options?: WriteOptions): Promise<void>;

  /** Somebody waits for the write calls under way: none of them waits for others any more to share its cost. */
  hasten(): void;

  /** Resolves when a read is answered now; what was written lately need not be seen by it, so that to ask often costs a storage nothing. */
  check(context: ReadContext): Promise<void>;

  searchLogs(search: RowSearch, context: ReadContext): Promise<RowPage<LogRecord>>;
  /**
   * The context's tenant's logs of this moment, for a reader of many pages. Only where the storage can hold them: a reader that does nothing for minutes may
   * end it, and its next search then rejects. Where retention deletes rows meanwhile, pages from then on are without them, and of a moment behind that.
   */
  openLogSnapshot?(context: ReadContext): Promise<LogSnapshot>;
  searchSpans(search: RowSearch, context: ReadContext): Promise<RowPage<Span>>;
  /** A trace's spans in columns, what `searchSpans` gives of it in ascending order. Only where a storage makes less work of them than of records. */
  traceSpans?(request: TraceSpansRequest, context: ReadContext): Promise<TraceSpansPage>;
  getLog(id: string, context: ReadContext): Promise<LogRecord | undefined>;
  logHistogram(request: HistogramRequest, context: ReadContext): Promise<HistogramResult>;

  /** The fields that matching logs have. */
  logFields(request: FieldsRequest, context: ReadContext): Promise<FieldsResult>;
  /** The most frequent values of one of them. */
  logFieldValues(request: FieldValuesRequest, context: ReadContext): Promise<FieldValuesResult>;

  /** Matching logs by the template of their message. */
  logPatterns(request: PatternsRequest, context: ReadContext): Promise<PatternsResult>;
  /** What this process could not give a template of its own. */
  otherPatterns(): readonly OtherPatterns[];

  /** Counts and figures of numbers of matching logs or spans, by the values of fields and by time. */
  countStats(request: StatsRequest, context: ReadContext): Promise<StatsResult>;

  searchTraces(search: TraceSearch, context: ReadContext): Promise<TracePage>;
  /** The same traces, the slowest first. Only where the storage can compare very many by itself. */
  slowestTraces?(search: SlowestSearch, context: ReadContext): Promise<SlowestPage>;
  /**
   * Of each trace that has at least one span, in no order. At most 1,000 ids a call. Of several roots the first by (time, sequence, id) counts;
   * a start of 0 is the arrival, an end before its start is the start.
   */
  summarizeTraces(traceIds: readonly string[], context: ReadContext): Promise<readonly TraceSummary[]>;
  /** The distinct trace ids of the target's records that match, each with its earliest matching time, newest first, then by id downwards; at most `limit`. */
  findTraceIds(
    search: { readonly query: QueryNode; readonly target: 'logs' | 'spans'; readonly range: TimeRange; readonly limit: number },
    context: ReadContext,
  ): Promise<readonly { readonly traceId: string; readonly firstNanos: bigint }[]>;

  /** Of records in the range, by name; records that name no service are in none. */
  services(range: TimeRange, context: ReadContext): Promise<readonly ServiceCounts[]>;
  /** The service's distinct (span name, kind), most spans first, then by name and kind; at most 1,000. */
  operations(service: string, range: TimeRange, context: ReadContext): Promise<readonly OperationCounts[]>;
  /** Rates, errors and durations of services, their operations, and who calls whom. */
  serviceFigures(request: FiguresRequest, context: ReadContext): Promise<FiguresResult>;

  /** Errors of spans and logs by their fingerprint. */
  errorGroups(request: ErrorsRequest, context: ReadContext): Promise<ErrorsResult>;
  /** What of the tenant this process could not give a group of its own; most first. */
  otherErrors(context: ReadContext): Promise<readonly OtherErrors[]>;
  /** The versions that spans and logs of the service in the range are of, which counts as that of `serviceFigures` does. */
  deployments(service: string, range: TimeRange, context: ReadContext): Promise<DeploymentsResult>;
}

import type { RowKey } from '../model/record.ts';

export interface TraceSpansRequest {
  readonly traceId: string;
  readonly limit: number;
  /** Only spans strictly after this one. */
  readonly after?: RowKey;
}

/** Texts by number: the row's is `entries[indexes[row]]`. */
export interface NumberedTexts {
  readonly entries: readonly string[];
  readonly indexes: Int32Array;
}

/** What of a span is not in columns, as most have none of it. */
export interface SpanExtras {
  readonly row: number;
  readonly events: readonly { readonly timeUnixNano: string; readonly name: string }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly droppedAttributes: number;
  readonly droppedEvents: number;
  readonly droppedLinks: number;
  /** Of a span that ends before it starts: by how much, 0 where no end was sent. */
  readonly earlyNanos?: number;
}

/**
 * Spans of one trace in columns, in the order of their keys: what a waterfall draws, exactly that which the records say. Nothing of it is an object for
 * each span.
 */
export interface TraceSpansPage {
  readonly rows: number;
  /** Ids of 16 digits, one after the other; zeros where there is none. */
  readonly spanIds: string;
  readonly parentIds: string;
  /** Times of the keys: nanoseconds since `baseNanos`, exact as long as a trace lasts no longer than 104 days. */
  readonly baseNanos: bigint;
  readonly starts: Float64Array;
  readonly durations: Float64Array;
  readonly names: NumberedTexts;
  readonly services: NumberedTexts;
  /** By `callTarget`. */
  readonly targets: NumberedTexts;
  /** As they were sent. */
  readonly kinds: Int32Array;
  readonly statuses: Int32Array;
  readonly extras: readonly SpanExtras[];
  /** Of the last row. */
  readonly last?: RowKey;
  readonly hasMore: boolean;
}

/** What the questions ask for, as it stands in one log and one span of the data. */
export interface Sample {
  /** Of everything that was loaded, whole minutes: questions ask in it. */
  readonly range: { readonly fromNanos: bigint; readonly toNanos: bigint };
  readonly service: string;
  readonly uuid: string;
  readonly correlationId: string;
  readonly logTraceId: string;
  /** Undefined where the data have no spans. */
  readonly span: SpanSample | undefined;
}

export interface SpanSample {
  readonly traceId: string;
  readonly service: string;
  readonly name: string;
}

/** In the messages of the load: about one in twenty. */
export const PHRASE = 'shipped in eu';
/** A span that the search looks for has this status code and lasts at least this long. */
export const SLOW_FAILED = { statusCode: 500, minDurationMillis: 100 };

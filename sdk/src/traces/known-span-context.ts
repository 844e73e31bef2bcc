import { isSpanContextValid, type SpanContext, type TraceState } from '@opentelemetry/api';

/** A span context whose ids were made, or checked, in this process: it needs no second look each time that it is used. */
export class KnownSpanContext implements SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: true;
  readonly traceState?: TraceState;

  constructor(
    traceId: string,
    spanId: string,
    traceFlags: number,
    more: { readonly isRemote?: true; readonly traceState: TraceState | undefined },
  ) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.traceFlags = traceFlags;
    if (more.isRemote === true) this.isRemote = true;
    if (more.traceState !== undefined) this.traceState = more.traceState;
  }
}

/** Whether it names a trace and a span. */
export function isValidSpanContext(spanContext: SpanContext): boolean {
  return spanContext instanceof KnownSpanContext || isSpanContextValid(spanContext);
}

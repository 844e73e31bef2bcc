import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import { KnownSpanContext } from '../traces/known-span-context.ts';
import { W3cTraceState } from './w3c-trace-state.ts';

/** W3C Trace Context: version, trace id, parent id, flags; a later version may have more behind them. */
const TRACE_PARENT = /^\s?((?!ff)[\da-f]{2})-((?!0{32})[\da-f]{32})-((?!0{16})[\da-f]{16})-([\da-f]{2})(-.*)?\s?$/;

/** What the headers `traceparent` and `tracestate` say; undefined when the first is not valid, and then the other counts for nothing. */
export function parseTraceContext(traceParent: string, traceState: string | undefined): SpanContext | undefined {
  const match = TRACE_PARENT.exec(traceParent);
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = match;
  if (version === '00' && more !== undefined) return undefined;
  const state = traceState === undefined || traceState === '' ? undefined : W3cTraceState.parse(traceState);
  return new KnownSpanContext(traceId, spanId, Number.parseInt(flags, 16), {
    isRemote: true,
    traceState: state?.isEmpty === false ? state : undefined,
  });
}

/** The header `traceparent`. */
export function formatTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${(traceFlags || TraceFlags.NONE).toString(16)}`;
}

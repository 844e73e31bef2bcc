import { INVALID_SPANID, INVALID_TRACEID, isSpanContextValid, type SpanContext, type TraceState } from '@opentelemetry/api';
import { propertyOf } from '../logs/thrown-value.ts';

/** Whatever untyped code gives as a span's context, as one that can be written: without what of it is none. Never throws. */
export function plainSpanContext(given: unknown): SpanContext {
  const context = typeof given === 'object' && given !== null ? given : {};
  const traceFlags = propertyOf(context, 'traceFlags');
  const ids = { traceId: textIn(context, 'traceId'), spanId: textIn(context, 'spanId') };
  const traceState = plainTraceState(propertyOf(context, 'traceState'));
  return {
    ...(isSpanContextValid({ ...ids, traceFlags: 0 }) ? ids : { traceId: INVALID_TRACEID, spanId: INVALID_SPANID }),
    traceFlags: typeof traceFlags === 'number' ? traceFlags & 0xff : 0,
    ...(propertyOf(context, 'isRemote') === true ? { isRemote: true } : {}),
    ...(traceState === undefined ? {} : { traceState }),
  };
}

function textIn(target: object, name: string): string {
  const text = propertyOf(target, name);
  return typeof text === 'string' ? text : '';
}

/** One that always says what it says now. */
function plainTraceState(given: unknown): TraceState | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  try {
    const serialize = propertyOf(given, 'serialize');
    const text: unknown = typeof serialize === 'function' ? Reflect.apply(serialize, given, []) : undefined;
    if (typeof text !== 'string') return undefined;
    const state: TraceState = { get: () => undefined, set: () => state, unset: () => state, serialize: () => text };
    return state;
  } catch {
    return undefined;
  }
}

import type { TraceState } from '@opentelemetry/api';
import { W3cTraceState } from '../correlation/w3c-trace-state.ts';
import { decodeThreshold, encodeThreshold, type Threshold } from './threshold.ts';

/** OpenTelemetry's own member of `tracestate`: `ot=th:fd70a;rv:6e6d1a75832a2f`. */
const MEMBER = 'ot';
/** What a member of `tracestate` may have (W3C Trace Context). */
const MAX_CHARACTERS = 256;

export interface OtTraceState {
  readonly threshold: Threshold | undefined;
  /** Explicit randomness, unchecked. */
  readonly rv: string | undefined;
}

const NOTHING: OtTraceState = { threshold: undefined, rv: undefined };

/** What `tracestate` says of sampling. */
export function readOtTraceState(traceState: TraceState | undefined): OtTraceState {
  if (traceState?.get(MEMBER) === undefined) return NOTHING;
  const fields = fieldsOf(traceState);
  const th = fields.get('th');
  return { threshold: th === undefined ? undefined : decodeThreshold(th), rv: fields.get('rv') };
}

/** The same trace state with this threshold, or without one; other fields and members stay. */
export function writeThreshold(traceState: TraceState | undefined, threshold: Threshold | undefined): TraceState | undefined {
  // What nearly every trace has and needs.
  if (traceState === undefined && threshold === undefined) return undefined;
  const fields = fieldsOf(traceState);
  const th = threshold === undefined ? undefined : encodeThreshold(threshold);
  if (fields.get('th') === th) return traceState;
  if (th === undefined) fields.delete('th');
  else fields.set('th', th);
  const text = [...fields].map(([key, value]) => `${key}:${value}`).join(';');
  if (text === '') return traceState?.unset(MEMBER);
  return text.length > MAX_CHARACTERS ? traceState : (traceState ?? W3cTraceState.parse('')).set(MEMBER, text);
}

function fieldsOf(traceState: TraceState | undefined): Map<string, string> {
  const text = traceState?.get(MEMBER) ?? '';
  return new Map(
    text.split(';').flatMap((field): [string, string][] => {
      const colon = field.indexOf(':');
      return colon < 1 ? [] : [[field.slice(0, colon), field.slice(colon + 1)]];
    }),
  );
}

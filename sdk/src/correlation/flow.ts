import { type Baggage, type Context, createContextKey, type SpanContext, trace } from '@opentelemetry/api';
import { isValidSpanContext } from '../traces/known-span-context.ts';

/** What a caller outside the trusted edge claimed to be. */
export interface ExternalCaller {
  readonly correlationId: string | undefined;
  readonly spanContext: SpanContext | undefined;
  /** What it sent, in case the app hands it on. */
  readonly baggage?: Baggage | undefined;
}

/**
 * The flow that a context belongs to. `id` is undefined until the first span of a flow that came without one is
 * started: then it is that span's trace id, so that one id finds both, and it never changes again.
 */
export interface Flow {
  id: string | undefined;
  readonly external: ExternalCaller | undefined;
  /** Of a flow that begins without a span, as a run of an interval: makes the id that is asked for before there is a span. */
  readonly createId?: () => string;
}

const FLOW_KEY = createContextKey('threadline.flow');

/** A context in which everything belongs to the flow, however deep, until another flow replaces it. */
export function setFlow(context: Context, flow: Flow): Context {
  return context.setValue(FLOW_KEY, flow);
}

/** The flow that was set on a context or on one it came from. */
export function getFlow(context: Context): Flow | undefined {
  const flow = context.getValue(FLOW_KEY);
  return isFlow(flow) ? flow : undefined;
}

/** The id of the flow; without one the active span's trace id, so that a timer or a job has an id too; else one that the flow makes now, or undefined. */
export function correlationIdOf(context: Context): string | undefined {
  const flow = getFlow(context);
  if (flow?.id !== undefined) return flow.id;
  const spanContext = trace.getSpanContext(context);
  if (spanContext !== undefined && isValidSpanContext(spanContext)) return spanContext.traceId;
  if (flow?.createId !== undefined) flow.id = flow.createId();
  return flow?.id;
}

function isFlow(value: unknown): value is Flow {
  return typeof value === 'object' && value !== null && 'id' in value && 'external' in value;
}

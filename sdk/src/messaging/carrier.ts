import { type Context, context, propagation, type TextMapGetter } from '@opentelemetry/api';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { correlationIdOf, getFlow, setFlow } from '../correlation/flow.ts';

/** Headers, properties or attributes of a message: values are text, bytes, or lists of these. Anything else is not ours. */
export type Carrier = Readonly<Record<string, unknown>>;

const GETTER: TextMapGetter<Carrier> = {
  get: (carrier, key) => textOf(carrier[key]),
  keys: (carrier) => Object.keys(carrier),
};

/**
 * The context that a message was sent with: its creation span as the remote parent, its baggage and its correlation id.
 * Never the running code's. A message that carries no id keeps the trace id of its producer as one; one that carries
 * nothing at all gets an id with its first span.
 */
export function readContext(carrier: Carrier | undefined): Context {
  const received = propagation.extract(EMPTY_CONTEXT, carrier ?? {}, GETTER);
  return getFlow(received)?.id === undefined ? setFlow(received, { id: correlationIdOf(received), external: undefined }) : received;
}

/** What a message must carry so that its consumer is in this context: `traceparent`, `tracestate` and `baggage`, as far as there is any. */
export function writeContext(outgoing: Context): Record<string, string> {
  const fields: Record<string, string> = {};
  propagation.inject(outgoing, fields);
  return fields;
}

/**
 * The context to send a message from: the running code's, unless the message is sent on with the headers that it came with
 * and these name another flow. So a retry, a dead letter that is put back or a message that a timer moves stays in its
 * first flow, whoever moves it.
 */
export function sendingContext(carrier: Carrier | undefined): Context {
  const active = context.active();
  if (carrier === undefined || (carrier.traceparent === undefined && carrier.baggage === undefined)) return active;
  const received = readContext(carrier);
  const id = correlationIdOf(received);
  return id === undefined || id === correlationIdOf(active) ? active : received;
}

function textOf(value: unknown): string | string[] | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
  if (Array.isArray(value)) return value.map(textOf).filter((text) => typeof text === 'string');
  return undefined;
}

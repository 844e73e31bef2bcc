import { type Context, context, type Span } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { isMethod, isObject, type Method } from '../instrument/wrap-method.ts';
import { sendingContext } from './carrier.ts';
import { messageAttributes } from './kafka-message.ts';
import { endSpan, type MessageTracer } from './message-tracer.ts';
import { addHeaders, readHeaders } from './rdkafka-headers.ts';

/** In the place of an app's `opaque` until the message's delivery report brings it back. */
class Pending {
  readonly span: Span;
  readonly caller: Context;
  readonly opaque: unknown;

  constructor(span: Span, caller: Context, opaque: unknown) {
    this.span = span;
    this.caller = caller;
    this.opaque = opaque;
  }
}

/** Headers that were given a context to send from, other than that of the code which calls `produce`. */
const sendingFrom = new WeakMap<object, Context>();

/** A list of the same headers, whose message is sent from this context, whoever calls `produce`. */
export function headersFrom(headers: unknown, caller: Context): unknown {
  if (headers !== undefined && headers !== null && !Array.isArray(headers)) return headers;
  const copy = [...(headers ?? [])];
  sendingFrom.set(copy, caller);
  return copy;
}

/**
 * `produce(topic, partition, message, key, timestamp, opaque, headers)`: a send span, whose context the message carries. It
 * ends with the delivery report where the producer was asked for them, which has the app's `opaque` again, else when the
 * message is queued. Clients that are the inside of another are left alone.
 */
export function followProduce(produce: Method, tracer: MessageTracer, isInner: (client: object) => boolean): Method {
  return function (topic, partition, value, key, timestamp, opaque, headers, ...rest) {
    const own = Array.isArray(headers) ? sendingFrom.get(headers) : undefined;
    const caller = own ?? context.active();
    const given = headers ?? [];
    if (!isObject(this) || isInner(this) || !Array.isArray(given) || isTracingSuppressed(caller))
      return Reflect.apply(produce, this, [topic, partition, value, key, timestamp, opaque, headers, ...rest]);
    const parent = context.with(caller, sendingContext, undefined, readHeaders(given));
    const { span, fields } = tracer.send(
      {
        name: 'produce',
        destination: typeof topic === 'string' ? topic : undefined,
        attributes: messageAttributes({ value, key }),
      },
      parent,
    );
    const isReported = hasReports(this);
    const kept = isReported ? new Pending(span, caller, opaque) : opaque;
    try {
      const result = Reflect.apply(produce, this, [topic, partition, value, key, timestamp, kept, addHeaders(given, fields), ...rest]);
      if (!isReported) {
        setPartition(span, partition);
        span.end();
      }
      return result;
    } catch (error) {
      endSpan(span, error);
      throw error;
    }
  };
}

/** `emit` of a producer: a delivery report ends its message's span, and is told in the context of who sent the message. */
export function followReports(emit: Method): Method {
  return function (name, error, report, ...rest) {
    const pending: unknown = name === 'delivery-report' && isObject(report) ? Reflect.get(report, 'opaque') : undefined;
    if (!isObject(report) || !(pending instanceof Pending)) return Reflect.apply(emit, this, [name, error, report, ...rest]);
    if (pending.opaque === undefined) Reflect.deleteProperty(report, 'opaque');
    else Reflect.set(report, 'opaque', pending.opaque);
    setPartition(pending.span, Reflect.get(report, 'partition'));
    endSpan(pending.span, error ?? undefined);
    return context.with(pending.caller, () => Reflect.apply(emit, this, [name, error, report, ...rest]));
  };
}

/** Whether a producer was made to tell what became of its messages. */
function hasReports(producer: object): boolean {
  const callbacks: unknown = Reflect.get(producer, '_cb_configs');
  const events: unknown = isObject(callbacks) ? Reflect.get(callbacks, 'event') : undefined;
  return isObject(events) && isMethod(Reflect.get(events, 'delivery_cb'));
}

/** A message whose partition librdkafka chooses has none yet. */
function setPartition(span: Span, partition: unknown): void {
  if (typeof partition === 'number' && partition >= 0) span.setAttribute('messaging.destination.partition.id', String(partition));
}

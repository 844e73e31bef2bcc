import { context, type Span } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { isMethod, type Method } from '../instrument/wrap-method.ts';
import { amqpHeaders, describePublish } from './amqp-operation.ts';
import { takePublishingContext } from './amqp-publishing-context.ts';
import { sendingContext } from './carrier.ts';
import { endSpan, type MessageTracer } from './message-tracer.ts';

/** While a confirm channel's publish runs, the plain channel's inside of it is about the same message. */
let publishing = false;

/**
 * A send span for `publish`, which `sendToQueue` calls too, and its context in the message's headers. On a confirm
 * channel the span ends when the broker has answered, as an error when it refused; else when the message is written.
 */
export function followPublish(publish: Method, tracer: MessageTracer, confirms: boolean): Method {
  return function (exchange, routingKey, content, options, ...rest) {
    if (publishing || isTracingSuppressed(context.active()))
      return Reflect.apply(publish, this, [exchange, routingKey, content, options, ...rest]);
    const { context: queuedIn, options: given } = takePublishingContext(options);
    const headers = amqpHeaders(given);
    const parent = queuedIn ?? sendingContext(headers);
    const { span, fields } = tracer.send(describePublish(this, exchange, routingKey, content, given), parent);
    const followed = { ...given, headers: { ...headers, ...fields } };
    publishing = true;
    try {
      const result = Reflect.apply(publish, this, [
        exchange,
        routingKey,
        content,
        followed,
        ...(confirms ? [followConfirm(rest[0], span)] : rest),
      ]);
      if (!confirms) span.end();
      return result;
    } catch (error) {
      endSpan(span, error);
      throw error;
    } finally {
      publishing = false;
    }
  };
}

function followConfirm(callback: unknown, span: Span): Method {
  const caller = context.active();
  return function (error, ...results) {
    endSpan(span, error ?? undefined);
    return isMethod(callback) ? context.with(caller, () => Reflect.apply(callback, this, [error, ...results])) : undefined;
  };
}

import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { getFlow } from '../correlation/flow.ts';
import { isMethod, isObject, type Method } from '../instrument/wrap-method.ts';
import { type AmqpMessage, amqpHeaders, describeDelivery, isAmqpMessage } from './amqp-operation.ts';
import { keepUntilSettled } from './amqp-unsettled.ts';
import { callersContext } from './batch-iterator.ts';
import { readContext } from './carrier.ts';
import type { MessageTracer } from './message-tracer.ts';
import { ReceivedMessage, rememberMessage } from './received-message.ts';

/**
 * Runs a consumer's callback in the trace and flow of each message, never in those of the code that called `consume`.
 * The process span ends when the callback has returned, its promise has settled and the message is acknowledged; with an
 * error at once.
 */
export function followConsume(consume: Method, tracer: MessageTracer): Method {
  return function (queue, callback, options, ...rest) {
    if (!isMethod(callback)) return Reflect.apply(consume, this, [queue, callback, options, ...rest]);
    const noAck = isObject(options) && Reflect.get(options, 'noAck') === true;
    const followed = (message: unknown): unknown => {
      // The broker cancelled the consumer.
      if (!isAmqpMessage(message)) return context.with(ROOT_CONTEXT, () => callback(message));
      const received = new ReceivedMessage({
        tracer,
        operation: describeDelivery('process', this, queue, message),
        creation: readContext(amqpHeaders(message.properties)),
        receive: undefined,
      });
      rememberMessage(message, received);
      const tag: unknown = Reflect.get(message.fields, 'deliveryTag');
      if (noAck || !isObject(this) || typeof tag !== 'number') return received.run(() => callback(message));
      // Before the callback, which may acknowledge at once.
      received.enter();
      keepUntilSettled(this, tag, received);
      return received.run(() => callback(message));
    };
    return Reflect.apply(consume, this, [queue, followed, options, ...rest]);
  };
}

/** A receive span for each message that `get` fetches; the message itself is entered by `withMessage`. */
export function followGet(get: Method, tracer: MessageTracer): Method {
  return function (queue, options, callback, ...rest) {
    const caller = callersContext();
    const startMillis = performance.now();
    const remember = (message: unknown): void => {
      if (isAmqpMessage(message)) rememberFetched(tracer, this, queue, message, caller, startMillis);
    };
    if (isMethod(callback)) {
      const followed: Method = (error, message, ...more) => {
        remember(message);
        return context.with(caller, () => callback(error, message, ...more));
      };
      return Reflect.apply(get, this, [queue, options, followed, ...rest]);
    }
    const result = Reflect.apply(get, this, [queue, options, callback, ...rest]);
    if (!(result instanceof Promise)) return result;
    return result.then((message: unknown) => {
      remember(message);
      return message;
    });
  };
}

function rememberFetched(
  tracer: MessageTracer,
  channel: unknown,
  queue: unknown,
  message: AmqpMessage,
  caller: Context,
  startMillis: number,
): void {
  const creation = readContext(amqpHeaders(message.properties));
  const own = trace.getSpanContext(caller) === undefined && getFlow(caller) === undefined ? undefined : caller;
  const received = tracer.receive(describeDelivery('get', channel, queue, message), own, [creation], startMillis);
  rememberMessage(
    message,
    new ReceivedMessage({
      tracer,
      operation: describeDelivery('process', channel, queue, message),
      creation,
      receive: trace.getSpanContext(received),
    }),
  );
}

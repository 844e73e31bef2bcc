import { type Attributes, context, trace } from '@opentelemetry/api';
import { isObject, type Method } from '../instrument/wrap-method.ts';
import { followBatch } from './batch-array.ts';
import { readContext } from './carrier.ts';
import { isKafkaMessage, messageAttributes } from './kafka-message.ts';
import type { MessageTracer, Operation } from './message-tracer.ts';
import { ReceivedMessage, rememberMessage } from './received-message.ts';

/** What is the same for all messages of a consumer. */
export interface KafkaConsumer {
  readonly tracer: MessageTracer;
  readonly groupId: string | undefined;
}

/** Runs `eachMessage` in the trace and flow of its message. The client fetches on its own account: there is no receive span. */
export function followEachMessage(eachMessage: Method, { tracer, groupId }: KafkaConsumer): Method {
  return function (payload, ...rest) {
    const call = (): unknown => Reflect.apply(eachMessage, this, [payload, ...rest]);
    const message: unknown = isObject(payload) ? Reflect.get(payload, 'message') : undefined;
    if (!isObject(payload) || !isKafkaMessage(message)) return call();
    const received = new ReceivedMessage({
      tracer,
      operation: consumerOperation('process', payload, groupId, messageAttributes(message)),
      creation: readContext(message.headers ?? undefined),
      receive: undefined,
    });
    rememberMessage(message, received);
    return received.run(call);
  };
}

/**
 * Runs `eachBatch` in the context of the batch's receive span, which has a trace and an id of its own, and each message in
 * its own where the handler goes through `batch.messages`. A process span covers all that is done with its message.
 */
export function followEachBatch(eachBatch: Method, { tracer, groupId }: KafkaConsumer): Method {
  return function (payload, ...rest) {
    const batch: unknown = isObject(payload) ? Reflect.get(payload, 'batch') : undefined;
    const messages: unknown = isObject(batch) ? Reflect.get(batch, 'messages') : undefined;
    if (!isObject(batch) || !Array.isArray(messages)) return Reflect.apply(eachBatch, this, [payload, ...rest]);
    const known = messages.filter(isKafkaMessage).map((message) => ({ message, creation: readContext(message.headers ?? undefined) }));
    const poll = consumerOperation('poll', batch, groupId, {});
    const receiving = tracer.receive(
      poll,
      undefined,
      known.map(({ creation }) => creation),
    );
    const receive = trace.getSpanContext(receiving);
    const received = known.map(({ message, creation }) => {
      const operation = consumerOperation('process', batch, groupId, messageAttributes(message));
      const one = new ReceivedMessage({ tracer, operation, creation, receive, held: true });
      rememberMessage(message, one);
      return one;
    });
    followBatch(messages);
    const finish = (error?: unknown): void => finishAll(received, error);
    return endWith(() => context.with(receiving, eachBatch, this, payload, ...rest), finish);
  };
}

/** The handler's error is about the message in the middle of which it left its loop, if there is one. */
function finishAll(received: readonly ReceivedMessage[], error: unknown): void {
  for (const message of received) message.finish(message.isInterrupted ? error : undefined);
}

function endWith(call: () => unknown, finish: (error?: unknown) => void): unknown {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    finish(error);
    throw error;
  }
  if (!(result instanceof Promise)) {
    finish();
    return result;
  }
  return result.then(
    (value: unknown) => {
      finish();
      return value;
    },
    (error: unknown) => {
      finish(error);
      throw error;
    },
  );
}

/** An operation of a consumer on a topic, or on one partition of it. */
export function consumerOperation(
  name: string,
  { topic, partition }: { topic?: unknown; partition?: unknown },
  groupId: string | undefined,
  attributes: Attributes,
): Operation {
  return {
    name,
    destination: typeof topic === 'string' ? topic : undefined,
    attributes: {
      ...(typeof partition === 'number' ? { 'messaging.destination.partition.id': String(partition) } : {}),
      ...(groupId === undefined ? {} : { 'messaging.consumer.group.name': groupId }),
      ...attributes,
    },
  };
}

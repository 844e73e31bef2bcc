import { context, type Span } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { isObject, type Method } from '../instrument/wrap-method.ts';
import { sendingContext } from './carrier.ts';
import { isKafkaMessage, messageAttributes } from './kafka-message.ts';
import { endSpan, type MessageTracer, type Operation, type Sent } from './message-tracer.ts';

/** Topics that were made here, whose messages carry their context: Confluent's `sendBatch` gives each to `send` of its own. */
const carrying = new WeakSet<object>();

/** `send({ topic, messages })`: one message has a send span, several have a create span each below the batch's. */
export function followSend(send: Method, tracer: MessageTracer): Method {
  return function (request, ...rest) {
    const topics = isObject(request) && !carrying.has(request) ? [request] : [];
    return traceTopics(tracer, topics, ([followed]) => Reflect.apply(send, this, [followed ?? request, ...rest]));
  };
}

/** `sendBatch({ topicMessages })`: as `send`, over several topics. */
export function followSendBatch(sendBatch: Method, tracer: MessageTracer): Method {
  return function (request, ...rest) {
    const topics: unknown = isObject(request) ? Reflect.get(request, 'topicMessages') : undefined;
    return traceTopics(tracer, Array.isArray(topics) ? topics : [], (followed) =>
      Reflect.apply(sendBatch, this, [
        Array.isArray(topics) && isObject(request) ? { ...request, topicMessages: followed } : request,
        ...rest,
      ]),
    );
  };
}

/** Sends copies of topics whose messages carry their context. What the client would refuse it gets as it is. */
function traceTopics(tracer: MessageTracer, topics: readonly unknown[], send: (followed: readonly unknown[]) => unknown): unknown {
  const messages = topics.flatMap(messagesOf);
  if (messages.length === 0 || isTracingSuppressed(context.active())) return send(topics);
  const created: Sent[] = [];
  const trace = messages.length === 1 ? tracer.send : tracer.create;
  const followed = topics.map((topic) => {
    if (!isObject(topic)) return topic;
    const destination: unknown = Reflect.get(topic, 'topic');
    const copy = {
      ...topic,
      messages: messagesOf(topic).map((message) => {
        if (!isKafkaMessage(message)) return message;
        const sent = trace(
          describe(messages.length === 1 ? 'send' : 'create', [destination], message),
          sendingContext(message.headers ?? undefined),
        );
        created.push(sent);
        return { ...message, headers: { ...message.headers, ...sent.fields } };
      }),
    };
    carrying.add(copy);
    return copy;
  });
  const [first] = created;
  if (first === undefined) return send(topics);
  const destinations = topics.map((topic) => (isObject(topic) ? Reflect.get(topic, 'topic') : undefined));
  const span = messages.length === 1 ? first.span : tracer.sendBatch(describe('send', destinations), context.active(), created);
  return endWith(span, () => send(followed));
}

function endWith(span: Span, send: () => unknown): unknown {
  try {
    const result = send();
    if (!(result instanceof Promise)) {
      endSpan(span, undefined);
      return result;
    }
    return result.then(
      (metadata: unknown) => {
        const partition: unknown =
          Array.isArray(metadata) && metadata.length === 1 ? Reflect.get(Object(metadata[0]), 'partition') : undefined;
        if (typeof partition === 'number') span.setAttribute('messaging.destination.partition.id', String(partition));
        endSpan(span, undefined);
        return metadata;
      },
      (error: unknown) => {
        endSpan(span, error ?? new Error('the Kafka client rejected with nothing'));
        throw error;
      },
    );
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}

/** Messages to different topics have no destination in common. */
function describe(name: string, destinations: readonly unknown[], message?: unknown): Operation {
  const [first, ...others] = new Set(destinations);
  return {
    name,
    destination: others.length === 0 && typeof first === 'string' ? first : undefined,
    attributes: isKafkaMessage(message) ? messageAttributes(message) : {},
  };
}

function messagesOf(topic: unknown): readonly unknown[] {
  const messages: unknown = isObject(topic) ? Reflect.get(topic, 'messages') : undefined;
  return Array.isArray(messages) ? messages : [];
}

import type { Attributes } from '@opentelemetry/api';
import { isObject } from '../instrument/wrap-method.ts';
import type { Carrier } from './carrier.ts';
import type { Operation } from './message-tracer.ts';

/** Names that RabbitMQ makes up: for queues declared without one, and for each asker that is answered by direct reply-to. */
const MADE_UP_NAME = /(^|:)amq\.(gen-|rabbitmq\.reply-to)/;

/** A message as amqplib gives it to a consumer, as far as it is read here. */
export interface AmqpMessage {
  readonly fields: object;
  readonly properties: object;
  readonly content: unknown;
}

export function isAmqpMessage(value: unknown): value is AmqpMessage {
  return isObject(value) && 'fields' in value && isObject(value.fields) && 'properties' in value && isObject(value.properties);
}

/** The headers in publish options or message properties; undefined when there are none. */
export function amqpHeaders(properties: object): Carrier | undefined {
  const headers: unknown = Reflect.get(properties, 'headers');
  return isCarrier(headers) ? headers : undefined;
}

/** `exchange:key` is where a message goes to; the default exchange has no name and its key is a queue's. */
export function describePublish(channel: unknown, exchange: unknown, routingKey: unknown, content: unknown, options: object): Operation {
  return {
    name: 'publish',
    destination: joinNames(exchange, routingKey),
    attributes: {
      ...routingAttributes(exchange, routingKey),
      ...messageAttributes(options, content),
      ...serverAttributes(channel),
    },
  };
}

/** `exchange:key:queue` is where a message came from. */
export function describeDelivery(name: string, channel: unknown, queue: unknown, message: AmqpMessage): Operation {
  const exchange: unknown = Reflect.get(message.fields, 'exchange');
  const routingKey: unknown = Reflect.get(message.fields, 'routingKey');
  const tag: unknown = Reflect.get(message.fields, 'deliveryTag');
  return {
    name,
    destination: joinNames(exchange, routingKey, queue),
    attributes: {
      ...routingAttributes(exchange, routingKey, queue),
      ...(typeof tag === 'number' ? { 'messaging.rabbitmq.message.delivery_tag': tag } : {}),
      ...messageAttributes(message.properties, message.content),
      ...serverAttributes(channel),
    },
  };
}

function joinNames(...names: readonly unknown[]): string | undefined {
  const texts = names.filter((name, index) => typeof name === 'string' && name !== '' && name !== names[index - 1]);
  return texts.length === 0 ? undefined : texts.join(':');
}

function routingAttributes(exchange: unknown, routingKey: unknown, queue?: unknown): Attributes {
  const name = joinNames(exchange, routingKey, queue) ?? '';
  return {
    ...(typeof routingKey === 'string' && routingKey !== '' ? { 'messaging.rabbitmq.destination.routing_key': routingKey } : {}),
    ...(MADE_UP_NAME.test(name) ? { 'messaging.destination.anonymous': true } : {}),
  };
}

/** AMQP's own correlationId belongs to the app, for request and reply; it is shown, never written. */
function messageAttributes(properties: object, content: unknown): Attributes {
  const id: unknown = Reflect.get(properties, 'messageId');
  const conversation: unknown = Reflect.get(properties, 'correlationId');
  return {
    ...(typeof id === 'string' ? { 'messaging.message.id': id } : {}),
    ...(typeof conversation === 'string' ? { 'messaging.message.conversation_id': conversation } : {}),
    ...(content instanceof Uint8Array ? { 'messaging.message.body.size': content.length } : {}),
  };
}

function serverAttributes(channel: unknown): Attributes {
  const connection: unknown = isObject(channel) ? Reflect.get(channel, 'connection') : undefined;
  const stream: unknown = isObject(connection) ? Reflect.get(connection, 'stream') : undefined;
  if (!isObject(stream)) return {};
  // Node keeps the name that was looked up; a socket to an address has none.
  const host: unknown = Reflect.get(stream, '_host') ?? Reflect.get(stream, 'remoteAddress');
  const address: unknown = Reflect.get(stream, 'remoteAddress');
  const port: unknown = Reflect.get(stream, 'remotePort');
  return {
    ...(typeof host === 'string' ? { 'server.address': host } : {}),
    ...(typeof port === 'number' ? { 'server.port': port, 'network.peer.port': port } : {}),
    ...(typeof address === 'string' ? { 'network.peer.address': address } : {}),
  };
}

function isCarrier(value: unknown): value is Carrier {
  return typeof value === 'object' && value !== null;
}

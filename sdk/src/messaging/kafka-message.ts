import type { Attributes } from '@opentelemetry/api';
import { isObject } from '../instrument/wrap-method.ts';
import type { Carrier } from './carrier.ts';

/** A message as clients of Kafka take and give it, as far as it is read here. */
export interface KafkaMessage {
  readonly value: unknown;
  readonly key?: unknown;
  readonly offset?: unknown;
  /** Of a message as librdkafka's clients give it; those of the shape of kafkajs have them beside it. */
  readonly topic?: unknown;
  readonly partition?: unknown;
  readonly headers?: Carrier;
}

export function isKafkaMessage(value: unknown): value is KafkaMessage {
  if (!isObject(value) || !('value' in value)) return false;
  const headers: unknown = Reflect.get(value, 'headers');
  return headers === undefined || headers === null || isObject(headers);
}

/** What the semantic conventions say of one message. A key that is not text is left out, as they ask. */
export function messageAttributes(message: KafkaMessage): Attributes {
  const key = textOf(message.key);
  return {
    ...(key === undefined ? {} : { 'messaging.kafka.message.key': key }),
    ...(message.value === null ? { 'messaging.kafka.message.tombstone': true } : {}),
    ...offsetAttribute(message.offset),
    ...sizeAttribute(message.value),
  };
}

/** A text, since it may be larger than numbers are exact; librdkafka's clients have a number. */
function offsetAttribute(offset: unknown): Attributes {
  if (typeof offset !== 'string' && typeof offset !== 'number') return {};
  return Number.isSafeInteger(Number(offset)) ? { 'messaging.kafka.offset': Number(offset) } : {};
}

function sizeAttribute(value: unknown): Attributes {
  if (typeof value === 'string') return { 'messaging.message.body.size': Buffer.byteLength(value) };
  return value instanceof Uint8Array ? { 'messaging.message.body.size': value.length } : {};
}

function textOf(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  if (!(key instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(key);
  } catch {
    return undefined;
  }
}

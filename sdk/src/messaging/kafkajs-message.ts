import type { Attributes } from '@opentelemetry/api';
import { isObject } from '../instrument/wrap-method.ts';
import type { Carrier } from './carrier.ts';

/** A message as kafkajs takes and gives it, as far as it is read here. */
export interface KafkaMessage {
  readonly value: unknown;
  readonly key?: unknown;
  readonly offset?: unknown;
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
    ...(typeof message.offset === 'string' && Number.isSafeInteger(Number(message.offset))
      ? { 'messaging.kafka.offset': Number(message.offset) }
      : {}),
    ...sizeAttribute(message.value),
  };
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

import type { Attributes } from '@opentelemetry/api';
import { type Environment, readList } from '../settings.ts';

/** Which names messaging attributes have: those of 1.37.0, to which this SDK is pinned, those of 1.45.0, or both. */
export type MessagingConventions = 'pinned' | 'latest' | 'both';

/** Renamed between the two versions of the semantic conventions; everything else is the same in both. */
const LATEST_NAMES: Readonly<Record<string, string>> = {
  'messaging.system': 'messaging.system.name',
  'messaging.kafka.message.key': 'kafka.message.key',
  'messaging.kafka.message.tombstone': 'kafka.message.tombstone',
  'messaging.kafka.offset': 'kafka.offset',
  'messaging.rabbitmq.destination.routing_key': 'rabbitmq.destination.routing_key',
  'messaging.rabbitmq.message.delivery_tag': 'rabbitmq.message.delivery_tag',
};
const LATEST_SYSTEMS: Readonly<Record<string, string>> = { aws_sqs: 'aws.sqs' };

/**
 * `OTEL_SEMCONV_STABILITY_OPT_IN` as the messaging conventions define it: `messaging` for the new names, `messaging/dup`
 * for both, which wins. Other areas' values are not ours to judge.
 */
export function readMessagingConventions(environment: Environment): MessagingConventions {
  const values = readList(environment, 'OTEL_SEMCONV_STABILITY_OPT_IN') ?? [];
  if (values.includes('messaging/dup')) return 'both';
  return values.includes('messaging') ? 'latest' : 'pinned';
}

/** Attributes with pinned names, under the names that were asked for. Undefined values are left out. */
export function nameAttributes(attributes: Attributes, conventions: MessagingConventions): Attributes {
  const named: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const latest = LATEST_NAMES[name];
    if (conventions !== 'latest' || latest === undefined) named[name] = value;
    if (conventions !== 'pinned' && latest !== undefined)
      named[latest] = name === 'messaging.system' ? (LATEST_SYSTEMS[String(value)] ?? value) : value;
  }
  return named;
}

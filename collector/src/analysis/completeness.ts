import type { Span } from '../api/index.ts';
import { textOf } from './propagation/span-facts.ts';
import { causesOf, parentName, spanName } from './span-causes.ts';
import { stringAttribute, wholeAttribute } from './typed-attributes.ts';

/** `PRODUCER` and `CONSUMER` of OTLP's span kinds. */
const KIND_PRODUCER = 4;
const KIND_CONSUMER = 5;
const NANOS_A_MILLI = 1_000_000n;

/** A parent that a span names. */
export interface NamedParent {
  readonly traceId: string;
  readonly spanId: string;
}

/** The parents that spans name and `isThere` does not know, each once, in the order of the spans. */
export function findAbsentParents(spans: readonly Span[], isThere: (name: string) => boolean): NamedParent[] {
  const absent = new Map<string, NamedParent>();
  for (const span of spans) {
    const name = parentName(span);
    if (name === undefined || span.parentSpanId === undefined || isThere(name)) continue;
    absent.set(name, { traceId: span.traceId, spanId: span.parentSpanId });
  }
  return [...absent.values()];
}

/**
 * The producers of a message that no consumer among `others` names as parent or link. A send whose messages have create spans of their
 * own (children, or named by its links) is no producer itself. What is put aside in a dead-letter queue is there for people: nobody is missed who takes it.
 */
export function findUnconsumedProducers(spans: readonly Span[], others: readonly Span[]): Span[] {
  const producers = spans.filter(isProducer);
  const producerNames = new Set(producers.map(spanName));
  const consumed = new Set(others.filter(isConsumer).flatMap(causesOf));
  const senders = new Set<string>();
  for (const producer of producers) {
    const parent = parentName(producer);
    if (parent !== undefined) senders.add(parent);
    if (producer.links?.some((link) => producerNames.has(spanName(link)))) senders.add(spanName(producer));
  }
  return producers.filter(
    (span) => !consumed.has(spanName(span)) && !senders.has(spanName(span)) && !DEAD_LETTERS.test(textOf(span, 'destination')),
  );
}

/** As queues and topics are named by RabbitMQ's users (DLX), those of SQS (DLQ), of Spring for Kafka (DLT) and of Azure (poison). */
const DEAD_LETTERS = /dlq|dead[-_. ]?letter|parking[-_. ]?lot|(?<![a-z])(?:dlt|dlx|poison)(?![a-z])/i;

/** Whether whoever takes the message may have it: its sender held it back until then. */
export function isDue(producer: Span, nowNanos: bigint): boolean {
  const delayMillis = wholeAttribute(producer.attributes, 'threadline.message.delay_millis') ?? 0n;
  return BigInt(producer.endTimeUnixNano) + delayMillis * NANOS_A_MILLI <= nowNanos;
}

/** By messaging attributes, never by kind alone: a create, or a send or publish of kind PRODUCER. Source: OpenTelemetry's messaging spans. */
function isProducer(span: Span): boolean {
  if (stringAttribute(span.attributes, 'messaging.system') === undefined) return false;
  const operation = textOf(span, 'operation');
  if (operation === 'create') return true;
  return span.kind === KIND_PRODUCER && (operation === '' || operation === 'send' || operation === 'publish');
}

/** Whoever takes a message: of kind CONSUMER, or a receive, process, deliver or settle of any kind. */
function isConsumer(span: Span): boolean {
  return span.kind === KIND_CONSUMER || ['receive', 'process', 'deliver', 'settle'].includes(textOf(span, 'operation'));
}

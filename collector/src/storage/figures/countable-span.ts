import type { KeyValue, Resource, SpanLink } from '../../api/index.ts';
import { leafText, scalarLeaf } from '../../model/attribute-leaves.ts';
import { serviceOf } from '../../model/indexed-record.ts';
import type { IndexedSpan } from '../../model/record.ts';
import type { CountableSpan, SpanSource } from './figure-counter.ts';
import { idBytes } from './span-hash.ts';
import { type SpanMeaning, spanMeaning, weightOf } from './span-meaning.ts';

const NANOS_A_MINUTE = 60_000_000_000n;
const NO_LINKS: CountableSpan['links'] = [];
export const NAMESPACE_ATTRIBUTE = 'service.namespace';
export const VERSION_ATTRIBUTE = 'service.version';
/** The second one's name is what it was called before. */
export const ENVIRONMENT_ATTRIBUTES = ['deployment.environment.name', 'deployment.environment'] as const;
/** Where an instance's name is, first that is there. */
export const INSTANCE_ATTRIBUTES = ['service.instance.id', 'host.name', 'host.id'] as const;

/** What is counted of a span that is at hand as a record. */
export function countableSpan(tenant: string, { record, service, timeNanos, durationNanos, isRoot, isError }: IndexedSpan): CountableSpan {
  const kind = record.kind ?? 0;
  const meaning = spanMeaning({ name: record.name, kind, isRoot }, (key) => textOfAttribute(record.attributes, key));
  const source = sourceOf({ tenant, service, textOfKey: (key) => textOfAttribute(record.resource.attributes, key) });
  return {
    alike: { source, kind, meaning },
    minute: Number(timeNanos / NANOS_A_MINUTE),
    durationNanos: Number(durationNanos),
    isError,
    weight: weightOf(record.traceState ?? ''),
    traceId: idBytes(record.traceId),
    spanId: idBytes(record.spanId),
    parentSpanId: record.parentSpanId === undefined ? undefined : idBytes(record.parentSpanId),
    links: countedLinks(record.links, meaning),
  };
}

/** A span's links, where they say who caused it. */
export function countedLinks(links: readonly SpanLink[] = [], { takesMessages }: SpanMeaning): CountableSpan['links'] {
  if (!takesMessages || links.length === 0) return NO_LINKS;
  return links.map(({ traceId, spanId }) => ({ traceId: idBytes(traceId), spanId: idBytes(spanId) }));
}

export function sourceOf(of: {
  readonly tenant: string;
  readonly service: string;
  readonly textOfKey: (key: string) => string | undefined;
}): SpanSource {
  const { tenant, service, textOfKey } = of;
  const firstOf = (keys: readonly string[]): string => keys.map(textOfKey).find((text) => text !== undefined && text !== '') ?? '';
  return {
    tenant,
    service,
    namespace: textOfKey(NAMESPACE_ATTRIBUTE) ?? '',
    version: textOfKey(VERSION_ATTRIBUTE) ?? '',
    environment: firstOf(ENVIRONMENT_ATTRIBUTES),
    instance: firstOf(INSTANCE_ATTRIBUTES),
  };
}

/** Where records of a resource come from. */
export function sourceOfResource(tenant: string, resource: Resource): SpanSource {
  return sourceOf({ tenant, service: serviceOf(resource), textOfKey: (key) => textOfAttribute(resource.attributes, key) });
}

/** The text of the first attribute of the key; undefined where there is none, or it is no single value. */
export function textOfAttribute(attributes: readonly KeyValue[], key: string): string | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  const leaf = value && scalarLeaf(value);
  return leaf && leafText(leaf);
}

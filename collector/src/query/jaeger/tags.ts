import type { AnyValue, KeyValue } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { plainJson } from '../../model/plain-json.ts';
import type { JaegerTag } from './jaeger-model.ts';

/** By key, as Jaeger answers them; tags of one key stay in their order. */
export function sortTags(tags: readonly JaegerTag[]): JaegerTag[] {
  return tags.toSorted((a, b) => ascending(a.key, b.key));
}

/** Each attribute as a tag, in the order they came in; what is a list or a map is its JSON. */
export function tagsOf(attributes: readonly KeyValue[]): JaegerTag[] {
  return attributes.map(({ key, value }) => ({ key, ...typedValue(value) }));
}

export function stringTag(key: string, value: string): JaegerTag {
  return { key, type: 'string', value };
}

function typedValue(value: AnyValue | undefined): Pick<JaegerTag, 'type' | 'value'> {
  if (value?.boolValue !== undefined) return { type: 'bool', value: value.boolValue };
  if (value?.intValue !== undefined) return { type: 'int64', value: safeInteger(value.intValue) };
  if (value?.doubleValue !== undefined) return { type: 'float64', value: value.doubleValue };
  if (value?.bytesValue !== undefined) return { type: 'binary', value: value.bytesValue };
  if (value?.stringValue !== undefined) return { type: 'string', value: value.stringValue };
  return { type: 'string', value: value?.arrayValue || value?.kvlistValue ? plainJson(value, sortedEntries) : '' };
}

/** A JavaScript reader would round an integer beyond 2^53: Jaeger writes it as text. */
function safeInteger(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** By key; of a key that stands twice the last counts. */
function sortedEntries(entries: readonly KeyValue[]): KeyValue[] {
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()].sort((a, b) => ascending(a.key, b.key));
}

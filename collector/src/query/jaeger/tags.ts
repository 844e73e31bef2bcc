import type { AnyValue, KeyValue } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
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
  return { type: 'string', value: value?.arrayValue || value?.kvlistValue ? jsonOf(value) : '' };
}

/** A JavaScript reader would round an integer beyond 2^53: Jaeger writes it as text. */
function safeInteger(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** JSON of a nested value, with map keys sorted and 64-bit integers in full. */
function jsonOf(value: AnyValue | undefined): string {
  if (value?.intValue !== undefined) return value.intValue;
  if (value?.arrayValue) return `[${value.arrayValue.values.map(jsonOf).join(',')}]`;
  if (value?.kvlistValue) {
    const entries = new Map(value.kvlistValue.values.map((entry) => [entry.key, entry.value]));
    const fields = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => `${JSON.stringify(key)}:${jsonOf(child)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? value?.bytesValue ?? null);
}

import type { AnyValue, KeyValue } from '../api/index.ts';

/**
 * JSON of a value as its app had it, without OTLP's names of kinds: whole numbers in full, bytes as base64, a value of no kind as null. Entries of a map are
 * those that `entriesOf` gives, all in their order by default.
 */
export function plainJson(value: AnyValue | undefined, entriesOf = (entries: readonly KeyValue[]): readonly KeyValue[] => entries): string {
  const inner = (one: AnyValue | undefined): string => plainJson(one, entriesOf);
  if (value?.arrayValue) return `[${value.arrayValue.values.map(inner).join(',')}]`;
  if (value?.kvlistValue) {
    const members = entriesOf(value.kvlistValue.values).map((entry) => `${JSON.stringify(entry.key)}:${inner(entry.value)}`);
    return `{${members.join(',')}}`;
  }
  if (value?.intValue !== undefined) return value.intValue;
  return JSON.stringify(value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? value?.bytesValue ?? null);
}

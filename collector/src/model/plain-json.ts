import type { AnyValue } from '../api/index.ts';

/** JSON of a value as its app had it, without OTLP's names of kinds: lists and maps in their order, whole numbers in full, bytes as base64. */
export function plainJson(value: AnyValue | undefined): string {
  if (value?.arrayValue) return `[${value.arrayValue.values.map(plainJson).join(',')}]`;
  if (value?.kvlistValue)
    return `{${value.kvlistValue.values.map((entry) => `${JSON.stringify(entry.key)}:${plainJson(entry.value)}`).join(',')}}`;
  if (value?.intValue !== undefined) return value.intValue;
  return JSON.stringify(value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? value?.bytesValue ?? null);
}

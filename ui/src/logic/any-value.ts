import type { AnyValue, KeyValue } from '@threadline/collector/api';

/** The kind of a value in OTLP's words, shorter; `empty` for a value of no kind, which is not the empty string. */
export type ValueKind = 'string' | 'int' | 'double' | 'bool' | 'bytes' | 'array' | 'map' | 'empty';

export function valueKind(value: AnyValue | undefined): ValueKind {
  if (value === undefined) return 'empty';
  if (value.stringValue !== undefined) return 'string';
  if (value.intValue !== undefined) return 'int';
  if (value.doubleValue !== undefined) return 'double';
  if (value.boolValue !== undefined) return 'bool';
  if (value.bytesValue !== undefined) return 'bytes';
  if (value.arrayValue !== undefined) return 'array';
  return value.kvlistValue === undefined ? 'empty' : 'map';
}

/** A value as one line of text: scalars as they are, arrays and maps as JSON would look; `''` for a value of no kind. */
export function valueText(value: AnyValue | undefined): string {
  if (value === undefined) return '';
  if (value.arrayValue !== undefined || value.kvlistValue !== undefined) return nestedText(value);
  return scalarText(value) ?? '';
}

/** The text of a value that is not an array or a map; undefined for those and for a value of no kind. */
export function scalarText(value: AnyValue): string | undefined {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.intValue !== undefined) return value.intValue;
  if (value.doubleValue !== undefined) return Object.is(value.doubleValue, -0) ? '-0' : String(value.doubleValue);
  if (value.boolValue !== undefined) return String(value.boolValue);
  return value.bytesValue;
}

/** Strings in quotes, everything else bare, so that the int 5 and the string "5" differ to the eye. */
function nestedText(value: AnyValue | undefined): string {
  if (value === undefined) return 'null';
  if (value.stringValue !== undefined) return JSON.stringify(value.stringValue);
  if (value.arrayValue !== undefined) return `[${value.arrayValue.values.map(nestedText).join(', ')}]`;
  if (value.kvlistValue !== undefined) {
    return `{${value.kvlistValue.values.map((entry) => `${JSON.stringify(entry.key)}: ${nestedText(entry.value)}`).join(', ')}}`;
  }
  return scalarText(value) ?? 'null';
}

/** The first value of the key; undefined when the list has none. */
export function findAttribute(attributes: readonly KeyValue[], key: string): AnyValue | undefined {
  return attributes.find((attribute) => attribute.key === key)?.value;
}

/** The first value of the key as text; `''` when there is none. */
function attributeText(attributes: readonly KeyValue[], key: string): string {
  return valueText(findAttribute(attributes, key));
}

/** As `attributeText`, of a record's or span's own attributes. */
export function ownText({ attributes }: { readonly attributes: readonly KeyValue[] }, key: string): string {
  return attributeText(attributes, key);
}

/** `service.name` of the resource; `''` when the sender gave none. */
export function serviceOf(record: { readonly resource: { readonly attributes: readonly KeyValue[] } }): string {
  return attributeText(record.resource.attributes, 'service.name');
}

export function correlationIdOf(record: { readonly attributes: readonly KeyValue[] }): string {
  return ownText(record, 'correlation.id');
}

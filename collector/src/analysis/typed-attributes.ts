import type { KeyValue } from '../api/index.ts';

/** The first attribute of this key when it is a string. */
export function stringAttribute(attributes: readonly KeyValue[], key: string): string | undefined {
  return attributes.find((attribute) => attribute.key === key)?.value?.stringValue;
}

/** The first attribute of this key when it is a whole number: an int, or a string of decimal digits. */
export function wholeAttribute(attributes: readonly KeyValue[], key: string): bigint | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  const text = value?.intValue ?? value?.stringValue ?? '';
  return /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

/** `service.name` of a resource; empty without one. */
export function serviceOf(record: { readonly resource: { readonly attributes: readonly KeyValue[] } }): string {
  return stringAttribute(record.resource.attributes, 'service.name') ?? '';
}

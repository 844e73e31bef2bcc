import type { AnyValue, KeyValue } from '../api/index.ts';

/** What a number counts, and each value, key or message beside its content: about protobuf's tags and lengths. */
const NUMBER_BYTES = 8;
const NODE_BYTES = 2;

/** How a text is measured: exactly, or by a bound that costs nothing. */
export type TextMeasure = (text: string) => number;

/** Bytes of UTF-8. */
export const exactTextBytes: TextMeasure = (text) => Buffer.byteLength(text, 'utf8');
/** At least as many as the bytes of UTF-8: three for each UTF-16 unit. */
export const maxTextBytes: TextMeasure = (text) => text.length * 3;

/** Bytes that padded base64 stands for. */
export function base64Bytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/**
 * The size of a value, the same whichever encoding it came in: bytes of its strings and bytes, 8 a number, 2 for each value and key.
 * Values are at most `LIMITS.depth` deep.
 */
export function valueBytes(value: AnyValue | undefined, measure: TextMeasure): number {
  if (value === undefined) return 0;
  if (value.stringValue !== undefined) return NODE_BYTES + measure(value.stringValue);
  if (value.bytesValue !== undefined) return NODE_BYTES + base64Bytes(value.bytesValue);
  if (value.kvlistValue) return NODE_BYTES + attributesBytes(value.kvlistValue.values, measure);
  if (!value.arrayValue) return NODE_BYTES + NUMBER_BYTES;
  let sum = NODE_BYTES;
  for (const element of value.arrayValue.values) sum += valueBytes(element, measure);
  return sum;
}

export function attributeBytes(attribute: KeyValue, measure: TextMeasure): number {
  return NODE_BYTES + measure(attribute.key) + valueBytes(attribute.value, measure);
}

export function attributesBytes(attributes: readonly KeyValue[], measure: TextMeasure): number {
  let sum = 0;
  for (const attribute of attributes) sum += attributeBytes(attribute, measure);
  return sum;
}

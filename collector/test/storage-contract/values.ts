import type { AnyValue, KeyValue } from '../../src/api/index.ts';

/** Builders of typed attribute values, so that a fixture reads as what it is: `attributes({ n: int(5), s: '5' })`. */
export const text = (value: string): AnyValue => ({ stringValue: value });
export const int = (value: number | bigint | string): AnyValue => ({ intValue: String(value) });
export const double = (value: NonNullable<AnyValue['doubleValue']>): AnyValue => ({ doubleValue: value });
export const bool = (value: boolean): AnyValue => ({ boolValue: value });
export const bytes = (base64: string): AnyValue => ({ bytesValue: base64 });
export const array = (...values: readonly AnyValue[]): AnyValue => ({ arrayValue: { values: [...values] } });
export const map = (entries: Readonly<Record<string, AnyValue | string>>): AnyValue => ({ kvlistValue: { values: attributes(entries) } });

/** An attribute list in the order of the object's keys; a plain string is a string value. */
export function attributes(entries: Readonly<Record<string, AnyValue | string>>): KeyValue[] {
  return Object.entries(entries).map(([key, value]) => ({ key, value: typeof value === 'string' ? text(value) : value }));
}

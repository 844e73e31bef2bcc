import type { AnyValue, KeyValue } from '../api/index.ts';
import { depthOf, isObject, MAX_DEPTH } from './json-shapes.ts';

/** An attribute, or none where there is no value. */
export function textAttribute(key: string, value: string | undefined): KeyValue[] {
  return value === undefined || value === '' ? [] : [{ key, value: { stringValue: value } }];
}

/** What is deeper is told as that deep: its JSON, of three levels for each, is written by calls in calls. */
const MAX_TOLD_DEPTH = 400;
const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/** JSON's value as OTLP's: whole numbers are integers, those of more than 64 bits texts of their digits, `null` is a value of no kind, of what is nested deeper than `MAX_DEPTH` there is how deep it is. */
export function anyValue(value: unknown, depth = MAX_DEPTH): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (typeof value === 'bigint') return value < MIN_INTEGER || value > MAX_INTEGER ? { stringValue: `${value}` } : { intValue: `${value}` };
  if (value === null || value === undefined) return {};
  if (depth === 0) return emptyOf(depthOf(value));
  if (Array.isArray(value)) return { arrayValue: { values: value.map((element) => anyValue(element, depth - 1)) } };
  return isObject(value) ? { kvlistValue: { values: keyValues(value, depth - 1) } } : {};
}

/** Arrays in arrays and nothing in them: a record does not keep them, and says how deep it went where they stood. */
function emptyOf(levels: number): AnyValue {
  let value: AnyValue = { stringValue: '…' };
  for (let level = Math.min(levels, MAX_TOLD_DEPTH - MAX_DEPTH); level > 0; level -= 1) value = { arrayValue: { values: [value] } };
  return value;
}

/** Each field of a JSON object as an attribute. */
export function keyValues(object: Readonly<Record<string, unknown>>, depth = MAX_DEPTH): KeyValue[] {
  return Object.entries(object).map(([key, value]) => ({ key, value: anyValue(value, depth) }));
}

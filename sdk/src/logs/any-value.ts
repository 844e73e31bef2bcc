import type { AnyValue } from '@opentelemetry/api';
import { isObject } from '../instrument/wrap-method.ts';
import { isError, messageOf } from './exception.ts';
import { propertyOf, shownText } from './thrown-value.ts';

/** The collector's own limit; what is deeper becomes text. */
const MAX_DEPTH = 16;
/**
 * Values of one value. No text or list of things that are there comes near: objects that refer to each other in many ways, as those of an ORM do, have as many paths
 * through them, and would take for ever.
 */
const MAX_VALUES = 250_000;

/**
 * What OTLP can carry of a JavaScript value: text, numbers, booleans, bytes, arrays and maps stay what they are; dates,
 * errors, big integers, sets and maps, headers, addresses and their queries become the nearest of these; functions and symbols are left out (undefined);
 * a cycle becomes `[Circular]`, what is beyond a quarter of a million values `[Large]`. Getters that throw and hostile `toJSON` never reach the caller.
 */
export function toAnyValue(value: unknown): AnyValue | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : convert(value, { ancestors: new Set(), valuesLeft: MAX_VALUES });
}

/** What OTLP can carry of a value, a text for what it cannot; undefined for undefined alone. Never throws. */
export function plainValue(value: unknown): AnyValue | undefined {
  return value === undefined ? undefined : (toAnyValue(value) ?? shownText(value));
}

interface Conversion {
  readonly ancestors: Set<object>;
  valuesLeft: number;
}

function convert(value: unknown, conversion: Conversion): AnyValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
    case 'object':
      return value === null ? null : convertObject(value, conversion);
    default:
      return undefined;
  }
}

function convertObject(value: object, conversion: Conversion): AnyValue {
  try {
    return convertKnown(value) ?? convertHolder(value, conversion);
  } catch {
    return '[Unreadable]';
  }
}

/** Undefined for what is looked into. */
function convertKnown(value: object): AnyValue | undefined {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp || value instanceof URL || value instanceof URLSearchParams) return value.toString();
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
  if (isError(value)) return { type: shownText(propertyOf(value, 'name')), message: messageOf(value) };
  return undefined;
}

function convertHolder(value: object, conversion: Conversion): AnyValue {
  const { ancestors } = conversion;
  if (ancestors.has(value)) return '[Circular]';
  if (ancestors.size >= MAX_DEPTH) return '[Deep]';
  ancestors.add(value);
  try {
    if (Array.isArray(value)) return convertItems(value, conversion);
    if (value instanceof Set) return convertItems([...value], conversion);
    if (value instanceof Map)
      return convertEntries(
        [...value].map(([key, item]) => [String(key), item]),
        conversion,
      );
    if (isHeaders(value)) return convertEntries([...value], conversion);
    if ('toJSON' in value && typeof value.toJSON === 'function') return convert(value.toJSON(), conversion) ?? null;
    return convertEntries(Object.entries(value), conversion);
  } finally {
    ancestors.delete(value);
  }
}

function convertItems(items: readonly unknown[], conversion: Conversion): AnyValue {
  if (isTooMany(items.length, conversion)) return '[Large]';
  return items.map((item) => convert(item, conversion) ?? null);
}

/** Counts them, whether or not they are. */
function isTooMany(count: number, conversion: Conversion): boolean {
  conversion.valuesLeft -= count;
  return conversion.valuesLeft < 0;
}

/**
 * By the name of its class: asking for the global's makes Node load all of fetch, and an npm undici's are of another one. The value itself is asked for nothing,
 * as in `isError`.
 */
function isHeaders(value: object): value is Iterable<[string, string]> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return isObject(prototype) && Reflect.get(prototype, Symbol.toStringTag) === 'Headers' && Symbol.iterator in value;
}

function convertEntries(entries: readonly [string, unknown][], conversion: Conversion): AnyValue {
  if (isTooMany(entries.length, conversion)) return '[Large]';
  const map: Record<string, AnyValue> = {};
  for (const [key, item] of entries) {
    const converted = convert(item, conversion);
    if (converted !== undefined) map[key] = converted;
  }
  return map;
}

import { type AnyValue, type Attributes, diag } from '@opentelemetry/api';

/** How many attributes there may be, and how long a text of them. */
export interface AttributeLimits {
  readonly maxCount: number;
  readonly maxLength: number;
}

/** Attributes with the number of those that did not fit or were none. */
export interface LimitedAttributes {
  readonly attributes: Attributes;
  readonly count: number;
  readonly droppedCount: number;
}

/** Stands for a value that throws when it is read; no attribute can be one. */
const UNREADABLE = Symbol('unreadable');

/** The value of one attribute as the app has it, whose getter may throw. */
export function readAttribute(given: Attributes, key: string): unknown {
  try {
    return given[key];
  } catch {
    return UNREADABLE;
  }
}

/** A copy of what may be sent: undefined is left out, what OTLP cannot carry is dropped, what is too long is cut. Never throws. */
export function limitAttributes(given: Attributes | undefined, limits: AttributeLimits): LimitedAttributes {
  try {
    return limitReadable(given, limits);
  } catch {
    diag.warn('Attributes that cannot be read');
    return { attributes: {}, count: 0, droppedCount: 1 };
  }
}

/** Throws for a Proxy of the app's that names none of its keys. */
function limitReadable(given: Attributes | undefined, limits: AttributeLimits): LimitedAttributes {
  const attributes: Attributes = {};
  let count = 0;
  let droppedCount = 0;
  for (const key in given) {
    const value = readAttribute(given, key);
    if (value === undefined || !Object.hasOwn(given, key)) continue;
    const limited = count < limits.maxCount && key !== '' ? limitValue(value, limits.maxLength) : undefined;
    if (limited === undefined) {
      droppedCount += 1;
      if (count < limits.maxCount) warnInvalid(key);
      continue;
    }
    attributes[key] = limited;
    count += 1;
  }
  return { attributes, count, droppedCount };
}

/** Sets one attribute on a map that has `count` of them; false when it was not taken. */
export function setLimited(
  attributes: Attributes,
  count: number,
  attribute: { readonly key: string; readonly value: unknown },
  limits: AttributeLimits,
): 'added' | 'replaced' | 'dropped' | 'ignored' {
  const { key, value } = attribute;
  if (value === undefined) return 'ignored';
  const isNew = !Object.hasOwn(attributes, key);
  if (isNew && count >= limits.maxCount) return 'dropped';
  const limited = key === '' ? undefined : limitValue(value, limits.maxLength);
  if (limited === undefined) {
    warnInvalid(key);
    return 'ignored';
  }
  attributes[key] = limited;
  return isNew ? 'added' : 'replaced';
}

/** The value as it may be sent: a copy of lists and maps. Undefined for one that cannot be sent at all. */
function limitValue(value: unknown, maxLength: number): AnyValue | undefined {
  switch (typeof value) {
    case 'string':
      return value.length <= maxLength ? value : value.slice(0, maxLength);
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      return copyIfSendable(value, maxLength);
    default:
      return undefined;
  }
}

function copyIfSendable(value: object | null, maxLength: number): AnyValue | undefined {
  try {
    return isSendable(value, []) ? copy(value, maxLength) : undefined;
  } catch {
    return undefined;
  }
}

/** Text, numbers, booleans, bytes, null, and lists and plain maps of these; nothing that contains itself. */
function isSendable(value: unknown, holders: readonly object[]): boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object') return false;
  if (value instanceof Uint8Array) return true;
  if (holders.includes(value)) return false;
  const inner = [...holders, value];
  if (Array.isArray(value)) return value.every((item) => item === undefined || isSendable(item, inner));
  if (value.constructor !== Object && value.constructor !== undefined) return false;
  return Object.values(value).every((item) => item === undefined || isSendable(item, inner));
}

function copy(value: unknown, maxLength: number): AnyValue {
  if (typeof value === 'string') return value.length <= maxLength ? value : value.slice(0, maxLength);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  // Of a buffer, its own `slice` would be a view of what the app may write to again.
  if (value instanceof Uint8Array) return Uint8Array.prototype.slice.call(value, 0, maxLength);
  if (Array.isArray(value)) return value.map((item) => copy(item, maxLength));
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]): [string, AnyValue] => [key, copy(item, maxLength)]));
}

function warnInvalid(key: string): void {
  diag.warn(`Invalid attribute value set for key: ${key}`);
}

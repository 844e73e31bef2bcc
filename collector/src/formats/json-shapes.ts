import { ThreadlineError } from '../errors.ts';

/** An object of JSON that came from outside: anything may be in it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** UTF-8, bad bytes as U+FFFD. Throws `malformed_body` that says what was expected, never what was sent. */
export function parseJsonBody(body: Uint8Array, expected: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new ThreadlineError('malformed_body', `the body is not ${expected}`, { cause });
  }
}

/** Without it every digit of a whole number is in a double, and every number is one: three digits of an exponent, of what stands where a number may. */
const MAYBE_INEXACT = /\d{16}|[\s:[,]-?\d+(?:\.\d+)?[eE]\+?\d{3}/;

/**
 * As `JSON.parse`, but a whole number that a double does not hold exactly is a `bigint`, and a number beyond all doubles its text, outside of what is nested too deep
 * for that.
 */
export function parseExact(text: string): unknown {
  if (!MAYBE_INEXACT.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, exactInteger);
  } catch (error) {
    // Unlike parsing, looking at each value again takes a call for each level.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

/** Arrays and objects inside one another, level by level: calls in calls end with the stack. */
export function depthOf(value: unknown): number {
  let depth = 0;
  let level = isNested(value) ? [value] : [];
  while (level.length > 0) {
    depth += 1;
    level = level.flatMap((nested) => Object.values(nested).filter(isNested));
  }
  return depth;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** `context`, of V8 since 11.4, is not among the types yet. Source: TC39, "JSON.parse source text access". */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  if (/^-?\d+$/.test(source)) return BigInt(source);
  return Number.isFinite(value) ? value : source;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field's own text; undefined for any other type and where it is not there. */
export function textOf(object: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The field's own number, from 0 to 2^53; undefined for anything else. */
export function wholeOf(object: JsonObject, key: string): bigint | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (typeof value !== 'number' || value < 0 || value > Number.MAX_SAFE_INTEGER) return undefined;
  return BigInt(Math.trunc(value));
}

/** Arrays and objects inside one another that are read; of what is deeper only how deep it is, or that it was. Above what a record keeps of OTLP. */
export const MAX_DEPTH = 20;

/** A text as it is; anything else as its JSON, which a body cannot nest so deep that writing it fails. */
export function textForm(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(shallow(value, MAX_DEPTH));
}

function shallow(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.map((element) => shallow(element, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shallow(child, depth - 1)]));
}

import { types } from 'node:util';
import type { Attributes } from '@opentelemetry/api';
import { propertyOf, shownText } from './thrown-value.ts';

/** How many causes are written. Deeper ones are rare, cycles are not. */
const MAX_CAUSES = 8;
/**
 * How many values an error is looked for among, and how many of one list or map: however deep and wide what an app logs is, the search takes about a
 * millisecond.
 */
const MAX_SEARCHED_VALUES = 10_000;
const MAX_SEARCHED_OF_ONE = 1000;
/** The collector keeps 64 KiB of a value; a stack beyond it is cut there with a mark. */
const MAX_STACKTRACE_CHARACTERS = 60_000;

/** OpenTelemetry's attributes for an exception on a log record. Only what is no error may have no type. */
export interface ExceptionAttributes {
  readonly 'exception.type'?: string;
  readonly 'exception.message': string;
  readonly 'exception.stacktrace'?: string;
}

/**
 * The first Error in the value, looked for breadth first, however deep, in arrays, objects, sets and the values of maps; not in an object that says itself
 * how it is written (`toJSON`), nor in an Error's own causes. Calls no getter of the app's, looks at a bounded number of values, and never throws.
 */
export function findError(value: unknown): Error | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  let level: object[] = [value];
  let most = MAX_SEARCHED_VALUES;
  const seen = new Set<object>();
  while (level.length > 0) {
    const next: object[] = [];
    for (const candidate of level) {
      if (isError(candidate)) return candidate;
      if (seen.has(candidate)) continue;
      seen.add(candidate);
      most -= addHeld(candidate, next, Math.min(most, MAX_SEARCHED_OF_ONE));
    }
    level = next;
  }
  return undefined;
}

/** Adds the objects among the first values that a list or another object holds; answers how many values were looked at. */
function addHeld(holder: object, held: object[], most: number): number {
  let count = 0;
  try {
    if (Array.isArray(holder)) {
      for (; count < most && count < holder.length; count += 1) addObject(holder[count], held);
    } else if (holder instanceof Map || holder instanceof Set) {
      for (const value of valuesOf(holder)) {
        if (count >= most) break;
        count += 1;
        addObject(value, held);
      }
    } else if (isPlain(holder) || !(ArrayBuffer.isView(holder) || 'toJSON' in holder)) {
      for (const key in holder) {
        if (count >= most) break;
        count += 1;
        addObject(Object.getOwnPropertyDescriptor(holder, key)?.value, held);
      }
    }
  } catch {
    // A Proxy of the app's that does not let itself be read.
  }
  return count;
}

/** By the language's own methods, since a class of the app's may have others. */
function valuesOf(holder: Map<unknown, unknown> | Set<unknown>): Iterable<unknown> {
  return holder instanceof Map ? Map.prototype.values.call(holder) : Set.prototype.values.call(holder);
}

function addObject(value: unknown, held: object[]): void {
  if (typeof value === 'object' && value !== null) held.push(value);
}

/**
 * Type, message and stack with all causes and aggregated errors below it, as Node prints them: newest first, lines kept together. Of what is no error
 * whatever it says of itself, else the whole as Node prints it. What cannot be read is left out or marked; never throws.
 */
export function exceptionAttributes(thrown: unknown): ExceptionAttributes {
  const type = typeOf(thrown);
  const stacktrace = isError(thrown) ? stackOf(thrown) : ownStackOf(thrown);
  return {
    ...(type === undefined ? {} : { 'exception.type': type }),
    'exception.message': messageOf(thrown),
    ...(stacktrace === undefined || stacktrace === '' ? {} : { 'exception.stacktrace': stacktrace }),
  };
}

/** As `exceptionAttributes`, but as OpenTelemetry's own SDK understands what is no error: its code is its type, and what it does not say is left out. */
export function sparseExceptionAttributes(exception: object): Attributes {
  const attributes: Attributes = {};
  const type = propertyOf(exception, 'code') || propertyOf(exception, 'name');
  const message = propertyOf(exception, 'message');
  const stack = propertyOf(exception, 'stack');
  if (type) attributes['exception.type'] = shownText(type);
  if (message) attributes['exception.message'] = shownText(message);
  if (stack) attributes['exception.stacktrace'] = shownText(stack);
  return attributes;
}

/**
 * Errors of other realms (vm, worker messages) count too. Asks the value for no property, as its `Symbol.toStringTag`: a framework's Proxy notes what was read of a
 * request, and may fail it for a symbol (SvelteKit's `params`). Never throws.
 */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    return false;
  }
}

/** Of an error or of anything else that can be thrown. Never throws. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return shownText(thrown);
  const message = propertyOf(thrown, 'message');
  if (isError(thrown)) return message === undefined ? '[Unreadable]' : shownText(message);
  return typeof message === 'string' && message !== '' ? message : shownText(thrown);
}

/** What an error calls itself, else its class; of another object also its code. Undefined for what has no name. Never throws. */
function typeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const name = nameIn(thrown);
  const className = classOf(thrown);
  if (isError(thrown)) return name === undefined || name === 'Error' ? (className ?? 'Error') : name;
  return name ?? codeOf(thrown) ?? (className === 'Object' ? undefined : className);
}

function nameIn(target: object): string | undefined {
  const name = propertyOf(target, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function classOf(thrown: object): string | undefined {
  const ownClass = propertyOf(thrown, 'constructor');
  return typeof ownClass === 'function' ? nameIn(ownClass) : undefined;
}

function codeOf(thrown: object): string | undefined {
  const code = propertyOf(thrown, 'code');
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

function stackOf(error: Error): string {
  const parts = toldBy(error).map(([prefix, told]) => {
    if (!isError(told)) return `${prefix}${shownText(told)}`;
    return `${prefix}${ownStackOf(told) ?? `${typeOf(told)}: ${messageOf(told)}`}`;
  });
  const text = parts.join('\n');
  return text.length <= MAX_STACKTRACE_CHARACTERS ? text : `${text.slice(0, MAX_STACKTRACE_CHARACTERS)}\n… ${text.length} characters`;
}

/** Whether the stack that is written of an error tells of this one too: it is the same, one of its causes, or one that it aggregates. Never throws. */
export function tellsOf(error: Error, thrown: unknown): boolean {
  return error === thrown || toldBy(error).some(([, told]) => told === thrown);
}

/** An error with its causes and aggregated errors, as many as are written, each once; with what is written before each. */
function toldBy(error: Error): readonly (readonly [prefix: string, told: unknown])[] {
  const told: (readonly [string, unknown])[] = [];
  const seen = new Set<unknown>();
  const queue: [prefix: string, error: unknown][] = [['', error]];
  for (let next = queue.shift(); next !== undefined && told.length <= MAX_CAUSES; next = queue.shift()) {
    const [, current] = next;
    if (seen.has(current)) continue;
    seen.add(current);
    told.push(next);
    if (!isError(current)) continue;
    for (const inner of aggregatedBy(current)) queue.push(['Aggregated: ', inner]);
    const cause = propertyOf(current, 'cause');
    if (cause !== undefined) queue.push(['Caused by: ', cause]);
  }
  return told;
}

function ownStackOf(thrown: unknown): string | undefined {
  const stack = typeof thrown === 'object' && thrown !== null ? propertyOf(thrown, 'stack') : undefined;
  return typeof stack === 'string' ? stack : undefined;
}

/** As many as are written: apps put lists of any length into one, and other things than lists in its list's place. */
function aggregatedBy(error: Error): readonly unknown[] {
  try {
    const errors: unknown = error instanceof AggregateError ? error.errors : undefined;
    return Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [];
  } catch {
    return [];
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

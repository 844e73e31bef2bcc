import { inspect } from 'node:util';

/** Stands for what throws when it is read. */
const UNREADABLE = '[Unreadable]';

/** What should be a text and need not be one, as untyped code has it: nothing is an empty text, anything else as Node prints it. Never throws. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : shownText(value);
}

/** A property of whatever the app threw or logged: undefined when reading it throws, which a getter or a Proxy may do. Never throws. */
export function propertyOf(target: object, name: string): unknown {
  try {
    return Reflect.get(target, name);
  } catch {
    return undefined;
  }
}

/** A text as it is, anything else as Node prints it, of which no getter is asked; `[Unreadable]` for what cannot be printed. Never throws. */
export function shownText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
  } catch {
    return UNREADABLE;
  }
}

import { isError } from './exception.ts';

/** One object for each error, so that an error which holds itself is seen to be circular. */
const shown = new WeakMap<Error, object>();

/** For winston's JSON, which makes `{}` of an Error: its type, message and stack, its cause, and the fields that it has of its own. */
export function replaceErrors(_key: string, value: unknown): unknown {
  // As winston's own replacer, in whose place this is.
  if (typeof value === 'bigint') return value.toString();
  if (!isError(value)) return value;
  const replaced = shown.get(value) ?? {};
  shown.set(value, replaced);
  const { name, message, stack, cause } = value;
  return Object.assign(replaced, { type: name, message, stack, ...(cause === undefined ? {} : { cause }) }, value);
}

import { isError } from './exception.ts';
import { propertyOf } from './thrown-value.ts';

/** One object for each error, so that an error which holds itself is seen to be circular. */
const shown = new WeakMap<Error, object>();

/** For winston's JSON, which makes `{}` of an Error: its type, message and stack, its cause, and the fields that it has of its own. What throws when it is read is left out. */
export function replaceErrors(_key: string, value: unknown): unknown {
  // As winston's own replacer, in whose place this is.
  if (typeof value === 'bigint') return value.toString();
  if (!isError(value)) return value;
  const replaced = shown.get(value) ?? {};
  shown.set(value, replaced);
  const [type, message, stack, cause] = ['name', 'message', 'stack', 'cause'].map((field) => propertyOf(value, field));
  return Object.assign(replaced, { type, message, stack, ...(cause === undefined ? {} : { cause }) }, value);
}

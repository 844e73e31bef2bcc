import { isObject } from '../instrument/wrap-method.ts';

/** What a command says beside what it does: sessions, clocks, read preferences. */
const LEFT_OUT = new Set([
  'lsid',
  'txnNumber',
  'startTransaction',
  'autocommit',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'comment',
]);
/** Deeper filters and pipelines than this say nothing more. */
const MAX_DEPTH = 6;
/** Pipelines and lists of updates are shown by their first members. */
const MAX_MEMBERS = 20;

/**
 * A MongoDB command as JSON in which only names are left: the command, its collection, the fields and operators of its
 * filters and pipelines. Every value is `?`, and so are whole documents that are written.
 */
export function readMongoCommand(command: object, collection: string | undefined): string {
  const shown: Record<string, unknown> = {};
  for (const [index, [key, value]] of Object.entries(command).entries()) {
    if (LEFT_OUT.has(key) || key.startsWith('$')) continue;
    if ((index === 0 || key === 'collection') && value === collection) shown[key] = value;
    else shown[key] = key === 'documents' ? '?' : withoutValues(value, MAX_DEPTH);
  }
  return JSON.stringify(shown);
}

function withoutValues(value: unknown, depth: number): unknown {
  if (depth === 0 || !isObject(value)) return '?';
  if (Array.isArray(value)) {
    const members = value.slice(0, MAX_MEMBERS).map((member) => withoutValues(member, depth - 1));
    return members.every((member) => member === '?') ? '?' : members;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return '?';
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([key, inner]) => [key, withoutValues(inner, depth - 1)]),
  );
}

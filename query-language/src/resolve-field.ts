import type { AttributePlace, Field, QueryTarget, RecordField } from './syntax-tree.ts';

/** What values a field takes, and so which forms it answers to. */
type FieldKind =
  /** Its text is split into words. */
  | 'words'
  | 'level'
  | 'string'
  /** An id in lower-case hex. */
  | 'hex'
  | 'time'
  | 'duration'
  | 'spanKind'
  | 'spanStatus'
  | 'boolean'
  /** The id of a log's template. */
  | 'template'
  /** The fingerprint of an error. */
  | 'fingerprint'
  /** Any type: strings, numbers, booleans. */
  | 'attribute';

interface FieldEntry {
  readonly kind: FieldKind;
  readonly targets: readonly QueryTarget[];
  /** Absent for `level`, which the tree has as levels. */
  readonly record?: RecordField;
}

const BOTH: readonly QueryTarget[] = ['logs', 'spans'];

/** Every short name of the language. */
const ENTRIES: ReadonlyMap<string, FieldEntry> = new Map<string, FieldEntry>([
  ['service', { kind: 'string', targets: BOTH, record: 'service' }],
  ['level', { kind: 'level', targets: ['logs'] }],
  ['message', { kind: 'words', targets: BOTH, record: 'message' }],
  ['traceId', { kind: 'hex', targets: BOTH, record: 'traceId' }],
  ['spanId', { kind: 'hex', targets: BOTH, record: 'spanId' }],
  ['correlationId', { kind: 'string', targets: BOTH, record: 'correlationId' }],
  ['scope', { kind: 'string', targets: BOTH, record: 'scope' }],
  ['time', { kind: 'time', targets: BOTH, record: 'time' }],
  ['errorGroup', { kind: 'fingerprint', targets: BOTH, record: 'errorGroup' }],
  ['observedTime', { kind: 'time', targets: ['logs'], record: 'observedTime' }],
  ['pattern', { kind: 'template', targets: ['logs'], record: 'pattern' }],
  ['parentSpanId', { kind: 'hex', targets: ['spans'], record: 'parentSpanId' }],
  ['name', { kind: 'string', targets: ['spans'], record: 'name' }],
  ['kind', { kind: 'spanKind', targets: ['spans'], record: 'kind' }],
  ['status', { kind: 'spanStatus', targets: ['spans'], record: 'status' }],
  ['duration', { kind: 'duration', targets: ['spans'], record: 'duration' }],
  ['root', { kind: 'boolean', targets: ['spans'], record: 'root' }],
  ['event', { kind: 'string', targets: ['spans'], record: 'event' }],
  ['link', { kind: 'hex', targets: ['spans'], record: 'link' }],
]);

/** What may stand before a dot to say where an attribute is. Without an entry for the target the name is a plain attribute key. */
const PREFIXES: ReadonlyMap<string, { readonly place: AttributePlace; readonly targets: readonly QueryTarget[] }> = new Map(
  (
    [
      ['attributes', BOTH],
      ['resource', BOTH],
      ['scope', BOTH],
      ['event', ['spans']],
      ['link', ['spans']],
      ['body', ['logs']],
    ] as const
  ).map(([place, targets]) => [place, { place, targets }]),
);

/** The log's event name, which has a dot and is no place. */
const EVENT_NAME = 'event.name';

export type ResolvedField =
  | { readonly kind: 'level' }
  | { readonly kind: Exclude<FieldKind, 'level'>; readonly field: Field }
  /** A short name that only the other target has. */
  | { readonly kind: 'otherTarget'; readonly name: string; readonly targets: readonly QueryTarget[] }
  /** A place and its dot without a key. */
  | { readonly kind: 'emptyKey' };

/** Which field a name means on the target. A name that no table has is an attribute of that key, wherever it is. */
export function resolveField(name: string, target: QueryTarget): ResolvedField {
  if (name === EVENT_NAME && target === 'logs') return { kind: 'string', field: { type: 'record', name: 'eventName' } };
  const entry = ENTRIES.get(name);
  if (entry !== undefined) {
    if (!entry.targets.includes(target)) return { kind: 'otherTarget', name, targets: entry.targets };
    if (entry.kind === 'level' || entry.record === undefined) return { kind: 'level' };
    return { kind: entry.kind, field: { type: 'record', name: entry.record } };
  }
  const dot = name.indexOf('.');
  const prefix = PREFIXES.get(name.slice(0, Math.max(dot, 0)));
  if (prefix === undefined) return { kind: 'attribute', field: { type: 'attribute', place: 'any', key: name } };
  if (!prefix.targets.includes(target)) {
    // A span has no body, so this can only be a log's query; `event.` and `link.` begin the keys of logs' own attributes.
    if (prefix.place === 'body') return { kind: 'otherTarget', name: 'body', targets: prefix.targets };
    return { kind: 'attribute', field: { type: 'attribute', place: 'any', key: name } };
  }
  const key = name.slice(dot + 1);
  return key === '' ? { kind: 'emptyKey' } : { kind: 'attribute', field: { type: 'attribute', place: prefix.place, key } };
}

/** The short names of the target, as completion offers them. */
export function shortNames(target: QueryTarget): string[] {
  const names = [...ENTRIES].filter(([, entry]) => entry.targets.includes(target)).map(([name]) => name);
  return target === 'logs' ? [...names, EVENT_NAME] : names;
}

/** The places that may stand before an attribute's key on the target, with their dot. */
export function fieldPrefixes(target: QueryTarget): string[] {
  return [...PREFIXES].filter(([, prefix]) => prefix.targets.includes(target)).map(([name]) => `${name}.`);
}

/** Whether a name without a prefix means an attribute on both targets, so that it needs no `attributes.` in front. */
export function isPlainAttributeName(name: string): boolean {
  return name !== EVENT_NAME && !ENTRIES.has(name) && !PREFIXES.has(name.slice(0, Math.max(name.indexOf('.'), 0)));
}

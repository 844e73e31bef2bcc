import type { AttributeLeaf } from '../../model/attribute-leaves.ts';
import type { IndexedRecord } from '../../model/record.ts';
import { attributeTerms, isHashed, MAX_TERM_TEXT_LENGTH, textTerm, wellFormed } from './attribute-terms.ts';
import { clampNanos, columnValues, KEYWORD_COLUMNS, leavesAt, observedNanos, PLACES } from './columns.ts';
import { formatNanos } from './nanosecond-time.ts';
import { exactEnd } from './span-times.ts';

/**
 * How much of a record is indexed. `full` is the rule. Should Elasticsearch refuse a document, it gets less: `untyped` leaves out
 * the typed fields, by which no query of the collector is answered; `bare` all attributes, and is flagged.
 */
export const DOCUMENT_FORMS = ['full', 'untyped', 'bare'] as const;
export type DocumentForm = (typeof DOCUMENT_FORMS)[number];

/** The longest key that gets a typed field, in bytes, and the most parts between its dots: what other tools take as a field name. */
const MAX_FIELD_NAME_BYTES = 1_024;
const MAX_FIELD_NAME_DEPTH = 16;
/** Places whose attributes get typed fields. */
const TYPED_PLACES: ReadonlySet<string> = new Set(['attributes', 'resource', 'scope']);

/**
 * A record as one line of JSON to index (see index-template.ts for its fields). `recordText` is the exact record as JSON text in a
 * JSON string, so that nothing in it (a key's length, a depth, half a surrogate pair) is Elasticsearch's to judge.
 * Written by hand where JSON.stringify has no way: integers beyond 2^53 keep every digit.
 */
export function encodeDocument(indexed: IndexedRecord, form: DocumentForm): string {
  const hashed: string[] = [];
  const document: Record<string, unknown> = {
    '@timestamp': formatNanos(indexed.timeNanos),
    sequence: String(indexed.sequence),
    recordId: indexed.id,
    ...(indexed.timeClamped && { timeClamped: true }),
    ...(form === 'bare' && { indexReduced: true }),
    ...(indexed.message !== undefined && { message: wellFormed(indexed.message), hasMessage: true }),
    ...signalFields(indexed),
  };
  for (const [column, field] of entriesOf(KEYWORD_COLUMNS)) {
    const values = columnValues(column, indexed);
    if (values.length === 0) continue;
    document[field] = values.length === 1 ? textTerm(values[0] ?? '') : values.map(textTerm);
    if (values.some(isHashed)) hashed.push(field);
  }
  const places = form === 'bare' ? [] : PLACES.flatMap((place) => encodePlace(place, leavesAt(place, indexed), { form, hashed }));
  if (hashed.length > 0) document.hashed = hashed;
  document.recordText = JSON.stringify(indexed.record);
  const core = JSON.stringify(document);
  return places.length === 0 ? core : `${core.slice(0, -1)},${places.join(',')}}`;
}

function signalFields(indexed: IndexedRecord): object {
  if (indexed.signal === 'logs') {
    const observed = observedNanos(indexed);
    return { level: indexed.level, ...(observed !== undefined && { observedTime: String(observed) }) };
  }
  return {
    durationNanos: String(indexed.durationNanos),
    endNanos: String(clampNanos(exactEnd(indexed.record))),
    kindNumber: indexed.record.kind ?? 0,
    isRoot: indexed.isRoot,
    isError: indexed.isError,
  };
}

/** `"place":{…}`, or nothing when the place has no values. */
function encodePlace(
  place: string,
  leaves: readonly AttributeLeaf[],
  { form, hashed }: { readonly form: DocumentForm; readonly hashed: string[] },
): string[] {
  if (leaves.length === 0) return [];
  const { keys, pairs, numbers, hashedKeys } = attributeTerms(leaves);
  for (const key of hashedKeys) hashed.push(`${place}.${key}`);
  const parts = [`"keys":${JSON.stringify(keys)}`, `"pairs":${JSON.stringify(pairs)}`];
  if (numbers.length > 0) parts.push(`"numbers":${JSON.stringify(numbers)}`);
  if (form === 'full' && TYPED_PLACES.has(place)) parts.push(...encodeTyped(leaves));
  return [`"${place}":{${parts.join(',')}}`];
}

/** `"string":{…}`, `"long":{…}` and so on: the values of each type by key, for what a mapping of its own can hold. */
function encodeTyped(leaves: readonly AttributeLeaf[]): string[] {
  const types = new Map<string, Map<string, string[]>>();
  for (const { key, value } of leaves) {
    const typed = typedValue(value);
    if (typed === undefined || !isFieldName(key)) continue;
    const fields = types.get(typed.type) ?? new Map<string, string[]>();
    types.set(typed.type, fields);
    const values = fields.get(key);
    if (values) values.push(typed.json);
    else fields.set(key, [typed.json]);
  }
  return Array.from(types, ([type, fields]) => {
    const members = Array.from(
      fields,
      ([key, values]) => `${JSON.stringify(key)}:${values.length === 1 ? values[0] : `[${values.join(',')}]`}`,
    );
    return `"${type}":{${members.join(',')}}`;
  });
}

function typedValue(value: AttributeLeaf['value']): { readonly type: string; readonly json: string } | undefined {
  switch (value.type) {
    case 'string':
      return value.value.length > MAX_TERM_TEXT_LENGTH ? undefined : { type: 'string', json: JSON.stringify(wellFormed(value.value)) };
    case 'int':
      return { type: 'long', json: String(value.value) };
    case 'double':
      return Number.isFinite(value.value) ? { type: 'double', json: String(value.value) } : undefined;
    case 'bool':
      return { type: 'boolean', json: String(value.value) };
    case 'bytes':
      return undefined;
  }
}

/** Elasticsearch itself refuses only empty and blank names here; control characters, empty parts and great lengths break tools around it. */
export function isFieldName(key: string): boolean {
  if (Buffer.byteLength(key) > MAX_FIELD_NAME_BYTES || !key.isWellFormed()) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(key)) return false;
  const parts = key.split('.');
  return parts.length <= MAX_FIELD_NAME_DEPTH && parts.every((part) => part.trim() !== '');
}

function entriesOf<K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] {
  const entries: [K, V][] = [];
  for (const key in table) entries.push([key, table[key]]);
  return entries;
}

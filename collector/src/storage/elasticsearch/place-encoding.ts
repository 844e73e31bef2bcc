import { type AttributeLeaf, type LeafValue, leafText } from '../../model/attribute-leaves.ts';
import { attributeTerms, isHashed, MAX_TERM_TEXT_LENGTH, wellFormed } from './attribute-terms.ts';
import type { Place } from './columns.ts';
import { isFieldName } from './field-names.ts';
import { type KnownKey, knownKey } from './known-keys.ts';
import { orderedDouble, orderedInteger } from './ordered-number.ts';

/** A place as a member of its document, and what of it is hashed. */
export interface EncodedPlace {
  /** `"place":{…}`; empty when the place has no values. */
  readonly json: string;
  /** Terms of the field `hashed`. */
  readonly hashed: readonly string[];
}

/** Places whose attributes get typed fields. */
const TYPED_PLACES: ReadonlySet<Place> = new Set<Place>(['attributes', 'resource', 'scope']);
/** With more leaves than most records have, looking for a key that stands twice costs more than it saves. */
export const MAX_PLAIN_LEAVES = 64;
/** The objects of typed fields, in the order that a document has them. */
export const FIELD_TYPES = ['string', 'long', 'double', 'boolean'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];
const NOTHING: readonly string[] = [];
const EMPTY: EncodedPlace = { json: '', hashed: NOTHING };

/** The attribute values of a record in one place (see index-template.ts for the fields). */
export function encodePlace(place: Place, leaves: readonly AttributeLeaf[], { isTyped }: { readonly isTyped: boolean }): EncodedPlace {
  if (leaves.length === 0) return EMPTY;
  const terms = termsOf(leaves);
  const json = `"${place}":{${membersOf(terms, isTyped && TYPED_PLACES.has(place))}}`;
  const { hashedKeys } = terms;
  return { json, hashed: hashedKeys.length === 0 ? NOTHING : hashedKeys.map((key) => `${place}.${key}`) };
}

/** With a comma before it; nothing for a place without values. */
export function placeMember({ json }: EncodedPlace): string {
  return json === '' ? '' : `,${json}`;
}

/** What a place is made of as JSON text, each element and member with a comma before it. */
export interface PlaceTerms {
  keys: string;
  pairs: string;
  numbers: string;
  string: string;
  long: string;
  double: string;
  boolean: string;
  /** Terms of keys with a value that is hashed. */
  hashedKeys: readonly string[];
}

export function termsOf(leaves: readonly AttributeLeaf[]): Readonly<PlaceTerms> {
  return plainTerms(leaves) ?? anyTerms(leaves);
}

/**
 * Of nearly all places: each key once, nothing hashed. Joins JSON text that is mostly there already, several times as fast as `anyTerms`, which means
 * the same and is asked where this answers undefined.
 */
function plainTerms(leaves: readonly AttributeLeaf[]): PlaceTerms | undefined {
  if (leaves.length > MAX_PLAIN_LEAVES) return undefined;
  const seen: KnownKey[] = [];
  const terms = noTerms();
  for (const { key, value } of leaves) {
    const known = knownKey(key);
    const text = leafText(value);
    if (known === undefined || seen.includes(known) || isHashed(text)) return undefined;
    seen.push(known);
    const quoted = JSON.stringify(wellFormed(text));
    terms.keys += `,${known.term}`;
    terms.pairs += `,${known.pairStart}${quoted.slice(1)}`;
    if (value.type === 'int') terms.numbers += `,${known.pairStart}${orderedInteger(value.value)}"`;
    else if (value.type === 'double' && Number.isFinite(value.value)) terms.numbers += `,${known.pairStart}${orderedDouble(value.value)}"`;
    if (known.member === undefined) continue;
    if (value.type === 'string') terms.string += `,${known.member}${quoted}`;
    else if (value.type === 'int') terms.long += `,${known.member}${text}`;
    else if (value.type === 'bool') terms.boolean += `,${known.member}${text}`;
    else if (value.type === 'double' && Number.isFinite(value.value)) terms.double += `,${known.member}${text}`;
  }
  return terms;
}

/** Of any place. */
export function anyTerms(leaves: readonly AttributeLeaf[]): PlaceTerms {
  const { keys, pairs, numbers, hashedKeys } = attributeTerms(leaves);
  const terms = { ...noTerms(), keys: elements(keys), pairs: elements(pairs), numbers: elements(numbers), hashedKeys };
  for (const [type, fields] of typedFields(leaves))
    for (const [key, values] of fields)
      terms[type] += `,${JSON.stringify(key)}:${values.length === 1 ? values[0] : `[${values.join(',')}]`}`;
  return terms;
}

function noTerms(): PlaceTerms {
  return { keys: '', pairs: '', numbers: '', string: '', long: '', double: '', boolean: '', hashedKeys: NOTHING };
}

function elements(terms: readonly string[]): string {
  return terms.map((term) => `,${JSON.stringify(term)}`).join('');
}

function membersOf(terms: Readonly<PlaceTerms>, withTypes: boolean): string {
  let members = `"keys":[${terms.keys.slice(1)}],"pairs":[${terms.pairs.slice(1)}]`;
  if (terms.numbers !== '') members += `,"numbers":[${terms.numbers.slice(1)}]`;
  if (withTypes) for (const type of FIELD_TYPES) if (terms[type] !== '') members += `,"${type}":{${terms[type].slice(1)}}`;
  return members;
}

/** The values of each type by key, for what a mapping of its own can hold. */
function typedFields(leaves: readonly AttributeLeaf[]): Map<FieldType, Map<string, string[]>> {
  const types = new Map<FieldType, Map<string, string[]>>();
  for (const { key, value } of leaves) {
    const typed = typedValue(value);
    if (typed === undefined || !isFieldName(key)) continue;
    const fields = types.get(typed.type) ?? new Map<string, string[]>();
    types.set(typed.type, fields);
    const values = fields.get(key);
    if (values) values.push(typed.json);
    else fields.set(key, [typed.json]);
  }
  return types;
}

function typedValue(value: LeafValue): { readonly type: FieldType; readonly json: string } | undefined {
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

import { type AttributeLeaf, leafText } from '../../model/attribute-leaves.ts';
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
const NOTHING: readonly string[] = [];
const EMPTY: EncodedPlace = { json: '', hashed: NOTHING };

/** The attribute values of a record in one place (see index-template.ts for the fields). */
export function encodePlace(place: Place, leaves: readonly AttributeLeaf[], { isTyped }: { readonly isTyped: boolean }): EncodedPlace {
  if (leaves.length === 0) return EMPTY;
  const withTypes = isTyped && TYPED_PLACES.has(place);
  const plain = encodePlain(leaves, withTypes);
  if (plain !== undefined) return { json: `"${place}":{${plain}}`, hashed: NOTHING };
  const { members, hashedKeys } = encodeAny(leaves, withTypes);
  return { json: `"${place}":{${members}}`, hashed: hashedKeys.map((key) => `${place}.${key}`) };
}

/** With a comma before it; nothing for a place without values. */
export function placeMember({ json }: EncodedPlace): string {
  return json === '' ? '' : `,${json}`;
}

/**
 * The members of nearly all places: each key once, nothing hashed. Joins JSON text that is mostly there already, several times as fast as
 * `encodeAny`, which means the same and is asked where this answers undefined.
 */
function encodePlain(leaves: readonly AttributeLeaf[], withTypes: boolean): string | undefined {
  if (leaves.length > MAX_PLAIN_LEAVES) return undefined;
  const seen: KnownKey[] = [];
  const terms = { keys: '', pairs: '', numbers: '' };
  const typed = { string: '', long: '', double: '', boolean: '' };
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
    if (!withTypes || known.member === undefined) continue;
    if (value.type === 'string') typed.string += `,${known.member}${quoted}`;
    else if (value.type === 'int') typed.long += `,${known.member}${text}`;
    else if (value.type === 'bool') typed.boolean += `,${known.member}${text}`;
    else if (value.type === 'double' && Number.isFinite(value.value)) typed.double += `,${known.member}${text}`;
  }
  let members = `"keys":[${terms.keys.slice(1)}],"pairs":[${terms.pairs.slice(1)}]`;
  if (terms.numbers !== '') members += `,"numbers":[${terms.numbers.slice(1)}]`;
  if (typed.string !== '') members += `,"string":{${typed.string.slice(1)}}`;
  if (typed.long !== '') members += `,"long":{${typed.long.slice(1)}}`;
  if (typed.double !== '') members += `,"double":{${typed.double.slice(1)}}`;
  if (typed.boolean !== '') members += `,"boolean":{${typed.boolean.slice(1)}}`;
  return members;
}

/** The members of any place. */
export function encodeAny(
  leaves: readonly AttributeLeaf[],
  withTypes: boolean,
): { readonly members: string; readonly hashedKeys: readonly string[] } {
  const { keys, pairs, numbers, hashedKeys } = attributeTerms(leaves);
  const parts = [`"keys":${JSON.stringify(keys)}`, `"pairs":${JSON.stringify(pairs)}`];
  if (numbers.length > 0) parts.push(`"numbers":${JSON.stringify(numbers)}`);
  if (withTypes) parts.push(...encodeTyped(leaves));
  return { members: parts.join(','), hashedKeys };
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

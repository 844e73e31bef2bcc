import type { AnyValue, KeyValue } from '../api/index.ts';

/** What a number, a boolean or an empty value counts for, and each entry of a list. */
const SCALAR_CHARACTERS = 8;

interface Sized {
  readonly attributes: readonly KeyValue[];
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly body?: AnyValue;
}

/** About how many characters of text a record has: keys and values of its own and its resource's attributes, and a log's body. */
export function recordCharacters({ attributes, resource, body }: Sized): number {
  return listCharacters(attributes) + listCharacters(resource.attributes) + (body === undefined ? 0 : valueCharacters(body));
}

function listCharacters(entries: readonly KeyValue[]): number {
  return entries.reduce((sum, { key, value }) => sum + key.length + valueCharacters(value), 0);
}

function valueCharacters(value: AnyValue | undefined): number {
  const text = value?.stringValue ?? value?.bytesValue;
  if (text !== undefined) return text.length;
  if (value?.kvlistValue) return listCharacters(value.kvlistValue.values);
  const { values = [] } = value?.arrayValue ?? {};
  return values.reduce((sum, one) => sum + valueCharacters(one), SCALAR_CHARACTERS);
}

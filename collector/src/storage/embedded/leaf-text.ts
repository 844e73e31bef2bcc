import { type AttributeLeaf, type LeafValue, leafText } from '../../model/attribute-leaves.ts';

/**
 * Attribute leaves as one text column, so that every form of the query language is one search in it:
 *
 *     RS key US text US class RS key US text US class RS
 *
 * RS and US are U+001E and U+001F. Where a key or value has one of them, or the escape itself, two characters stand for it, so
 * that no text ever has a separator: `field:value` is then the substring `RS key US text US`, exactly.
 */
const RECORD_SEPARATOR = '\u001e';
export const UNIT_SEPARATOR = '\u001f';
export const ESCAPE = '\u001d';

/** The kind of number behind a text: only these fall into ranges. Strings, booleans, bytes, NaN and infinities are `s`. */
export const LEAF_CLASSES = { text: 's', int: 'i', double: 'd' } as const;
export type LeafClass = (typeof LEAF_CLASSES)[keyof typeof LEAF_CLASSES];

/** What stands behind the escape for each character that cannot stand itself. */
export const ESCAPED: ReadonlyMap<string, string> = new Map([
  [ESCAPE, `${ESCAPE}A`],
  [RECORD_SEPARATOR, `${ESCAPE}B`],
  [UNIT_SEPARATOR, `${ESCAPE}C`],
]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these three are what is looked for
const NEEDS_ESCAPE = /[\u001d-\u001f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these three are what is looked for
const ALL_ESCAPES = /[\u001d-\u001f]/g;

/** A text without separators. Different texts stay different, and what starts with a text starts with its escaped form. */
export function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(ALL_ESCAPES, (character) => ESCAPED.get(character) ?? character) : text;
}

/** The column of a list of leaves; empty when there is none. */
export function encodeLeaves(leaves: readonly AttributeLeaf[]): string {
  if (leaves.length === 0) return '';
  let encoded = RECORD_SEPARATOR;
  for (const { key, value } of leaves) {
    encoded += `${escapeText(key)}${UNIT_SEPARATOR}${escapeText(leafText(value))}${UNIT_SEPARATOR}${leafClass(value)}${RECORD_SEPARATOR}`;
  }
  return encoded;
}

/** The column of a list of plain texts (event names, linked traces): leaves under an empty key. */
export function encodeTexts(texts: readonly string[]): string {
  return encodeLeaves(texts.map((value) => ({ key: '', value: { type: 'string', value } })));
}

/** What every leaf of the key starts with. */
export function leafStart(key: string): string {
  return `${RECORD_SEPARATOR}${escapeText(key)}${UNIT_SEPARATOR}`;
}

function leafClass(leaf: LeafValue): LeafClass {
  if (leaf.type === 'int') return LEAF_CLASSES.int;
  return leaf.type === 'double' && Number.isFinite(leaf.value) ? LEAF_CLASSES.double : LEAF_CLASSES.text;
}

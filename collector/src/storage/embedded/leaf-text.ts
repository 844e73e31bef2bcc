import { type AttributeLeaf, type LeafValue, leafText } from '../../model/attribute-leaves.ts';

/**
 * Attribute leaves as one text column, so that every form of the query language is one search in it:
 *
 *     RS key US text US class RS key US text US class RS
 *
 * RS and US are U+001E and U+001F. Where a key or value has one of them, or the escape itself, two characters stand for it, so
 * that no text ever has a separator: `field:value` is then the substring `RS key US text US`, exactly.
 *
 * A record's own attributes mostly have columns by key and kind (see `rows/attribute-columns.ts`). Such a leaf stands here without its value, as
 *
 *     RS key US class RS
 *
 * so that the text says which columns the row has values in, and in what order they came. No leaf with a value looks like one without.
 */
export const RECORD_SEPARATOR = '\u001e';
export const UNIT_SEPARATOR = '\u001f';
const ESCAPE = '\u001d';

/**
 * The kind of value behind a text, so that it can be told from the text: ints and doubles fall into ranges, NaN and infinities (`special`) do not.
 * `element`: a text inside an array or a map.
 */
export const LEAF_CLASSES = { text: 's', element: 'e', bool: 'b', bytes: 'x', int: 'i', double: 'd', special: 'n' } as const;
export type LeafClass = (typeof LEAF_CLASSES)[keyof typeof LEAF_CLASSES];

/** What stands behind the escape for each character that cannot stand itself. */
const ESCAPED: ReadonlyMap<string, string> = new Map([
  [ESCAPE, `${ESCAPE}A`],
  [RECORD_SEPARATOR, `${ESCAPE}B`],
  [UNIT_SEPARATOR, `${ESCAPE}C`],
]);
const UNESCAPED: ReadonlyMap<string, string> = new Map([...ESCAPED].map(([character, pair]) => [pair, character]));
// biome-ignore lint/suspicious/noControlCharactersInRegex: these three are what is looked for
const NEEDS_ESCAPE = /[\u001d-\u001f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these three are what is looked for
const ALL_ESCAPES = /[\u001d-\u001f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: this one is what is looked for
const ESCAPES = /\u001d[ABC]/g;

/** A text without separators. Different texts stay different, and what starts with a text starts with its escaped form. */
export function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(ALL_ESCAPES, (character) => ESCAPED.get(character) ?? character) : text;
}

/** The column of a list of leaves; empty when there is none. */
export function encodeLeaves(leaves: readonly AttributeLeaf[]): string {
  if (leaves.length === 0) return '';
  let encoded = RECORD_SEPARATOR;
  for (const { key, value } of leaves) encoded += encodeLeaf(key, leafText(value), leafClass(value));
  return encoded;
}

/** A leaf without the separator in front of it, with the one behind. */
export function encodeLeaf(key: string, text: string, leafClass: LeafClass): string {
  return `${escapeText(key)}${UNIT_SEPARATOR}${escapeText(text)}${UNIT_SEPARATOR}${leafClass}${RECORD_SEPARATOR}`;
}

/** The same of a leaf whose value stands in a column. */
export function encodeTypedLeaf(key: string, leafClass: LeafClass): string {
  return `${escapeText(key)}${UNIT_SEPARATOR}${leafClass}${RECORD_SEPARATOR}`;
}

export interface Leaf {
  readonly key: string;
  readonly text: string;
  readonly leafClass: string;
}

/** The leaves of a column's text, in order; `columnText` gives the text of one whose value stands in a column. */
export function decodeLeaves(encoded: string, columnText: (key: string, leafClass: string) => string): Leaf[] {
  return encoded
    .split(RECORD_SEPARATOR)
    .slice(1, -1)
    .map((leaf) => {
      const [key = '', text = '', leafClass] = leaf.split(UNIT_SEPARATOR);
      const plain = unescapeText(key);
      return leafClass === undefined
        ? { key: plain, text: columnText(plain, text), leafClass: text }
        : { key: plain, text: unescapeText(text), leafClass };
    });
}

/** The column of a list of plain texts (event names, linked traces): leaves under an empty key. */
export function encodeTexts(texts: readonly string[]): string {
  return encodeLeaves(texts.map((value) => ({ key: '', value: { type: 'string', value } })));
}

/** What every leaf of the key starts with. */
export function leafStart(key: string): string {
  return `${RECORD_SEPARATOR}${escapeText(key)}${UNIT_SEPARATOR}`;
}

export function leafClass(leaf: LeafValue): LeafClass {
  switch (leaf.type) {
    case 'string':
      return LEAF_CLASSES.text;
    case 'double':
      return Number.isFinite(leaf.value) ? LEAF_CLASSES.double : LEAF_CLASSES.special;
    default:
      return LEAF_CLASSES[leaf.type];
  }
}

export function unescapeText(text: string): string {
  return text.includes(ESCAPE) ? text.replace(ESCAPES, (pair) => UNESCAPED.get(pair) ?? pair) : text;
}

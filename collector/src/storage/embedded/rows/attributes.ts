import type { AnyValue, KeyValue } from '../../../api/index.ts';
import { attributeLeaves, type LeafValue, leafText, scalarLeaf } from '../../../model/attribute-leaves.ts';
import type { TokenWriter } from '../filter/token-writer.ts';
import { encodeLeaf, encodeTypedLeaf, LEAF_CLASSES, type Leaf, leafClass, RECORD_SEPARATOR } from '../leaf-text.ts';
import { type AttributeColumn, type AttributeColumns, isTypedClass } from './attribute-columns.ts';

/** An attribute list as a column of leaves, and what of it has columns of its own. */
export interface EncodedAttributes {
  readonly text: string;
  /** `decodeAttributes` gives the very list back: single values only, no key twice. */
  readonly isExact: boolean;
  readonly values: readonly TypedValue[];
}

interface TypedValue {
  readonly column: AttributeColumn;
  readonly text: string;
}

/** Longer lists are looked through for keys that stand twice by a set. */
const MAX_COMPARED = 12;
const NO_VALUES: readonly TypedValue[] = [];

/** Encodes a list and writes its tokens. Nothing is added to `columns` yet; without them all values stand in the text. */
export function encodeAttributes(attributes: readonly KeyValue[], tokens: TokenWriter, columns?: AttributeColumns): EncodedAttributes {
  if (attributes.length === 0) return { text: '', isExact: true, values: NO_VALUES };
  if (hasKeyTwice(attributes)) return encodeLoosely(attributes, tokens);
  const values: TypedValue[] = [];
  let text = RECORD_SEPARATOR;
  for (const { key, value } of attributes) {
    const leaf = value && scalarLeaf(value);
    if (!leaf || !key.isWellFormed()) return encodeLoosely(attributes, tokens);
    const plain = leafText(leaf);
    if (leaf.type === 'string' && !plain.isWellFormed()) return encodeLoosely(attributes, tokens);
    // Its text is that of 0, as which it is found.
    if (leaf.type === 'double' && Object.is(leaf.value, -0)) return encodeLoosely(attributes, tokens);
    const ownClass = leafClass(leaf);
    const column = isTypedClass(ownClass) && fitsColumn(leaf) ? columns?.columnOf(key, ownClass) : undefined;
    if (column) {
      text += encodeTypedLeaf(key, ownClass);
      values.push({ column, text: plain });
    } else text += encodeLeaf(key, plain, ownClass);
    // A double of a column is looked for in the column.
    if (column && ownClass === LEAF_CLASSES.double) tokens.key(key);
    else tokens.leaf(key, plain);
  }
  return { text, isExact: true, values };
}

/** What an exact list was. */
export function decodeAttributes(leaves: readonly Leaf[]): KeyValue[] {
  return leaves.map((leaf) => ({ key: leaf.key, value: anyValueOf(leaf.text, leaf.leafClass) }));
}

function encodeLoosely(attributes: readonly KeyValue[], tokens: TokenWriter): EncodedAttributes {
  const leaves = attributeLeaves(attributes);
  const own = new Map<string, string | undefined>();
  for (const { key, value } of attributes) if (!own.has(key)) own.set(key, value?.stringValue);
  let text = leaves.length === 0 ? '' : RECORD_SEPARATOR;
  for (const { key, value } of leaves) {
    const plain = leafText(value);
    tokens.leaf(key, plain);
    text += encodeLeaf(key, plain, value.type === 'string' && own.get(key) !== plain ? LEAF_CLASSES.element : leafClass(value));
  }
  return { text, isExact: false, values: NO_VALUES };
}

function fitsColumn(leaf: LeafValue): boolean {
  return leaf.type !== 'int' || BigInt.asIntN(64, leaf.value) === leaf.value;
}

function hasKeyTwice(attributes: readonly KeyValue[]): boolean {
  if (attributes.length > MAX_COMPARED) return new Set(attributes.map(({ key }) => key)).size < attributes.length;
  for (let index = 1; index < attributes.length; index += 1) {
    const key = attributes[index]?.key;
    for (let before = 0; before < index; before += 1) if (attributes[before]?.key === key) return true;
  }
  return false;
}

function anyValueOf(text: string, leafClassName: string): AnyValue {
  switch (leafClassName) {
    case LEAF_CLASSES.int:
      return { intValue: text };
    case LEAF_CLASSES.double:
      return { doubleValue: Number(text) };
    case LEAF_CLASSES.special:
      return { doubleValue: text === 'NaN' ? 'NaN' : text === 'Infinity' ? 'Infinity' : '-Infinity' };
    case LEAF_CLASSES.bool:
      return { boolValue: text === 'true' };
    case LEAF_CLASSES.bytes:
      return { bytesValue: text };
    default:
      return { stringValue: text };
  }
}

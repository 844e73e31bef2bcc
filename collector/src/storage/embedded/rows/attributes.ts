import type { AnyValue, KeyValue } from '../../../api/index.ts';
import { type AttributeLeaf, attributeLeaves, type LeafValue, leafText, scalarLeaf } from '../../../model/attribute-leaves.ts';
import type { TokenWriter } from '../filter/token-writer.ts';
import { encodeLeaf, encodeTypedLeaf, LEAF_CLASSES, type Leaf, leafClass, RECORD_SEPARATOR } from '../leaf-text.ts';
import { type AttributeColumn, type AttributeColumns, isTypedClass } from './attribute-columns.ts';

/** An attribute list as a column of leaves, and what of it has columns of its own. */
export interface EncodedAttributes {
  readonly text: string;
  /** What `decodeAttributes` needs to give the very list back; undefined where it cannot, as with a key that stands twice. */
  readonly composites: readonly Composite[] | undefined;
  readonly values: readonly TypedValue[];
}

/** An array, a map, or an attribute without a value: which of the list's leaves are its own, and what it is. As JSON it stands in the column `rest`. */
export type Composite = readonly [firstLeaf: number, leaves: number, attribute: KeyValue];

interface TypedValue {
  readonly column: AttributeColumn;
  readonly text: string;
}

/** Longer lists are looked through for keys that stand twice by a set. */
const MAX_COMPARED = 12;
const NO_VALUES: readonly TypedValue[] = [];
const NO_COMPOSITES: readonly Composite[] = [];

/** Encodes a list and writes its tokens. Nothing is added to `columns` yet; without them all values stand in the text. */
export function encodeAttributes(attributes: readonly KeyValue[], tokens: TokenWriter, columns?: AttributeColumns): EncodedAttributes {
  if (attributes.length === 0) return { text: '', composites: NO_COMPOSITES, values: NO_VALUES };
  if (hasKeyTwice(attributes)) return encodeLoosely(attributes, tokens);
  const values: TypedValue[] = [];
  const leaves = new CompositeLeaves();
  let text = '';
  let leafCount = 0;
  for (const attribute of attributes) {
    const { key, value } = attribute;
    if (!key.isWellFormed()) return encodeLoosely(attributes, tokens);
    const leaf = value && scalarLeaf(value);
    if (!leaf) {
      text += leaves.add(attribute, leafCount, tokens);
      leafCount += leaves.lastCount;
      continue;
    }
    leafCount += 1;
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
  if (!leaves.areApart(attributes.map(({ key }) => key))) return encodeLoosely(attributes, tokens);
  return { text: text === '' ? '' : RECORD_SEPARATOR + text, composites: leaves.composites, values };
}

/** The list that became these leaves. */
export function decodeAttributes(leaves: readonly Leaf[], composites: readonly Composite[] = NO_COMPOSITES): KeyValue[] {
  const attributes: KeyValue[] = [];
  let next = 0;
  const addSingle = (end: number) => {
    for (const { key, text, leafClass } of leaves.slice(next, end)) attributes.push({ key, value: anyValueOf(text, leafClass) });
  };
  for (const [firstLeaf, count, attribute] of composites) {
    addSingle(firstLeaf);
    attributes.push(attribute);
    next = firstLeaf + count;
  }
  addSingle(leaves.length);
  return attributes;
}

/** The leaves of one record's composites. One is used for record after record. */
export class CompositeLeaves {
  #composites: Composite[] = [];
  /** Of maps: those whose key is not the attribute's own. */
  #inner: { readonly key: string; readonly owner: string }[] = [];
  /** Of the one that was added last. */
  lastCount = 0;

  get composites(): readonly Composite[] {
    return this.#composites.length === 0 ? NO_COMPOSITES : this.#composites;
  }

  clear(): void {
    if (this.#composites.length > 0) this.#composites = [];
    if (this.#inner.length > 0) this.#inner = [];
  }

  /** Writes its tokens and gives the text of its leaves. `leavesBefore`: of all attributes before it. */
  add(attribute: KeyValue, leavesBefore: number, tokens: TokenWriter): string {
    const leaves = attributeLeaves([attribute]);
    let text = '';
    for (const leaf of leaves) {
      text += encodeWholeLeaf(leaf, false, tokens);
      if (leaf.key !== attribute.key) this.#inner.push({ key: leaf.key, owner: attribute.key });
    }
    this.#composites.push([leavesBefore, leaves.length, attribute]);
    this.lastCount = leaves.length;
    return text;
  }

  /** Whether no key of a leaf is also one of another attribute, as of `a.b` beside `a: { b }`. `keys`: of all attributes. */
  areApart(keys: readonly string[]): boolean {
    if (this.#inner.length === 0) return true;
    const owners = new Map(keys.map((key) => [key, key]));
    for (const { key, owner } of this.#inner) {
      const other = owners.get(key);
      if (other !== undefined && other !== owner) return false;
      owners.set(key, owner);
    }
    return true;
  }
}

/** A leaf with its value, whose token is written. `isOwn`: it is a text of the attribute itself, and not inside an array or a map. */
function encodeWholeLeaf({ key, value }: AttributeLeaf, isOwn: boolean, tokens: TokenWriter): string {
  const plain = leafText(value);
  tokens.leaf(key, plain);
  return encodeLeaf(key, plain, value.type === 'string' && !isOwn ? LEAF_CLASSES.element : leafClass(value));
}

function encodeLoosely(attributes: readonly KeyValue[], tokens: TokenWriter): EncodedAttributes {
  const leaves = attributeLeaves(attributes);
  const own = new Map<string, string | undefined>();
  for (const { key, value } of attributes) if (!own.has(key)) own.set(key, value?.stringValue);
  let text = leaves.length === 0 ? '' : RECORD_SEPARATOR;
  for (const leaf of leaves) text += encodeWholeLeaf(leaf, own.get(leaf.key) === leaf.value.value, tokens);
  return { text, composites: undefined, values: NO_VALUES };
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

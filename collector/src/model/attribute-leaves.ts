import type { AnyValue, KeyValue } from '../api/index.ts';

/** One searchable value: what arrays and maps come down to. */
export type LeafValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  /** Base64. */
  | { readonly type: 'bytes'; readonly value: string };

export interface AttributeLeaf {
  /** Maps are flattened with dots: `{ a: { b: 1 } }` is `a.b`. */
  readonly key: string;
  readonly value: LeafValue;
}

/**
 * The values that a search sees of an attribute list: maps flattened with dots, arrays as each of their elements.
 * Of a key that stands twice in one list the first wins. Values of no kind, empty arrays and empty maps have no leaf.
 */
export function attributeLeaves(attributes: readonly KeyValue[]): AttributeLeaf[] {
  const leaves: AttributeLeaf[] = [];
  collectList(attributes, '', leaves);
  return leaves;
}

/** The leaves of a body that is a map, by `body.key`'s key; none for any other body. */
export function bodyLeaves(body: AnyValue | undefined): AttributeLeaf[] {
  return body?.kvlistValue ? attributeLeaves(body.kvlistValue.values) : [];
}

/** The text that equality, patterns and `message` see: the shortest decimal for numbers, `true`/`false`, base64 for bytes. */
export function leafText(leaf: LeafValue): string {
  return leaf.type === 'string' || leaf.type === 'bytes' ? leaf.value : String(leaf.value);
}

/** A value that is not an array or a map; undefined for those and for a value of no kind. */
export function scalarLeaf(value: AnyValue): LeafValue | undefined {
  if (value.stringValue !== undefined) return { type: 'string', value: value.stringValue };
  if (value.intValue !== undefined) return { type: 'int', value: BigInt(value.intValue) };
  if (value.doubleValue !== undefined) return { type: 'double', value: Number(value.doubleValue) };
  if (value.boolValue !== undefined) return { type: 'bool', value: value.boolValue };
  if (value.bytesValue !== undefined) return { type: 'bytes', value: value.bytesValue };
  return undefined;
}

function collectList(attributes: readonly KeyValue[], prefix: string, leaves: AttributeLeaf[]): void {
  const seen = new Set<string>();
  for (const { key, value } of attributes) {
    if (value === undefined || seen.has(key)) continue;
    seen.add(key);
    collectValue(value, prefix + key, leaves);
  }
}

function collectValue(value: AnyValue, key: string, leaves: AttributeLeaf[]): void {
  if (value.kvlistValue) {
    collectList(value.kvlistValue.values, `${key}.`, leaves);
    return;
  }
  if (value.arrayValue) {
    for (const element of value.arrayValue.values) collectValue(element, key, leaves);
    return;
  }
  const leaf = scalarLeaf(value);
  if (leaf) leaves.push({ key, value: leaf });
}

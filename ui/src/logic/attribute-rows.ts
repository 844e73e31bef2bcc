import type { AnyValue, KeyValue } from '@threadline/collector/api';
import { type ValueKind, valueKind } from './any-value.ts';

/** One line of an attribute table: a field as a query names it, and its values, more than one for an array. */
export interface AttributeRow {
  readonly key: string;
  readonly kind: ValueKind;
  readonly values: readonly AnyValue[];
}

/**
 * Attributes as a search sees them, by name: maps flattened with dots, arrays with each of their elements. Nothing is left out: an
 * empty array or map and a value of no kind have a row without values. A key that stands twice has two rows, in the order received.
 */
export function attributeRows(attributes: readonly KeyValue[]): AttributeRow[] {
  const rows: AttributeRow[] = [];
  collect(attributes, { prefix: '', rows });
  return rows.toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}

function collect(attributes: readonly KeyValue[], { prefix, rows }: { readonly prefix: string; readonly rows: AttributeRow[] }): void {
  for (const { key, value } of attributes) {
    const name = prefix + key;
    const map = value?.kvlistValue;
    if (map !== undefined && map.values.length > 0) collect(map.values, { prefix: `${name}.`, rows });
    else rows.push({ key: name, kind: valueKind(value), values: rowValues(value) });
  }
}

function rowValues(value: AnyValue | undefined): readonly AnyValue[] {
  if (value === undefined || valueKind(value) === 'empty' || value.kvlistValue !== undefined) return [];
  return value.arrayValue === undefined ? [value] : value.arrayValue.values;
}

/** What has attributes of its own, of its resource and of its scope. */
interface Attributed {
  readonly attributes: readonly KeyValue[];
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scope: { readonly attributes: readonly KeyValue[] };
}

/** What a column of the list shows for a key: the record's own attribute, else its resource's, else its scope's. Undefined for none. */
export function columnValue(record: Attributed, key: string): Pick<KeyValue, 'value'> | undefined {
  for (const { attributes } of [record, record.resource, record.scope]) {
    const found = lookUp(attributes, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lookUp(attributes: readonly KeyValue[], key: string): Pick<KeyValue, 'value'> | undefined {
  for (const attribute of attributes) {
    if (attribute.key === key) return attribute;
    const inside = attribute.value?.kvlistValue;
    if (inside !== undefined && key.startsWith(`${attribute.key}.`)) {
      const found = lookUp(inside.values, key.slice(attribute.key.length + 1));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

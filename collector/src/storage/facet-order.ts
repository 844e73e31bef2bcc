import { ascending } from '../model/ascending.ts';
import { FACET_PLACES, type FacetField, RECORD_FACETS } from './storage.ts';

interface FieldCount {
  readonly field: FacetField;
  readonly count: number;
}

interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** The order of `FieldsResult.fields`. */
export function compareFields(left: FieldCount, right: FieldCount): number {
  return right.count - left.count || rankOf(left.field) - rankOf(right.field) || ascending(keyOf(left.field), keyOf(right.field));
}

/** The order of `FieldValuesResult.values`. */
export function compareValues(left: ValueCount, right: ValueCount): number {
  return right.count - left.count || ascending(left.value, right.value);
}

function rankOf(field: FacetField): number {
  return field.type === 'record' ? RECORD_FACETS.indexOf(field.name) : RECORD_FACETS.length + FACET_PLACES.indexOf(field.place);
}

function keyOf(field: FacetField): string {
  return field.type === 'record' ? field.name : field.key;
}

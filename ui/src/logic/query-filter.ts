import type { AnyValue } from '@threadline/collector/api';
import { type AttributePlace, type Field, fieldName, quoteValue, type RecordField } from '@threadline/query-language';
import { scalarText } from './any-value.ts';

/** Attribute keys that the query language has a field of the record for. */
const RECORD_FIELD_BY_KEY: Readonly<Record<string, RecordField>> = { 'service.name': 'service', 'correlation.id': 'correlationId' };

/** How a click on a value changes the query. */
export type FilterMode = 'include' | 'exclude' | 'only';

/** `key:value` for a value that is not an array or a map; undefined for those: the language has no equality for them. */
export function attributeFilter(
  { place, key }: { readonly place: AttributePlace; readonly key: string },
  value: AnyValue,
): string | undefined {
  const text = scalarText(value);
  if (text === undefined || key === '') return undefined;
  const name = place === 'any' || place === 'resource' ? RECORD_FIELD_BY_KEY[key] : undefined;
  return fieldFilter(name === undefined ? { type: 'attribute', place, key } : { type: 'record', name }, text);
}

/** `field:value`, both written so that the query finds exactly this value. */
function fieldFilter(field: Field, value: string): string {
  return `${fieldName(field)}:${quoteValue(value)}`;
}

/** The same for a field of the record itself. */
export function recordFilter(name: RecordField, value: string): string {
  return fieldFilter({ type: 'record', name }, value);
}

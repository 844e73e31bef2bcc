import type { KeyValue, LogRecord, Span } from '@threadline/collector/api';
import { scalarText, serviceOf } from './any-value.ts';
import { levelOf } from './level.ts';

/** Field names and the values they had in what the page has loaded, each with how often. */
export type SeenValues = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A field with more values than this (an id, a time) is not worth a list. */
const MAX_VALUES_PER_FIELD = 200;
/** Records looked at, the latest loaded: completion is help, not a statistic. */
const MAX_RECORDS = 2_000;
const MAX_VALUE_LENGTH = 120;

/** What completion offers beside the fields that the language itself knows. */
export function collectSeenValues(records: readonly (LogRecord | Span)[]): SeenValues {
  const seen = new Map<string, Map<string, number>>();
  const add = (field: string, value: string) => {
    if (value === '' || value.length > MAX_VALUE_LENGTH) return;
    const values = seen.get(field) ?? new Map<string, number>();
    seen.set(field, values);
    if (values.has(value) || values.size < MAX_VALUES_PER_FIELD) values.set(value, (values.get(value) ?? 0) + 1);
  };
  const addAll = (attributes: readonly KeyValue[]) => {
    for (const { key, value } of attributes) add(key, value === undefined ? '' : (scalarText(value) ?? ''));
  };
  for (const record of records.slice(-MAX_RECORDS)) {
    add('service', serviceOf(record));
    add('scope', record.scope.name ?? '');
    if ('name' in record) add('name', record.name);
    else add('level', levelOf(record).toLowerCase());
    addAll(record.attributes);
    addAll(record.resource.attributes);
  }
  return seen;
}

import type { LogExportColumn, LogRecord } from '@threadline/collector/api';
import { resolveField } from '@threadline/query-language';
import { columnValue } from './attribute-rows.ts';

/** What every list shows of a record, beside the columns that the reader has chosen. */
const FIRST_COLUMNS = ['time', 'level', 'service'];
const LAST_COLUMNS = ['message', 'traceId', 'spanId', 'correlationId'];
/** Each that the collector has: one that is missing here does not compile. */
const OWN_COLUMNS: Readonly<Record<LogExportColumn, true>> = {
  time: true,
  level: true,
  service: true,
  message: true,
  traceId: true,
  spanId: true,
  correlationId: true,
  observedTime: true,
  arrivalTime: true,
  severityNumber: true,
  severityText: true,
  eventName: true,
  scope: true,
  id: true,
};
const NOTHING = { attributes: [] };

/**
 * Columns of a file that has what the list shows. `keys` are those of the list's columns; an attribute that is called as a part of the record is named with
 * each place that a record of the list shows it from, as the record's own where none does.
 */
export function exportColumns(keys: readonly string[], records: readonly LogRecord[]): string[] {
  return [...FIRST_COLUMNS, ...keys.flatMap((key) => (isPlain(key) ? [key] : placesOf(key, records))), ...LAST_COLUMNS];
}

/** The collector takes the name for an attribute's of any place, as the list does. */
function isPlain(key: string): boolean {
  if (Object.hasOwn(OWN_COLUMNS, key)) return false;
  const resolved = resolveField(key, 'logs');
  return resolved.kind !== 'attribute' || resolved.field.type !== 'attribute' || resolved.field.place === 'any';
}

function placesOf(key: string, records: readonly LogRecord[]): string[] {
  const has = (one: Partial<LogRecord>) => columnValue({ attributes: [], resource: NOTHING, scope: NOTHING, ...one }, key) !== undefined;
  const places = new Set(['attributes']);
  let isOwn = false;
  for (const { attributes, resource, scope } of records) {
    if (has({ attributes })) isOwn = true;
    else if (has({ resource })) places.add('resource');
    else if (has({ scope })) places.add('scope');
  }
  if (!isOwn && places.size > 1) places.delete('attributes');
  return [...places].map((place) => `${place}.${key}`);
}

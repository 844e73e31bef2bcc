import { resolveField } from '@threadline/query-language';
import { type AnyValue, type KeyValue, LOG_EXPORT_COLUMNS, type LogExportColumn, type LogRecord } from '../../api/index.ts';
import { attributeLeaves, leafText } from '../../model/attribute-leaves.ts';
import { indexLog } from '../../model/indexed-record.ts';
import { plainJson } from '../../model/plain-json.ts';
import { tooManyTimes } from '../parameters/parameters.ts';

/** A column of a CSV file. */
export interface CsvColumn {
  readonly name: string;
  readonly cellOf: (record: LogRecord) => Cell;
}

interface Cell {
  readonly text: string;
  /** A number by its type: it is never taken for a formula. */
  readonly isNumber?: boolean;
}

const OWN_COLUMNS: Readonly<Record<LogExportColumn, CsvColumn['cellOf']>> = {
  time: ({ timeUnixNano, observedTimeUnixNano, arrivalTimeUnixNano }) =>
    timeCell([timeUnixNano, observedTimeUnixNano].find((nanos) => nanos !== '0') ?? arrivalTimeUnixNano),
  level: (record) => ({ text: indexLog(record).level }),
  service: (record) => ({ text: indexLog(record).service }),
  message: ({ body, eventName }) => (body === undefined ? { text: eventName ?? '' } : valueCell(body)),
  traceId: ({ traceId = '' }) => ({ text: traceId }),
  spanId: ({ spanId = '' }) => ({ text: spanId }),
  correlationId: (record) => ({ text: indexLog(record).correlationId ?? '' }),
  observedTime: ({ observedTimeUnixNano }) => timeCell(observedTimeUnixNano),
  arrivalTime: ({ arrivalTimeUnixNano }) => timeCell(arrivalTimeUnixNano),
  severityNumber: ({ severityNumber }) => ({ text: severityNumber === undefined ? '' : String(severityNumber), isNumber: true }),
  severityText: ({ severityText = '' }) => ({ text: severityText }),
  eventName: ({ eventName = '' }) => ({ text: eventName }),
  scope: ({ scope }) => ({ text: scope.name ?? '' }),
  id: ({ id }) => ({ text: id }),
};
const DEFAULT_COLUMNS = 7;
/** More would be no table. */
const MAX_COLUMNS = 100;
/** What spreadsheets take for the beginning of a formula (OWASP, CSV Injection). */
const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** A table's head and lines (RFC 4180). */
export interface CsvTable {
  readonly head: string;
  lineOf(record: LogRecord): string;
}

/**
 * `names` are of the record itself (`time`, `service`), or else keys of attributes, with or without their place (`http.route`, `resource.host.name`,
 * `body.key`). Throws `invalid_argument` where they are too many.
 */
export function createCsvTable(names: readonly string[]): CsvTable {
  if (names.length > MAX_COLUMNS) throw tooManyTimes('column', names.length, MAX_COLUMNS);
  const columns = (names.length === 0 ? LOG_EXPORT_COLUMNS.slice(0, DEFAULT_COLUMNS) : names).map(columnOf);
  return {
    head: lineOf(columns.map(({ name }) => ({ text: name }))),
    lineOf: (record) => lineOf(columns.map(({ cellOf }) => cellOf(record))),
  };
}

function columnOf(name: string): CsvColumn {
  const own = LOG_EXPORT_COLUMNS.find((column) => column === name);
  if (own !== undefined) return { name, cellOf: OWN_COLUMNS[own] };
  const resolved = resolveField(name, 'logs');
  const field = resolved.kind === 'attribute' && resolved.field.type === 'attribute' ? resolved.field : undefined;
  const { place, key } = field ?? { place: 'any', key: name };
  return {
    name,
    cellOf: ({ attributes, resource, scope, body }) => {
      if (place === 'body') return attributeCell([body?.kvlistValue?.values ?? []], key);
      const lists = { attributes, resource: resource.attributes, scope: scope.attributes };
      return attributeCell(
        Object.entries(lists).flatMap(([of, list]) => (place === 'any' || place === of ? [list] : [])),
        key,
      );
    },
  };
}

/** The first list that has the key; a key of a map's member is found as in a query. */
function attributeCell(lists: readonly (readonly KeyValue[])[], key: string): Cell {
  for (const list of lists) {
    const value = list.find((attribute) => attribute.key === key)?.value;
    if (value !== undefined) return valueCell(value);
    const leaves = attributeLeaves(list).filter((leaf) => leaf.key === key);
    if (leaves.length > 0) return { text: leaves.map((leaf) => leafText(leaf.value)).join(' ') };
  }
  return { text: '' };
}

function valueCell(value: AnyValue): Cell {
  if (value.stringValue !== undefined) return { text: value.stringValue };
  if (value.intValue !== undefined) return { text: value.intValue, isNumber: true };
  if (value.doubleValue !== undefined) return { text: String(value.doubleValue), isNumber: true };
  if (value.boolValue !== undefined) return { text: String(value.boolValue) };
  if (value.bytesValue !== undefined) return { text: value.bytesValue };
  return { text: value.arrayValue || value.kvlistValue ? plainJson(value) : '' };
}

/** RFC 3339 with nine digits. */
function timeCell(nanos: string): Cell {
  if (nanos === '0') return { text: '' };
  const exact = BigInt(nanos);
  const date = new Date(Number(exact / 1_000_000n));
  if (Number.isNaN(date.getTime())) return { text: nanos, isNumber: true };
  return { text: `${date.toISOString().slice(0, -5)}.${String(exact % 1_000_000_000n).padStart(9, '0')}Z` };
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText({ text, isNumber = false }: Cell): string {
  const safe = !isNumber && FORMULA_START.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import { type ColumnName, columnNumber } from '../columns.ts';
import type { ColumnData } from '../parquet/column-buffer.ts';
import { halvesOf, isLess } from '../parquet/long-range.ts';
import type { RowGroupData } from '../rows/row-buffer.ts';
import type { GroupService } from './segment-index.ts';

/** A row group with more is counted when somebody asks. */
const MAX_SERVICES = 64;

interface Counts {
  readonly tenant: string;
  readonly service: string;
  rows: number;
  errors: number;
  /** The row with the greatest time. */
  lastRow: number;
}

/** The rows of a row group by tenant and service; undefined where those are many. */
export function groupServices(data: RowGroupData): readonly GroupService[] | undefined {
  const tenants = columnOf(data, 'tenant');
  const services = columnOf(data, 'service');
  const times = columnOf(data, 'time_nanos');
  const errors = data.table === 'spans' ? columnOf(data, 'is_error') : undefined;
  if (tenants?.kind !== 'dictionary' || services?.kind !== 'dictionary' || times?.kind !== 'longs') return undefined;
  if (tenants.entries.length * services.entries.length > MAX_SERVICES * MAX_SERVICES) return undefined;
  const counted = new Map<number, Counts>();
  const halves = halvesOf(times.values);
  for (let row = 0; row < data.rows; row += 1) {
    const tenant = tenants.indexes[row] ?? 0;
    const service = services.indexes[row] ?? 0;
    const key = tenant * services.entries.length + service;
    let counts = counted.get(key);
    if (!counts) {
      if (counted.size === MAX_SERVICES) return undefined;
      counts = { tenant: tenants.entries[tenant] ?? '', service: services.entries[service] ?? '', rows: 0, errors: 0, lastRow: row };
      counted.set(key, counts);
    }
    counts.rows += 1;
    if (errors?.kind === 'codes' && errors.values[row] === 1) counts.errors += 1;
    if (isLess(halves, counts.lastRow, row)) counts.lastRow = row;
  }
  return [...counted.values()].map(({ lastRow, ...counts }) => ({ ...counts, lastSeen: String(times.values[lastRow] ?? 0n) }));
}

function columnOf(data: RowGroupData, name: ColumnName): ColumnData | undefined {
  const number = columnNumber(data.table, name);
  return number === undefined ? undefined : data.columns[number];
}

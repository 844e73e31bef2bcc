import { ascending } from '../../../model/ascending.ts';
import type { OperationCounts, ServiceCounts, TimeRange } from '../../storage.ts';
import type { TableName } from '../layout.ts';
import { longAt } from '../parquet/decode-column.ts';
import type { RowGroup } from '../segments/segment.ts';
import { textOf } from './column-values.ts';
import type { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { Scan } from './scan.ts';
import { type TimeWindow, windowOfRange } from './time-window.ts';

/** The most operations of a service that an answer has. */
const MAX_OPERATIONS = 1_000;

interface Counts {
  spanCount: number;
  logCount: number;
  errorCount: number;
  lastSeenNanos: bigint;
}

/** Services by name; records that name no service belong to none. */
export function countServices(scope: ReadScope, range: TimeRange): ServiceCounts[] {
  const services = new Map<string, Counts>();
  for (const table of ['logs', 'spans'] as const) addServices(scope, table, windowOfRange(range), services);
  return [...services].map(([name, counts]) => ({ name, ...counts })).sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Of a row group that lies in the window as a whole, what was counted when it was written will do. */
function addServices(scope: ReadScope, table: TableName, window: TimeWindow, services: Map<string, Counts>): void {
  const add = (name: string, rows: number, errors: number, lastSeenNanos: bigint): void => {
    if (name === '') return;
    const known = services.get(name) ?? { spanCount: 0, logCount: 0, errorCount: 0, lastSeenNanos: 0n };
    services.set(name, known);
    known[table === 'logs' ? 'logCount' : 'spanCount'] += rows;
    known.errorCount += errors;
    if (lastSeenNanos > known.lastSeenNanos) known.lastSeenNanos = lastSeenNanos;
  };
  const isCounted = (group: RowGroup): boolean =>
    group.index.services !== undefined && group.least >= window.min && group.greatest <= window.max;
  for (const { index } of scope.groups(table).filter(isCounted)) {
    for (const { tenant, service, rows, errors, lastSeen } of index.services ?? [])
      if (tenant === scope.tenant) add(service, rows, errors, BigInt(lastSeen));
  }
  new Scan(scope, { table, query: { type: 'all' }, window, leavesOut: isCounted }).visit('desc', (page, rows) => {
    const names = page.texts('service');
    const times = page.longs('time_nanos');
    for (const { first, counts } of groupRows(page, rows, servicesOf(page)))
      add(textOf(names, first), counts.rows, counts.errors, longAt(times, counts.last));
  });
}

/** Operations of a service, most spans first, then by name and kind. */
export function countOperations(scope: ReadScope, service: string, range: TimeRange): OperationCounts[] {
  const operations = new Map<string, { readonly name: string; readonly kind: number; spanCount: number; errorCount: number }>();
  const query = { type: 'equals', field: { type: 'record', name: 'service' }, value: service } as const;
  new Scan(scope, { table: 'spans', query, window: windowOfRange(range) }).visit('desc', (page, rows) => {
    const names = page.texts('name');
    const kinds = page.codes('kind');
    const keyOf = (row: number): string => `${kinds.indexes[row]} ${names.entries ? names.indexes[row] : textOf(names, row)}`;
    for (const { first, counts } of groupRows(page, rows, keyOf)) {
      const name = textOf(names, first);
      const kind = Number(page.value('kind', first));
      const known = operations.get(`${kind} ${name}`) ?? { name, kind, spanCount: 0, errorCount: 0 };
      operations.set(`${kind} ${name}`, known);
      known.spanCount += counts.rows;
      known.errorCount += counts.errors;
    }
  });
  return [...operations.values()]
    .sort((left, right) => right.spanCount - left.spanCount || ascending(left.name, right.name) || left.kind - right.kind)
    .slice(0, MAX_OPERATIONS);
}

/** What stands for a row's service on its page. */
function servicesOf(page: Page): (row: number) => string | number {
  const column = page.texts('service');
  return column.entries ? (row) => column.indexes[row] ?? 0 : (row) => textOf(column, row);
}

interface PageCounts {
  rows: number;
  errors: number;
  /** The row with the greatest time. */
  last: number;
}

/** A page's rows by what `keyOf` gives: one of each kind, and how many there are. */
function groupRows(
  page: Page,
  rows: Uint8Array,
  keyOf: (row: number) => string | number,
): { readonly first: number; readonly counts: PageCounts }[] {
  const groups = new Map<string | number, { readonly first: number; readonly counts: PageCounts }>();
  const isError = errorTest(page);
  const times = page.longs('time_nanos');
  let lastKey: string | number | undefined;
  let counts: PageCounts = { rows: 0, errors: 0, last: 0 };
  for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
    const key = keyOf(row);
    if (key !== lastKey) {
      lastKey = key;
      const known = groups.get(key) ?? { first: row, counts: { rows: 0, errors: 0, last: row } };
      groups.set(key, known);
      counts = known.counts;
    }
    counts.rows += 1;
    if (isError(row)) counts.errors += 1;
    const isLater = times.wide
      ? (times.wide[row] ?? 0n) > (times.wide[counts.last] ?? 0n)
      : (times.offsets[row] ?? 0) > (times.offsets[counts.last] ?? 0);
    if (isLater) counts.last = row;
  }
  return [...groups.values()];
}

/** Only spans count as errors here. */
function errorTest(page: Page): (row: number) => boolean {
  const table: TableName = page.table;
  if (table === 'logs') return () => false;
  const { entries, indexes } = page.codes('is_error');
  return (row) => entries[indexes[row] ?? 0] === 1;
}

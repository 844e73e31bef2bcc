import type { ServiceColumn } from './service-rows.ts';

export type TableColumn = ServiceColumn | 'versions' | 'trend';

/** What a column takes, as CSS grids have it. */
const WIDTHS: Readonly<Record<TableColumn, string>> = {
  name: 'minmax(90px, 3fr)',
  state: '140px',
  instances: '76px',
  versions: '104px',
  // On a wide screen what is left over is not all between a name and its figures.
  trend: 'minmax(130px, 2fr)',
  rate: '84px',
  errors: '66px',
  p50: '80px',
  p95: '80px',
  p99: '80px',
  seen: '104px',
};

/** Columns from a width in pixels on, widest first. What is left out the service's own page has; a table that scrolls sideways hides whose figures they are. */
const LAYOUTS: readonly (readonly [fromPixels: number, columns: readonly TableColumn[]])[] = [
  [1_140, ['name', 'state', 'instances', 'versions', 'trend', 'rate', 'errors', 'p50', 'p95', 'p99', 'seen']],
  [900, ['name', 'state', 'trend', 'rate', 'errors', 'p50', 'p95', 'p99']],
  [620, ['name', 'state', 'rate', 'errors', 'p95', 'p99']],
  [460, ['name', 'state', 'errors', 'p95']],
];
const FEWEST: readonly TableColumn[] = ['name', 'state', 'errors'];

/** Those that a table of this width has room for; 0 while it is not known: all. */
export function columnsThatFit(width: number): readonly TableColumn[] {
  if (width === 0) return LAYOUTS[0]?.[1] ?? FEWEST;
  return LAYOUTS.find(([fromPixels]) => width >= fromPixels)?.[1] ?? FEWEST;
}

export function columnsTemplate(columns: readonly TableColumn[]): string {
  return columns.map((column) => WIDTHS[column]).join(' ');
}

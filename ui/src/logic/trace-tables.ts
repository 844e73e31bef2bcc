import type { FittingTable } from './fitting-columns.ts';
import { STATISTIC_COLUMNS, type StatisticColumn } from './statistic-columns.ts';

/** As `--space-3` at both ends of a row. */
const PADDING = 24;

export const STATISTICS_TABLE: FittingTable<StatisticColumn> = {
  columns: STATISTIC_COLUMNS,
  widths: { name: 150, count: 72, total: 82, self: 82, average: 82, p50: 82, p95: 82, max: 82, critical: 96, errors: 64 },
  growing: ['name'],
  first: ['self', 'critical', 'errors', 'count', 'total', 'p95', 'max', 'average', 'p50'],
  gap: 8,
  padding: PADDING,
};

export const CALL_COLUMNS = ['from', 'to', 'count', 'total', 'max', 'errors'] as const;
export type CallColumn = (typeof CALL_COLUMNS)[number];

/** Calls have the most time first. */
export const CALL_TABLE: FittingTable<CallColumn> = {
  columns: CALL_COLUMNS,
  widths: { from: 92, to: 92, count: 56, total: 76, max: 76, errors: 56 },
  growing: ['from', 'to'],
  first: ['total', 'errors', 'count', 'max'],
  gap: 12,
  padding: PADDING,
};

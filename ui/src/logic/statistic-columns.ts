/** What a table of statistics is sorted by. */
export const STATISTIC_COLUMNS = ['name', 'count', 'total', 'self', 'average', 'p50', 'p95', 'max', 'critical', 'errors'] as const;
export type StatisticColumn = (typeof STATISTIC_COLUMNS)[number];

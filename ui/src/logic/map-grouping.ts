/** What nodes of a map are put together by: their namespace, how their names begin, or who calls whom most. */
export const MAP_GROUPINGS = ['namespace', 'name', 'calls', 'none'] as const;
export type MapGrouping = (typeof MAP_GROUPINGS)[number];

/** What nodes of a map are put together by: their namespace, how their names begin, or who calls whom most. */
export const MAP_GROUPINGS = ['namespace', 'name', 'calls', 'none'] as const;
export type MapGrouping = (typeof MAP_GROUPINGS)[number];

/** How small and how large a map is drawn, percent. */
export const MIN_ZOOM = 10;
export const MAX_ZOOM = 200;

/** What nodes of a map are put together by: their namespace, how their names begin, or who calls whom most. */
export const MAP_GROUPINGS = ['namespace', 'name', 'calls', 'none'] as const;
export type MapGrouping = (typeof MAP_GROUPINGS)[number];

/** How small and how large a map is drawn, percent. */
export const MIN_ZOOM = 10;
export const MAX_ZOOM = 200;

/** Names of open groups as an address has them; any name fits. */
export function writeGroups(names: readonly string[]): string {
  return names.map(encodeURIComponent).join(',');
}

/** What `writeGroups` wrote; nothing of what nobody wrote. */
export function readGroups(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  return text.split(',').flatMap((part) => {
    try {
      return [decodeURIComponent(part)];
    } catch {
      return [];
    }
  });
}

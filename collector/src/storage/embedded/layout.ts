import { LOCK_FILE } from '../../files/directory-lock.ts';

/**
 * What the embedded storage has on disk, in one place.
 *
 *     <directory>/
 *       layout.json        which program made the directory, and the version of all that is in it
 *       owner.lock         names the one process that has it open (see directory-lock.ts); gone when nobody does
 *       owner.lock.system  empty; what the system keeps the lock on
 *       segments/          the records: Parquet files that never change (see segments/segment-index.ts)
 *       segments.list      which segments there should be (see segments/segment-list.ts)
 *       set-aside/         segments that were found damaged; nothing reads them any more
 */
export const LAYOUT_FILE = 'layout.json';
export const SEGMENTS_DIRECTORY = 'segments';
export const SEGMENT_LIST_FILE = 'segments.list';
export const SET_ASIDE_DIRECTORY = 'set-aside';

/** Says that a directory is ours. */
export const LAYOUT_NAME = 'threadline-embedded-storage';
/**
 * Raised by every change that an older program would read wrongly. Version 1 was one DuckDB file, before there was a release. Version 2 had all
 * attributes in one text column and a message's words beside it: such segments are read as they are. Version 3 had a filter in each row group, in place of one token index of all of a segment's: such
 * row groups are read as they are, also where merges have copied them into segments of a later version. Version 4 had no texts in tails
 * and no times that are kept as how far they lie behind others: each column says itself how it is kept. Version 5 had all attributes of a record beside their
 * leaves where one of them is an array or a map; such a record says itself which it has.
 */
export const LAYOUT_VERSION = 6;
export const OLDEST_LAYOUT_VERSION = 2;

/** Names of what a directory of ours may hold, beside the lock's own temporary files. */
export const KNOWN_ENTRIES: ReadonlySet<string> = new Set([
  LAYOUT_FILE,
  LOCK_FILE,
  SEGMENTS_DIRECTORY,
  SEGMENT_LIST_FILE,
  SET_ASIDE_DIRECTORY,
]);
/** What a file system or a tool puts into an empty directory; it belongs to nobody. */
export const IGNORED_ENTRIES: ReadonlySet<string> = new Set(['lost+found', '.gitkeep', '.keep', '.DS_Store']);

export type TableName = 'logs' | 'spans';

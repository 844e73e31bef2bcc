import type { SavedSearch } from '../../api/index.ts';
import type { ReadContext } from '../storage.ts';

/** As it is stored: the revision is worked out of it. */
export type StoredSearch = Omit<SavedSearch, 'revision'>;

export interface StoredSearches {
  readonly searches: readonly StoredSearch[];
  /** Of the whole list; undefined where nothing was ever stored. */
  readonly version: string | undefined;
}

/**
 * The saved searches of each tenant as one list that is read whole and replaced whole, so that what holds for the list (no name twice, no more than
 * so many) holds whoever writes beside. Faults are those of `Storage`'s reads.
 */
export interface SearchStore {
  /** What was stored before the call is in it. */
  read(context: ReadContext): Promise<StoredSearches>;
  /** Puts a list in the place of the version that was read; false, and nothing is stored, where that is not the latest any more. True: it is durable. */
  replace(list: StoredSearches, context: ReadContext): Promise<boolean>;
}

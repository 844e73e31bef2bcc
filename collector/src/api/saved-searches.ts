/** Most searches that are kept. */
export const MAX_SAVED_SEARCHES = 200;
/** Of a name, in characters as people count them (code points). */
export const MAX_SAVED_NAME_CHARACTERS = 100;
/** Of a search's parameters as JSON, in bytes of UTF-8: so many searches are still one small document. */
export const MAX_SAVED_SEARCH_BYTES = 8_192;

/** A search in logs under a name, the same for everybody who may read here. */
export interface SavedSearch {
  /** Whoever made it chose it; it stays when the name changes. */
  id: string;
  /** No two have the same. */
  name: string;
  /** What the address of the page of logs has: query, range, order, columns, view. */
  search: Record<string, string>;
  /** Of name and search: another one where either is another. */
  revision: string;
  /** When it was last changed, RFC 3339. */
  savedAt: string;
}

/** `GET /api/v1/saved-searches`: all of them, in the order of their names. */
export interface SavedSearchesAnswer {
  searches: SavedSearch[];
}

/** Body of `PUT /api/v1/saved-searches/{id}`. */
export interface SavedSearchBody {
  name: string;
  search: Record<string, string>;
}

/** `DELETE /api/v1/saved-searches/{id}`: what is gone, so that it can be put back. */
export interface DeletedSearchAnswer {
  deleted: SavedSearch;
}

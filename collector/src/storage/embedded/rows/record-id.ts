import { idToken, type TokenHash } from '../filter/token-hash.ts';

/** An id as it is kept: the records of one request share the prefix. */
export interface SplitId {
  readonly prefix: string;
  /** -1: the prefix is the whole id. */
  readonly index: number;
}

/** Ids as `model/record-ids.ts` makes them: what names the request, and six digits of the place in it. */
const MADE_ID = /^[0-9a-f]{56}$/;
const INDEX_DIGITS = 6;
/** Splits an id so that `joinId` gives it back. */
export function splitId(id: string): SplitId {
  if (id.length !== 56 || !MADE_ID.test(id)) return { prefix: id, index: -1 };
  return { prefix: id.slice(0, -INDEX_DIGITS), index: Number.parseInt(id.slice(-INDEX_DIGITS), 16) };
}

/** What the ids of all records of a request start with, by one of them. */
export function requestPrefix(id: string): string {
  return splitId(id).prefix;
}

export function joinId(prefix: string, index: number): string {
  return index < 0 ? prefix : prefix + index.toString(16).padStart(INDEX_DIGITS, '0');
}

/** The token of all records of the request that the id is of. */
export function requestToken(tenant: string, { prefix }: Pick<SplitId, 'prefix'>): TokenHash {
  return idToken(tenant, prefix);
}

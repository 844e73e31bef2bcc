import { keyTerm, MAX_TERM_KEY_LENGTH } from './attribute-terms.ts';
import { isFieldName } from './field-names.ts';

/** What a key is in a document, made once for all records that have it. */
export interface KnownKey {
  /** The term as JSON. */
  readonly term: string;
  /** The term and `=` as the beginning of a JSON string; the value's JSON without its first quote follows. */
  readonly pairStart: string;
  /** The key as the name of a typed field and its colon; undefined where it can be none. */
  readonly member: string | undefined;
}

/** Services have hundreds of keys; ids in keys would fill memory, so beyond this it begins anew. */
const MAX_KEYS = 4_096;
const knownKeys = new Map<string, KnownKey>();

/** Undefined for keys whose terms are not as different as they are: those are seldom, and have a way of their own. */
export function knownKey(key: string): KnownKey | undefined {
  const known = knownKeys.get(key);
  if (known) return known;
  if (key.length > MAX_TERM_KEY_LENGTH || !key.isWellFormed()) return undefined;
  const term = keyTerm(key);
  const made = {
    term: JSON.stringify(term),
    pairStart: JSON.stringify(`${term}=`).slice(0, -1),
    member: isFieldName(key) ? `${JSON.stringify(key)}:` : undefined,
  };
  if (knownKeys.size >= MAX_KEYS) knownKeys.clear();
  knownKeys.set(key, made);
  return made;
}

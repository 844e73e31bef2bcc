import { ASCII_UNITS, asciiWordEnd, asciiWordUnits, MAX_WORD_LENGTH } from '@threadline/query-language';
import { type TokenHash, TokenHasher } from './token-hash.ts';
import { TokenSet } from './token-set.ts';
import { areUnfilteredBytes, isUnfilteredWord } from './unfiltered-word.ts';

/** Keys come again and again: their hashes are kept, up to so many. */
const MAX_KEYS = 4_096;

/** What the tokens of a key's leaves or of a field start with, and the page that has the key's own. */
export interface TokenStart {
  readonly state: TokenHash;
  page: number;
}

export interface FieldStart extends TokenStart {
  readonly name: string;
}

/** Of one writer's leaves with the key. */
export function leafTokens(key: string): TokenStart {
  return { state: new TokenHasher().startLeaf(key).state, page: -1 };
}

/** Of the field. */
export function fieldTokens(name: string): FieldStart {
  return { name, state: new TokenHasher().startField(name).state, page: -1 };
}

/** Collects the tokens of a page's rows. */
export class TokenWriter {
  readonly #hasher = new TokenHasher();
  readonly #keys = new Map<string, TokenHash>();
  readonly #tokens = new TokenSet();
  readonly #unitOf = asciiWordUnits();
  /** Raised with each page: what was written for one page is not there on the next. */
  #page = 0;

  get page(): number {
    return this.#page;
  }

  word(text: string): void {
    if (!isUnfilteredWord(text)) this.#add(this.#hasher.startWord().add(text));
  }

  /** The leaf, and its key alone. */
  leaf(key: string, text: string): void {
    const hasher = this.#startLeaf(key);
    this.#add(hasher);
    this.#add(hasher.add(text));
  }

  /** The key of a leaf alone. */
  key(key: string): void {
    this.#add(this.#startLeaf(key));
  }

  field(name: string, text: string): void {
    this.#add(this.#hasher.startField(name).add(text));
  }

  /** As `word`, of all words of a text that stands in bytes; false where they are not all ASCII: what was written then does no harm, and is not all. */
  asciiWords(bytes: Uint8Array, start: number, end: number): boolean {
    const unitOf = this.#unitOf;
    const hasher = this.#hasher;
    let isAscii = false;
    for (let at = start; at < end; ) {
      if (unitOf[bytes[at] ?? 0] === ASCII_UNITS.parts) {
        at += 1;
        continue;
      }
      const first = at;
      at = hasher.startWord().addAsciiWord(bytes, first, end, unitOf);
      // Most words are letters and digits alone. For others, and for what is cut, the automaton tells where they end.
      if ((at < end && unitOf[bytes[at] ?? 0] !== ASCII_UNITS.parts) || at - first > MAX_WORD_LENGTH) {
        // Every other byte comes here first, and what was read before are letters and digits.
        if (!isAscii && !areAscii(bytes, at, end)) return false;
        isAscii = true;
        const wordEnd = asciiWordEnd(bytes, first, end);
        at = Math.max(wordEnd, first + 1);
        if (wordEnd === 0) continue;
        hasher.startWord().addLowered(bytes, first, wordEnd);
      }
      if (!areUnfilteredBytes(bytes, first, at)) this.#add(hasher);
    }
    return true;
  }

  /** As `field`, of a text that stands in bytes, all of them ASCII. */
  asciiField(field: TokenStart, bytes: Uint8Array, start: number, end: number): void {
    const hasher = this.#hasher.resume(field.state);
    hasher.addAscii(bytes, start, end);
    this.#add(hasher);
  }

  /** As `field`, of the bytes' hex digits, which it leaves in `hex`. */
  hexField(field: TokenStart, hex: Uint8Array, bytes: Uint8Array, start: number, length: number): void {
    this.#add(this.#hasher.resume(field.state).addHex(hex, bytes, start, length));
  }

  /** As `leaf`, of a value that stands in bytes; false where they are not all ASCII: nothing is written then. */
  asciiLeaf(key: TokenStart, bytes: Uint8Array, start: number, end: number): boolean {
    const hasher = this.#hasher.resume(key.state);
    if (!hasher.addAscii(bytes, start, end)) return false;
    this.#add(hasher);
    this.asciiKey(key);
    return true;
  }

  /** As `key`, once a page. */
  asciiKey(key: TokenStart): void {
    if (key.page === this.#page) return;
    key.page = this.#page;
    this.#add(this.#hasher.resume(key.state));
  }

  /** One that was hashed already. */
  add(high: number, low: number): void {
    this.#tokens.add(high, low);
  }

  /** Tokens of another page whose rows are on this one now. */
  addAll(hashes: Uint32Array): void {
    this.#tokens.addAll(hashes);
  }

  /** The tokens since the last call, each with its halves in turn. */
  finishPage(): Uint32Array {
    const hashes = this.#tokens.hashes();
    this.#tokens.clear();
    this.#page += 1;
    return hashes;
  }

  #startLeaf(key: string): TokenHasher {
    const known = this.#keys.get(key);
    if (known) return this.#hasher.resume(known);
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    this.#keys.set(key, this.#hasher.startLeaf(key).state);
    return this.#hasher;
  }

  #add(hasher: TokenHasher): void {
    hasher.addTo(this.#tokens);
  }
}

function areAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at += 1) all |= bytes[at] ?? 0;
  return all < 0x80;
}

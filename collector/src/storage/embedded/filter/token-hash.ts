import { ASCII_UNITS } from '@threadline/query-language';
import { UNIT_SEPARATOR } from '../leaf-text.ts';
import type { TokenSet } from './token-set.ts';

/**
 * What a filter knows of a record, as 64-bit hashes of tokens: the words of its message, the keys and `key=value` of its leaves (wherever
 * they stand), some of its fields, its id's prefix. Two 32-bit halves (cyrb-style multiplications over UTF-16 units, MurmurHash3's
 * finalizer by Austin Appleby, public domain). On disk: never change it without a new layout version.
 */
export interface TokenHash {
  readonly high: number;
  readonly low: number;
}

/** What a token is about: each starts from another hash. */
const KINDS = { word: 1, leaf: 2, field: 3 } as const;

/** A hash under way. One is used again and again: on this path objects cost more than the hashing. */
export class TokenHasher {
  #high = 0;
  #low = 0;

  startWord(): this {
    return this.#start(KINDS.word);
  }

  /** A leaf's key; what follows with `add` is its value. */
  startLeaf(key: string): this {
    return this.#start(KINDS.leaf).add(key).#unit(SEPARATOR);
  }

  startField(name: string): this {
    return this.#start(KINDS.field).add(name).#unit(SEPARATOR);
  }

  add(text: string): this {
    let high = this.#high;
    let low = this.#low;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
    this.#high = high;
    this.#low = low;
    return this;
  }

  /** As `add`, of a text that stands in bytes; false where they are not all ASCII: the hash is of no use then. */
  addAscii(bytes: Uint8Array, start: number, end: number): boolean {
    let high = this.#high;
    let low = this.#low;
    let all = 0;
    for (let at = start; at < end; at += 1) {
      const unit = bytes[at] ?? 0;
      all |= unit;
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
    this.#high = high;
    this.#low = low;
    return all < 0x80;
  }

  /** Adds the hex digits of the bytes, and writes them into `hex`. */
  addHex(hex: Uint8Array, bytes: Uint8Array, start: number, length: number): this {
    let high = this.#high;
    let low = this.#low;
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[start + index] ?? 0;
      const first = HEX_DIGITS[byte >>> 4] ?? 0;
      const second = HEX_DIGITS[byte & 15] ?? 0;
      hex[2 * index] = first;
      hex[2 * index + 1] = second;
      high = Math.imul(Math.imul(high ^ first, 0x9e3779b1) ^ second, 0x9e3779b1);
      low = Math.imul(Math.imul(low ^ first, 0x5f356495) ^ second, 0x5f356495);
    }
    this.#high = high;
    this.#low = low;
    return this;
  }

  /** Adds the bytes up to the first that is no letter and no digit, lower-cased, and gives its place: see `asciiWordUnits`. */
  addAsciiWord(bytes: Uint8Array, start: number, end: number, unitOf: Uint8Array): number {
    let high = this.#high;
    let low = this.#low;
    let at = start;
    for (; at < end; at += 1) {
      const unit = unitOf[bytes[at] ?? 0] ?? 0;
      if (unit <= ASCII_UNITS.mayJoin) break;
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
    this.#high = high;
    this.#low = low;
    return at;
  }

  /** As `add`, of a text that stands in bytes, all of them ASCII, lower-cased. */
  addLowered(bytes: Uint8Array, start: number, end: number): this {
    for (let at = start; at < end; at += 1) {
      const unit = bytes[at] ?? 0;
      this.#unit(unit >= CAPITAL_A && unit <= CAPITAL_Z ? unit | 0x20 : unit);
    }
    return this;
  }

  /** Where the hash stands now, to go on from later. */
  get state(): TokenHash {
    return { high: this.#high, low: this.#low };
  }

  resume({ high, low }: TokenHash): this {
    this.#high = high;
    this.#low = low;
    return this;
  }

  get high(): number {
    return this.#mixedHigh() >>> 0;
  }

  get low(): number {
    return this.#mixedLow() >>> 0;
  }

  /** Adds the hash to a set. */
  addTo(set: TokenSet): void {
    set.add(this.#mixedHigh(), this.#mixedLow());
  }

  #mixedHigh(): number {
    return mix(this.#high ^ (this.#low >>> 15));
  }

  #mixedLow(): number {
    return mix(this.#low ^ (this.#high >>> 13));
  }

  #start(kind: number): this {
    this.#high = Math.imul(0x9e3779b9, kind);
    this.#low = Math.imul(0x85ebca6b, kind);
    return this;
  }

  #unit(unit: number): this {
    this.#high = Math.imul(this.#high ^ unit, 0x9e3779b1);
    this.#low = Math.imul(this.#low ^ unit, 0x5f356495);
    return this;
  }
}

const HEX_DIGITS = Uint8Array.from(Buffer.from('0123456789abcdef'));
const CAPITAL_A = 0x41;
const CAPITAL_Z = 0x5a;
const SEPARATOR = UNIT_SEPARATOR.charCodeAt(0);

export const wordToken = (word: string): TokenHash => finished(new TokenHasher().startWord().add(word));
/** Of a leaf's key alone. */
export const keyToken = (key: string): TokenHash => finished(new TokenHasher().startLeaf(key));
export const leafToken = (key: string, text: string): TokenHash => finished(new TokenHasher().startLeaf(key).add(text));
export const fieldToken = (name: string, text: string): TokenHash => finished(new TokenHasher().startField(name).add(text));
/** Of the tenant's record ids that start so; see `rows/record-id.ts`. */
export const idToken = (tenant: string, prefix: string): TokenHash => fieldToken('id', `${tenant}\n${prefix}`);

function finished(hasher: TokenHasher): TokenHash {
  return { high: hasher.high, low: hasher.low };
}

/** Signed, as V8 keeps whole numbers without an object for each. */
function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

import { randomFillSync } from 'node:crypto';
import { wildcardUnit } from './template-text.ts';

/** More of a message is no help in telling it from others; it is what one message may cost at most. */
export const MAX_SHAPE_BYTES = 512;
export const MAX_SHAPE_TOKENS = 64;
/** A longer word without a digit is an id too; but some languages have no blanks. */
const MAX_WORD_BYTES = 64;
const MAX_WIDE_WORD_BYTES = 255;
/** Hex digits alone are a word of some language below. */
const MIN_HEX_BYTES = 8;
const UUID_BYTES = 36;
const DATE_BYTES = 10;
/** `12ms`, `3.5kB`. */
const MAX_UNIT_BYTES = 2;

/** What a byte is to a token. Bytes of no class part tokens. */
const DIGIT = 1;
const HEX_LETTER = 2;
const LETTER = 4;
const BEYOND_ASCII = 8;
const DASH = 16;
const DOT = 32;
const TIME_LETTER = 64;
const COLON = 128;
const IN_TIME = DIGIT | DASH | DOT | TIME_LETTER | COLON;

const CLASSES = new Uint8Array(256).map((_, byte) => {
  if (byte >= 0x80) return BEYOND_ASCII;
  const character = String.fromCharCode(byte);
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[a-fA-F]/.test(character)) return HEX_LETTER;
  if (character === 'T') return TIME_LETTER;
  if (/[a-zA-Z_]/.test(character)) return LETTER;
  return character === '-' ? DASH : character === '.' ? DOT : 0;
});

const ANY = wildcardUnit('any');
const NUM = wildcardUnit('num');
const HEX = wildcardUnit('hex');
const UUID = wildcardUnit('uuid');
const IP = wildcardUnit('ip');
const TIME = wildcardUnit('time');
const ID = wildcardUnit('id');
const REST = wildcardUnit('rest');

/** As in the loop over bytes. */
const BLANKS = new RegExp(`[${String.fromCharCode(...Array(0x21).keys(), 0x7f)}]+`, 'g');
const NEW_LINE = 0x0a;
const SPACE = 0x20;
const DELETE = 0x7f;
const COLON_BYTE = 0x3a;
const DASH_BYTE = 0x2d;
const FIRST_MULTIPLIER = 0x9e3779b1;
const SECOND_MULTIPLIER = 0x5f356495;
/** Of this process alone: rows are found by what shape they were taken for, and nobody may make messages that only seem to be of one. */
const [FIRST_SEED = 0, SECOND_SEED = 0] = randomFillSync(new Int32Array(2));

/**
 * What a message is made of: words, typed wildcards in place of what has digits in it, and what stands between. One object is used again and again.
 *
 * Two messages are of one shape exactly if they are alike but for what the wildcards stand for and for runs of blanks. Only their beginning counts,
 * up to `MAX_SHAPE_BYTES` and `MAX_SHAPE_TOKENS`, and of a stack trace what stands before its first frame.
 */
export class MessageShape {
  /** Hashes of what stands before each token with the token, twice 32 bits; equal for messages of one shape. */
  first = 0;
  second = 0;
  /** The same without the words: equal for messages that differ in words alone. */
  skeletonFirst = 0;
  skeletonSecond = 0;
  tokens = 0;
  /** Of each token: the unit of its wildcard, 0 for a word. */
  readonly kinds = new Uint8Array(MAX_SHAPE_TOKENS);
  /** Of each token that is a word, a hash that is never 0. */
  readonly words = new Int32Array(MAX_SHAPE_TOKENS);
  readonly #starts = new Int32Array(MAX_SHAPE_TOKENS);
  readonly #ends = new Int32Array(MAX_SHAPE_TOKENS);
  #bytes: Uint8Array = new Uint8Array();
  #start = 0;
  #end = 0;
  #isCut = false;

  /** Takes the shape of the UTF-8 text in these bytes, which must stay as they are while it is used. False when there is no text. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (end === start) return false;
    this.#bytes = bytes;
    this.#start = start;
    this.#isCut = end - start > MAX_SHAPE_BYTES;
    const last = this.#isCut ? start + MAX_SHAPE_BYTES : end;
    let first = 1;
    let second = 2;
    let skeletonFirst = 3;
    let skeletonSecond = 4;
    let tokens = 0;
    let separators = FIRST_SEED;
    let otherSeparators = SECOND_SEED;
    let isBlank = false;
    let at = start;
    while (at < last) {
      const byte = bytes[at] ?? 0;
      let classes = CLASSES[byte] ?? 0;
      if (classes === 0) {
        if (byte > SPACE && byte !== DELETE) {
          separators = Math.imul(separators ^ byte, FIRST_MULTIPLIER);
          otherSeparators = Math.imul(otherSeparators ^ byte, SECOND_MULTIPLIER);
          isBlank = false;
        } else {
          if (byte === NEW_LINE && isStackFrame(bytes, at + 1, end)) {
            this.#isCut = true;
            break;
          }
          if (!isBlank) {
            separators = Math.imul(separators ^ SPACE, FIRST_MULTIPLIER);
            otherSeparators = Math.imul(otherSeparators ^ SPACE, SECOND_MULTIPLIER);
          }
          isBlank = true;
        }
        at += 1;
        continue;
      }
      const tokenStart = at;
      let all = 0;
      for (;;) {
        all |= classes;
        at += 1;
        if (at >= last) break;
        const before = classes;
        classes = CLASSES[bytes[at] ?? 0] ?? 0;
        if (classes === 0 && isColonInTime(bytes, at, last, all)) classes = COLON;
        // A number and its counter, as in 3건, are two.
        if (classes === 0 || (before | classes) === (DIGIT | BEYOND_ASCII)) break;
      }
      const isHalf = at === last && this.#isCut;
      const isLong = at - tokenStart > ((all & BEYOND_ASCII) === 0 ? MAX_WORD_BYTES : MAX_WIDE_WORD_BYTES);
      if (tokens === MAX_SHAPE_TOKENS || (isHalf && !isLong)) {
        this.#isCut = true;
        at = tokenStart;
        break;
      }
      const kind = (all & DIGIT) !== 0 ? kindOfDigits(bytes, tokenStart, at, all) : isLong ? ID : isHex(all, at - tokenStart) ? HEX : 0;
      this.kinds[tokens] = kind;
      this.#starts[tokens] = tokenStart;
      this.#ends[tokens] = at;
      tokens += 1;
      skeletonFirst = Math.imul((skeletonFirst ^ separators) + kind, FIRST_MULTIPLIER);
      skeletonSecond = Math.imul((skeletonSecond ^ otherSeparators) + kind, SECOND_MULTIPLIER);
      if (kind === 0) {
        let hash = FIRST_SEED;
        let otherHash = SECOND_SEED;
        for (let place = tokenStart; place < at; place += 1) {
          const unit = bytes[place] ?? 0;
          hash = Math.imul(hash ^ unit, FIRST_MULTIPLIER);
          otherHash = Math.imul(otherHash ^ unit, SECOND_MULTIPLIER);
        }
        const word = (hash ^ (hash >>> 15)) | 1;
        this.words[tokens - 1] = word;
        first = Math.imul(first ^ word, FIRST_MULTIPLIER) + tokens;
        second = Math.imul(second ^ otherHash ^ (otherHash >>> 15), SECOND_MULTIPLIER) ^ (at - tokenStart);
      } else this.words[tokens - 1] = 0;
      separators = FIRST_SEED;
      otherSeparators = SECOND_SEED;
      isBlank = false;
    }
    this.#end = at;
    this.tokens = tokens;
    skeletonFirst = Math.imul(skeletonFirst ^ separators, FIRST_MULTIPLIER) + (this.#isCut ? 1 : 0);
    skeletonSecond = Math.imul(skeletonSecond ^ otherSeparators, SECOND_MULTIPLIER) + tokens;
    this.skeletonFirst = skeletonFirst;
    this.skeletonSecond = skeletonSecond;
    this.first = mix(first ^ skeletonFirst);
    this.second = mix(second ^ skeletonSecond);
    return true;
  }

  /** The text of a token. */
  tokenText(token: number): string {
    return this.#text(this.#starts[token] ?? 0, this.#ends[token] ?? 0);
  }

  /** The template of messages of this shape that may differ also in the words of these tokens; in none where nothing is given. */
  templateText(isAny: (token: number) => boolean = () => false): string {
    let text = '';
    let at = this.#start;
    for (let token = 0; token < this.tokens; token += 1) {
      const start = this.#starts[token] ?? 0;
      const end = this.#ends[token] ?? 0;
      const kind = isAny(token) ? ANY : (this.kinds[token] ?? 0);
      text += this.#separators(at, start) + (kind === 0 ? this.#text(start, end) : String.fromCharCode(kind));
      at = end;
    }
    return text + this.#separators(at, this.#end) + (this.#isCut ? String.fromCharCode(REST) : '');
  }

  #separators(start: number, end: number): string {
    return this.#text(start, end).replace(BLANKS, ' ');
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start).toString();
  }
}

/** A stack trace's frames begin with `at ` on lines of their own; they say where, the line before says what. */
function isStackFrame(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && (bytes[at] === SPACE || bytes[at] === 0x09)) at += 1;
  return at > from && bytes[at] === 0x61 && bytes[at + 1] === 0x74 && bytes[at + 2] === SPACE;
}

/** `12:30:00`, `10.0.0.1:80`: but not the colon after a word. */
function isColonInTime(bytes: Uint8Array, at: number, end: number, classes: number): boolean {
  if (bytes[at] !== COLON_BYTE || (classes & ~IN_TIME) !== 0 || at + 1 >= end) return false;
  return CLASSES[bytes[at - 1] ?? 0] === DIGIT && CLASSES[bytes[at + 1] ?? 0] === DIGIT;
}

/** The kind of a token that has a digit. */
function kindOfDigits(bytes: Uint8Array, start: number, end: number, classes: number): number {
  const length = end - start;
  if (classes === DIGIT) return NUM;
  if ((classes & ~(DIGIT | HEX_LETTER)) === 0 && length >= MIN_HEX_BYTES) return HEX;
  if ((classes & ~(DIGIT | HEX_LETTER | DASH)) === 0 && length === UUID_BYTES && hasUuidDashes(bytes, start)) return UUID;
  if (classes === (DIGIT | LETTER) && isVersion(bytes, start, end)) return 0;
  let dots = 0;
  let dashes = 0;
  let colons = 0;
  let letters = 0;
  let lastDigit = start;
  for (let at = start; at < end; at += 1) {
    switch (CLASSES[bytes[at] ?? 0] ?? 0) {
      case DIGIT:
        lastDigit = at;
        break;
      case DOT:
        dots += 1;
        break;
      case DASH:
        dashes += 1;
        break;
      case 0:
        colons += 1;
        break;
      default:
        letters += 1;
    }
  }
  const isSigned = bytes[start] === DASH_BYTE;
  const beginsWithDigit = CLASSES[bytes[start + (isSigned ? 1 : 0)] ?? 0] === DIGIT;
  // Words are told from values by this: see `isValueWord`.
  if (letters > MAX_UNIT_BYTES) return ID;
  if ((classes & ~IN_TIME) === 0 && beginsWithDigit && dashes >= 2 && !isSigned && length >= DATE_BYTES) return TIME;
  if (colons > 0) return dots >= 3 ? IP : colons >= 2 ? TIME : NUM;
  if (classes === (DIGIT | DOT)) return dots === 3 ? IP : NUM;
  const isNumber = beginsWithDigit && dashes === (isSigned ? 1 : 0) && letters === end - 1 - lastDigit;
  if (isNumber) return NUM;
  // A date whose zone is a letter: 2026-11-26T15:00:00Z.
  if (beginsWithDigit && dashes >= 2 && (classes & TIME_LETTER) !== 0) return TIME;
  return ID;
}

function hasUuidDashes(bytes: Uint8Array, start: number): boolean {
  return (
    bytes[start + 8] === DASH_BYTE && bytes[start + 13] === DASH_BYTE && bytes[start + 18] === DASH_BYTE && bytes[start + 23] === DASH_BYTE
  );
}

function isHex(classes: number, length: number): boolean {
  return classes === HEX_LETTER && length >= MIN_HEX_BYTES;
}

/** `v1` says which interface, not which record. */
function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= 3 && (bytes[start] === 0x76 || bytes[start] === 0x56) && CLASSES[bytes[start + 1] ?? 0] === DIGIT;
}

function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

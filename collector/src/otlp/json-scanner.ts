import { ThreadlineError } from '../errors.ts';
import { LIMITS } from './limits.ts';

/** A number as it is written: every digit of it, since 64-bit integers do not fit a JavaScript number. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHITESPACE = /[ \t\n\r]*/y;
/** A backslash, or a character below the space, which a JSON string may hold only escaped. */
const ESCAPE_OR_CONTROL = /[^ -[\]-\uffff]/;

/** What begins at a place of a JSON text. */
export type JsonToken = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/**
 * Reads JSON tokens from a text, strictly as RFC 8259 has them. Errors are `malformed_body` and name the character.
 * Strings come out well-formed: half of a surrogate pair becomes U+FFFD, which is what any storage of UTF-8 would make of it.
 */
export class JsonScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** What comes next, which is not read by this. */
  peek(): JsonToken {
    this.#skipWhitespace();
    const character = this.#text[this.#position];
    if (character === '"') return 'string';
    if (character === '{') return 'object';
    if (character === '[') return 'array';
    if (character === 't' || character === 'f') return 'boolean';
    if (character === 'n') return 'null';
    if (character === '-' || (character !== undefined && character >= '0' && character <= '9')) return 'number';
    throw this.malformed('a value');
  }

  /** Reads the character when it is the next one. */
  accept(character: string): boolean {
    this.#skipWhitespace();
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  expect(character: string): void {
    if (!this.accept(character)) throw this.malformed(`"${character}"`);
  }

  expectEnd(): void {
    this.#skipWhitespace();
    if (this.#position < this.#text.length) throw this.malformed('the end');
  }

  readString(): string {
    this.expect('"');
    const start = this.#position;
    let quote = this.#text.indexOf('"', start);
    while (quote !== -1 && this.#isEscaped(quote, start)) quote = this.#text.indexOf('"', quote + 1);
    if (quote === -1) throw this.malformed('the end of the string', this.#text.length);
    this.#position = quote + 1;
    const raw = this.#text.slice(start, quote);
    return ESCAPE_OR_CONTROL.test(raw) ? this.#unescape(raw, start) : raw.toWellFormed();
  }

  /** The number's own characters. */
  readNumber(): string {
    this.#skipWhitespace();
    NUMBER.lastIndex = this.#position;
    const match = NUMBER.exec(this.#text)?.[0];
    if (match === undefined) throw this.malformed('a number');
    this.#position += match.length;
    return match;
  }

  readBoolean(): boolean {
    const isTrue = this.#text[this.#position] === 't';
    this.#word(isTrue ? 'true' : 'false');
    return isTrue;
  }

  readNull(): void {
    this.#word('null');
  }

  /** Reads past one value whatever it is; it has to be JSON all the same. */
  skipValue(): void {
    const closers: string[] = [];
    do {
      const opened = this.#skipToken();
      if (opened) {
        closers.push(opened);
        if (closers.length > LIMITS.nesting) throw this.malformed(`at most ${LIMITS.nesting} objects and arrays inside one another`);
      }
      if (!this.#closeOrContinue(closers, opened !== undefined)) return;
    } while (closers.length > 0);
  }

  malformed(expected: string, at = this.#position): ThreadlineError {
    return new ThreadlineError('malformed_body', `not valid JSON: expected ${expected} at character ${at}`, { position: at });
  }

  /** Reads a scalar whole, of an object or an array only its beginning; answers with what closes that. */
  #skipToken(): string | undefined {
    switch (this.peek()) {
      case 'object':
        this.expect('{');
        return '}';
      case 'array':
        this.expect('[');
        return ']';
      case 'string':
        this.readString();
        return undefined;
      case 'number':
        this.readNumber();
        return undefined;
      case 'boolean':
        this.readBoolean();
        return undefined;
      case 'null':
        this.readNull();
        return undefined;
    }
  }

  /** Goes to where the next value begins; false when there is none. */
  #closeOrContinue(closers: string[], isFresh: boolean): boolean {
    let first = isFresh;
    for (;;) {
      const closer = closers.at(-1);
      if (closer === undefined) return false;
      if (this.accept(closer)) {
        closers.pop();
        first = false;
        continue;
      }
      if (!first) this.expect(',');
      if (closer === '}') {
        this.readString();
        this.expect(':');
      }
      return true;
    }
  }

  #isEscaped(quote: number, start: number): boolean {
    let backslashes = 0;
    while (quote - backslashes > start && this.#text[quote - 1 - backslashes] === '\\') backslashes++;
    return backslashes % 2 === 1;
  }

  #unescape(raw: string, start: number): string {
    try {
      const text: unknown = JSON.parse(`"${raw}"`);
      return String(text).toWellFormed();
    } catch (cause) {
      throw new ThreadlineError(
        'malformed_body',
        `not valid JSON: the string at character ${start} has a bad escape or a control character`,
        {
          cause,
          position: start,
        },
      );
    }
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#position)) throw this.malformed(word);
    this.#position += word.length;
  }

  #skipWhitespace(): void {
    const code = this.#text.charCodeAt(this.#position);
    if (code > 0x20) return;
    WHITESPACE.lastIndex = this.#position;
    this.#position += WHITESPACE.exec(this.#text)?.[0].length ?? 0;
  }
}

import { type QueryErrorCode, QuerySyntaxError } from './errors.ts';
import { MAX_WILDCARDS } from './limits.ts';

/** A run of a term: literal text with the place of each of its UTF-16 units in the query, or a wildcard that was not escaped. */
export type TermPart =
  | { readonly type: 'literal'; readonly text: string; readonly positions: readonly number[] }
  | { readonly type: 'any' | 'one'; readonly position: number };

/** A word or value as it stands in the query: escapes resolved, neighbouring literals joined, runs of `*` made one. */
export interface Term {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  readonly parts: readonly TermPart[];
}

const WHITESPACE = /\s/;
const WORD_CHARACTER = /[A-Za-z0-9]/;
const HEX_UNIT = /^[0-9a-fA-F]{4}$/;

/** The text of a term without wildcards; of one with wildcards, its literals. */
export function termText(term: Term): string {
  return term.parts.map((part) => (part.type === 'literal' ? part.text : '')).join('');
}

/** The first wildcard of a term that is not escaped. */
export function firstWildcard(term: Term): Exclude<TermPart, { type: 'literal' }> | undefined {
  for (const part of term.parts) if (part.type !== 'literal') return part;
  return undefined;
}

/** Reads a query's text from left to right; knows escapes, quotes and wildcards, nothing of the grammar. */
export class QueryScanner {
  readonly text: string;
  index = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The character at the index; empty at the end. */
  peek(): string {
    return this.text.charAt(this.index);
  }

  atEnd(): boolean {
    return this.index >= this.text.length;
  }

  atWhitespace(): boolean {
    return WHITESPACE.test(this.peek());
  }

  skipWhitespace(): void {
    while (this.atWhitespace()) this.index += 1;
  }

  /** Takes the text if it is next. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.index)) return false;
    this.index += text.length;
    return true;
  }

  /** Takes the keyword if it stands alone: before white space, a parenthesis, a quote or the end. */
  takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.index += keyword.length;
    return true;
  }

  isKeyword(keyword: string): boolean {
    if (!this.text.startsWith(keyword, this.index)) return false;
    const next = this.text.charAt(this.index + keyword.length);
    return next === '' || '()"'.includes(next) || WHITESPACE.test(next);
  }

  /** Reads up to white space or one of `stops` that is not escaped; the term may be empty. */
  readTerm(stops: string): Term {
    const builder = new TermBuilder(this.index);
    while (!this.atEnd() && !this.atWhitespace() && !stops.includes(this.peek())) {
      const character = this.peek();
      if (character === '\\') this.readEscape(builder);
      else if (character === '*' || character === '?') builder.addWildcard(character === '*' ? 'any' : 'one', this.index++);
      else builder.addLiteral(character, this.index++);
    }
    return builder.build(this.index, false);
  }

  /** Reads a quoted term; the index is at its opening quote. Wildcards mean nothing in it. */
  readQuoted(): Term {
    const builder = new TermBuilder(this.index++);
    while (!this.take('"')) {
      if (this.atEnd()) throw this.error('unterminated_string', 'The quote that opens here is never closed', builder.start, ['"']);
      if (this.peek() === '\\') this.readEscape(builder);
      else builder.addLiteral(this.peek(), this.index++);
    }
    return builder.build(this.index, true);
  }

  error(code: QueryErrorCode, message: string, position: number, expected: readonly string[]): QuerySyntaxError {
    return new QuerySyntaxError(code, message, { position, expected });
  }

  /** `unexpected_end` at the end of the text, else `unexpected_character` at the index. */
  unexpected(expected: readonly string[], message = 'This character has no meaning here'): QuerySyntaxError {
    if (this.atEnd()) return this.error('unexpected_end', 'The query ends too early', this.text.length, expected);
    return this.error('unexpected_character', message, this.index, expected);
  }

  private readEscape(builder: TermBuilder): void {
    const start = this.index++;
    const escaped = this.peek();
    if (escaped === '') throw this.error('invalid_escape', 'Nothing follows the backslash', start, ['the character to escape', '\\\\']);
    if (escaped === 'u') {
      const digits = this.text.slice(this.index + 1, this.index + 5);
      if (!HEX_UNIT.test(digits)) throw this.error('invalid_escape', 'Four hexadecimal digits follow \\u', start, ['\\u0041', '\\\\']);
      this.index += 5;
      builder.addLiteral(String.fromCharCode(Number.parseInt(digits, 16)), start);
      return;
    }
    if (WORD_CHARACTER.test(escaped)) {
      throw this.error('invalid_escape', 'Letters and digits are not escaped; a backslash itself is \\\\', start, ['\\\\']);
    }
    this.index += 1;
    builder.addLiteral(escaped, start);
  }
}

class TermBuilder {
  readonly start: number;
  readonly #parts: TermPart[] = [];
  #text = '';
  #positions: number[] = [];
  #wildcards = 0;

  constructor(start: number) {
    this.start = start;
  }

  addLiteral(unit: string, position: number): void {
    this.#text += unit;
    this.#positions.push(position);
  }

  addWildcard(type: 'any' | 'one', position: number): void {
    this.#endLiteral();
    if (type === 'any' && this.#parts.at(-1)?.type === 'any') return;
    this.#wildcards += 1;
    if (this.#wildcards > MAX_WILDCARDS) {
      const expected = [`at most ${MAX_WILDCARDS} wildcards in a pattern`];
      throw new QuerySyntaxError('too_complex', 'The pattern has too many wildcards', { position, expected });
    }
    this.#parts.push({ type, position });
  }

  build(end: number, quoted: boolean): Term {
    this.#endLiteral();
    return { start: this.start, end, quoted, parts: this.#parts };
  }

  #endLiteral(): void {
    if (this.#text === '') return;
    this.#parts.push({ type: 'literal', text: this.#text, positions: this.#positions });
    this.#text = '';
    this.#positions = [];
  }
}

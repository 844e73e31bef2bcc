import { type PatternPart, tokenize, visitAsciiWords } from '@threadline/query-language';
import { compilePattern } from '../../../model/linear-regex.ts';
import { hasPhrase, phraseTest, type ShapeTest, wordTest } from '../../patterns/shape-words.ts';
import type { ColumnName } from '../columns.ts';
import type { TableName } from '../layout.ts';
import type { TextPage } from '../parquet/decode-column.ts';
import type { TextColumn } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';
import { splitWords } from '../words.ts';
import { needleOf, rowAt, rowsEqual, rowsWhereText } from './match-columns.ts';
import { shapeMatcher } from './match-shapes.ts';
import { matchTexts } from './match-texts.ts';
import { addRows, countRows, noRows, type RowMask, without } from './row-mask.ts';

/** The text that a record's words are of. */
const MESSAGE_COLUMNS: Readonly<Record<TableName, ColumnName>> = { logs: 'message', spans: 'name' };
/** What stands in no text, but lower-cased is an ASCII letter: KELVIN SIGN and LATIN CAPITAL LETTER I WITH DOT ABOVE. */
const LOWERED_TO_ASCII = ['\u212a', '\u0130'].map((character) => Buffer.from(character));

/** What is looked for among a record's words, lower-cased as `tokenize` gives them. */
interface WordSearch {
  readonly test: (words: readonly string[]) => boolean;
  /** Part of one word of every record that is looked for; empty for none. */
  readonly literal: string;
  readonly ofShape: ShapeTest;
}

type WordMatcher = (page: Page, mask: RowMask) => RowMask;

/** Rows with these words behind each other; at least one. */
export function phraseMatcher(phrase: readonly string[], table: TableName): WordMatcher {
  return wordMatcher({ test: (words) => hasPhrase(words, phrase), literal: longestOf(phrase), ofShape: phraseTest(phrase) }, table);
}

/** Rows with a word of the pattern. `check` as of `compileRegex`. */
export function wordPatternMatcher(pattern: readonly PatternPart[], table: TableName, check: () => void): WordMatcher {
  const literals = pattern.flatMap((part) => (part.type === 'literal' ? [part.text] : []));
  const word = compilePattern(pattern, check);
  const test = (text: string): boolean => word.test(text);
  return wordMatcher({ test: (words) => words.some(test), literal: longestOf(literals), ofShape: wordTest(test, literals) }, table);
}

/** Rows whose record has a message. */
export function hasMessage(table: TableName): WordMatcher {
  const isThere = (column: TextColumn, mask: RowMask): RowMask => rowsWhereText(column, (text) => text !== '', mask);
  const hasWords = matchTexts('words', isThere);
  const hasText = matchTexts(MESSAGE_COLUMNS[table], isThere);
  return (page, mask) => {
    const found = hasWords(page, mask).slice();
    addRows(found, hasText(page, mask));
    return found;
  };
}

function longestOf(texts: readonly string[]): string {
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
}

function wordMatcher(search: WordSearch, table: TableName): WordMatcher {
  const name = MESSAGE_COLUMNS[table];
  const ofText = matchTexts(name, messageMatcher(search));
  const ofMessage = table === 'logs' ? shapeMatcher(search.ofShape, ofText) : ofText;
  const ofWords = matchTexts('words', (column, mask) => rowsWhereText(column, (words) => search.test(splitWords(words)), mask));
  const hasNoWords = matchTexts('words', (column, mask) => rowsEqual(column, needleOf(''), mask));
  return (page, mask) => {
    const left = hasNoWords(page, mask);
    const found = ofMessage(page, left);
    if (countRows(left) === countRows(mask)) return found;
    const all = ofWords(page, without(mask, left)).slice();
    addRows(all, found);
    return all;
  };
}

function messageMatcher({ test, literal }: WordSearch): (column: TextColumn, mask: RowMask) => RowMask {
  const isAscii = isAsciiText(literal);
  const ofText = (message: string): boolean => message !== '' && test(tokenize(message).map(({ text }) => text));
  return (column, mask) => {
    if (column.entries) return rowsWhereText(column, ofText, mask);
    const reader = new LoweredPage(column, mask.length);
    const found = noRows(mask.length);
    const candidates = isAscii ? reader.rowsWith(literal, mask) : reader.otherRows(mask);
    for (let row = candidates.indexOf(1); row !== -1; row = candidates.indexOf(1, row + 1)) if (test(reader.words(row))) found[row] = 1;
    return found;
  };
}

/** The messages of a page, lower-cased as far as they are ASCII. */
class LoweredPage {
  readonly #bytes: Buffer;
  readonly #starts: Int32Array;
  readonly #first: number;
  readonly #rows: number;
  /** Latin-1 of all bytes, lower-cased: what other characters' bytes look like changes too, but no ASCII one, and no place. */
  readonly #text: string;
  readonly #words: string[] = [];

  constructor({ bytes, starts }: TextPage, rows: number) {
    this.#bytes = bytes;
    this.#starts = starts;
    this.#first = starts[0] ?? 0;
    this.#rows = rows;
    this.#text = bytes.toString('latin1', this.#first, starts[rows]).toLowerCase();
  }

  /** Rows of the mask in whose words the literal, which is ASCII, may stand. */
  rowsWith(literal: string, mask: RowMask): RowMask {
    if (literal === '') return mask;
    const found = noRows(this.#rows);
    let row = 0;
    for (let at = this.#text.indexOf(literal); at !== -1 && row < this.#rows; ) {
      row = rowAt(this.#starts, this.#first + at, row);
      const end = (this.#starts[row + 1] ?? 0) - this.#first;
      const isWhole = at + literal.length <= end;
      if (isWhole) {
        found[row] = mask[row] ?? 0;
        row += 1;
      }
      at = this.#text.indexOf(literal, isWhole ? end : at + 1);
    }
    if (LOWERED_TO_ASCII.some((character) => this.#bytes.includes(character, this.#first))) addRows(found, this.otherRows(mask));
    return found;
  }

  /** Rows of the mask that are not all ASCII. Only they can have a word with another character in it. */
  otherRows(mask: RowMask): RowMask {
    return mask.map((wanted, row) => (wanted === 1 && !this.#isAscii(row) ? 1 : 0));
  }

  /** The words of a row; good until the next call. */
  words(row: number): readonly string[] {
    const start = this.#starts[row] ?? 0;
    const end = this.#starts[row + 1] ?? 0;
    if (!this.#isAscii(row)) return tokenize(this.#bytes.toString('utf8', start, end)).map(({ text }) => text);
    this.#words.length = 0;
    visitAsciiWords(this.#bytes, start, end, this.#addWord);
    return this.#words;
  }

  readonly #addWord = (start: number, end: number): void => {
    this.#words.push(this.#text.slice(start - this.#first, end - this.#first));
  };

  #isAscii(row: number): boolean {
    const end = this.#starts[row + 1] ?? 0;
    let all = 0;
    for (let at = this.#starts[row] ?? 0; at < end; at += 1) all |= this.#bytes[at] ?? 0;
    return all < 0x80;
  }
}

function isAsciiText(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) >= 0x80) return false;
  return true;
}

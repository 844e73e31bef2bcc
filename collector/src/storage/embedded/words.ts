import { tokenize } from '@threadline/query-language';
import type { TokenWriter } from './filter/token-writer.ts';

/** Between the words of the column `words`, and at its ends: no word has one. A phrase is then a substring. */
export const WORD_SEPARATOR = ' ';

/** The column of a message's words, whose tokens are written. Never empty: without any word it is a lone separator. */
export function encodeWords(message: string, tokens: TokenWriter): string {
  let words = WORD_SEPARATOR;
  for (const { text } of tokenize(message)) {
    tokens.word(text);
    words += text + WORD_SEPARATOR;
  }
  return words;
}

import { tokenize } from '@threadline/query-language';

/** Between the words of the column `words`, and at its ends: no word has one. A phrase is then a substring. */
export const WORD_SEPARATOR = ' ';

/** The column of a message's words; null when there is no message. Without any word it is a lone separator. */
export function encodeWords(message: string | undefined): string | null {
  if (message === undefined) return null;
  let words = WORD_SEPARATOR;
  for (const { text } of tokenize(message)) words += text + WORD_SEPARATOR;
  return words;
}

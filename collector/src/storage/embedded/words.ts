import { tokenize } from '@threadline/query-language';
import type { TokenWriter } from './filter/token-writer.ts';

/** Between the words of the column `words`, and at its ends: no word has one. */
const WORD_SEPARATOR = ' ';

/** Words as one text. Never empty: without any word it is a lone separator. */
export function joinWords(words: Iterable<{ readonly text: string }>): string {
  let joined = WORD_SEPARATOR;
  for (const { text } of words) joined += text + WORD_SEPARATOR;
  return joined;
}

/** What `joinWords` joined. */
export function splitWords(joined: string): string[] {
  return joined.split(WORD_SEPARATOR).filter((word) => word !== '');
}

/**
 * The column of a message's words, whose tokens are written: empty where the record's row has the message itself (`kept`), whose words are found
 * there.
 */
export function encodeWords(message: string, kept: string, tokens: TokenWriter): string {
  const words = tokenize(message);
  for (const { text } of words) tokens.word(text);
  return kept === message && kept !== '' ? '' : joinWords(words);
}

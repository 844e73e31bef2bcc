import { lowerCase } from './lower-case.ts';
import { CLASS_COUNT } from './word-break.generated.ts';
import { wordTables } from './word-tables.ts';

/** Most UTF-16 units of a word: a longer run of letters is cut into words of this length. Source: Lucene's StandardTokenizer. */
export const MAX_WORD_LENGTH = 255;

/** A word of a text: lower-cased, with its place in UTF-16 units, `end` exclusive. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The words of a text, in order: exactly those of Lucene's StandardTokenizer and its lower-case filter, which Elasticsearch's
 * `standard` analyzer is made of. A word is the longest run that the automaton of word-break.generated.ts accepts.
 */
export function tokenize(text: string): Word[] {
  const { classOfUnit, blockOffsets, classOfBlock, transitions, accepts } = wordTables();
  const words: Word[] = [];
  const length = text.length;
  let start = 0;
  while (start < length) {
    // Half a pair is in no word, so one that the limit parts ends the word before it.
    const limit = Math.min(start + MAX_WORD_LENGTH, length);
    let state = CLASS_COUNT;
    let index = start;
    let end = 0;
    // Whether the word may differ from its text: a capital or anything beyond ASCII.
    let needsLowering = false;
    let endNeedsLowering = false;
    while (index < limit) {
      const unit = text.charCodeAt(index);
      let characterClass = classOfUnit[unit] ?? 0;
      let next = index + 1;
      if ((unit & 0xfc00) === 0xd800 && next < limit) {
        const low = text.charCodeAt(next);
        if ((low & 0xfc00) === 0xdc00) {
          const codePoint = ((unit & 0x3ff) << 10) + (low & 0x3ff) + 0x10000;
          characterClass = classOfBlock[(blockOffsets[codePoint >> 8] ?? 0) + (codePoint & 0xff)] ?? 0;
          next += 1;
        }
      }
      state = transitions[state + characterClass] ?? 0;
      if (state === 0) break;
      needsLowering ||= unit >= 0x80 || (unit >= 0x41 && unit <= 0x5a);
      index = next;
      if (accepts[state] === 1) {
        end = index;
        endNeedsLowering = needsLowering;
      }
    }
    if (end === 0) {
      // No word begins here. The second half of a pair begins none either, so one unit at a time is right.
      start += 1;
      continue;
    }
    const word = text.slice(start, end);
    words.push({ text: endNeedsLowering ? lowerCase(word) : word, start, end });
    start = end;
  }
  return words;
}

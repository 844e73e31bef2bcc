import { QuerySyntaxError } from './errors.ts';
import { MAX_PHRASE_WORDS } from './limits.ts';
import { lowerCase } from './lower-case.ts';
import { type Term, type TermPart, termText } from './query-scanner.ts';
import type { PatternPart, QueryNode, TextSpan } from './syntax-tree.ts';
import { MAX_WORD_LENGTH, tokenize } from './tokenize.ts';

/**
 * What may stand for a wildcard when a literal is tried as part of one word: nothing, and one character of each class
 * that joins others to a word (letter, digit, `_`, Katakana, Hebrew, Hangul, Thai, a combining mark, a joiner, Han, Hiragana, emoji,
 * a skin tone, a flag's half, a key's cap, a tag's end).
 */
const FILLINGS: readonly string[] = [
  '',
  'a',
  '0',
  '_',
  'ア',
  'א',
  '한',
  'ก',
  '\u0301',
  '\u200d',
  '漢',
  'あ',
  '👍',
  '🏽',
  '🇪',
  '\u20e3',
  '\u{e007f}',
];

/** A term on the message: the words that follow each other, or one word's pattern. */
export function wordNode(term: Term, span: TextSpan): QueryNode {
  if (term.parts.some((part) => part.type !== 'literal')) return wordPatternNode(term, span);
  const words = tokenize(termText(term)).map((word) => word.text);
  if (words.length === 0) return { type: 'none', span };
  if (words.length > MAX_PHRASE_WORDS) {
    const place = { position: term.start, expected: [`at most ${MAX_PHRASE_WORDS} words`] };
    throw new QuerySyntaxError('too_complex', 'The phrase has too many words', place);
  }
  return { type: 'phrase', words, span };
}

/**
 * A word's pattern matches one word as a whole, so each of its literals has to fit into one word: `10.0.*` does, `user-id*` does not,
 * since the tokenizer parts it at the dash, and is refused there rather than read as something else.
 */
function wordPatternNode(term: Term, span: TextSpan): QueryNode {
  const pattern = term.parts.map((part, index): PatternPart => {
    if (part.type !== 'literal') return { type: part.type };
    requireOneWord(part, { isFirst: index === 0, isLast: index === term.parts.length - 1 });
    return { type: 'literal', text: lowerCase(part.text) };
  });
  return { type: 'wordPattern', pattern, span };
}

function requireOneWord(
  literal: Extract<TermPart, { type: 'literal' }>,
  place: { readonly isFirst: boolean; readonly isLast: boolean },
): void {
  let furthest = 0;
  for (const before of place.isFirst ? [''] : FILLINGS) {
    for (const after of place.isLast ? [''] : FILLINGS) {
      const text = before + literal.text + after;
      // No word is longer, so the rest cannot make it one.
      const first = tokenize(text.slice(0, 2 * MAX_WORD_LENGTH))[0];
      if (first === undefined || first.start > 0) continue;
      if (first.end === text.length) return;
      furthest = Math.max(furthest, first.end - before.length);
    }
  }
  const position = literal.positions[Math.min(furthest, literal.positions.length - 1)] ?? 0;
  throw new QuerySyntaxError('invalid_value', 'A pattern is of one word, and no word goes on here', {
    position,
    expected: ['one word with wildcards', 'a phrase in quotes, without wildcards'],
  });
}

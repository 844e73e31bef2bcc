import type { PatternPart, RegexNode } from '@threadline/query-language';
import { ESCAPE, ESCAPED, escapeText } from './leaf-text.ts';

/**
 * Patterns and regular expressions as RE2's syntax, which is what DuckDB's `regexp_*` functions take; always with the option
 * `s`. The text they run on is either plain or a leaf as `leaf-text.ts` writes it, where one character may be an escape and its letter.
 * Source: github.com/google/re2/wiki/Syntax.
 */
export interface RegexText {
  /** Any one character of the text. */
  readonly anyCharacter: string;
  readonly literal: (text: string) => string;
  readonly set: (ranges: readonly CodePointRange[]) => string;
}

export interface CodePointRange {
  readonly from: number;
  readonly to: number;
}

const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_CODE_POINT = 0x10ffff;

/** A column that has the value and nothing else. */
export const PLAIN_TEXT: RegexText = {
  anyCharacter: '.',
  literal: (text) => Array.from(text, codePointSource).join(''),
  set: setSource,
};

/** The words column: one character of a word is all but the space between words. */
export const WORD_TEXT: RegexText = { ...PLAIN_TEXT, anyCharacter: '[^ ]' };

const ESCAPED_CODE_POINTS = [...ESCAPED].map(([character, escaped]) => ({ codePoint: character.codePointAt(0) ?? 0, escaped }));
const FIRST_ESCAPED = Math.min(...ESCAPED_CODE_POINTS.map(({ codePoint }) => codePoint));
const LAST_ESCAPED = Math.max(...ESCAPED_CODE_POINTS.map(({ codePoint }) => codePoint));

/** One leaf's text inside a column of leaves: never runs over its separators. */
export const LEAF_TEXT: RegexText = {
  anyCharacter: `(?:[^\\x{1d}-\\x{1f}]|${codePointSource(ESCAPE)}[A-C])`,
  literal: (text) => PLAIN_TEXT.literal(escapeText(text)),
  set: (ranges) => {
    const escapes = ESCAPED_CODE_POINTS.filter(({ codePoint }) => ranges.some(({ from, to }) => from <= codePoint && codePoint <= to));
    const plain = ranges.flatMap(({ from, to }) => [
      { from, to: Math.min(to, FIRST_ESCAPED - 1) },
      { from: Math.max(from, LAST_ESCAPED + 1), to },
    ]);
    return `(?:${[setSource(plain), ...escapes.map(({ escaped }) => PLAIN_TEXT.literal(escaped))].join('|')})`;
  },
};

/** The pattern, not anchored. */
export function patternSource(pattern: readonly PatternPart[], text: RegexText): string {
  return pattern
    .map((part) => (part.type === 'literal' ? text.literal(part.text) : part.type === 'any' ? `${text.anyCharacter}*` : text.anyCharacter))
    .join('');
}

/** The regular expression, not anchored. */
export function regexSource(node: RegexNode, text: RegexText): string {
  switch (node.type) {
    case 'literal':
      return text.literal(node.text);
    case 'anyCharacter':
      return text.anyCharacter;
    case 'set':
      return text.set(codePointRanges(node.ranges, node.negated));
    case 'sequence':
      return node.items.map((item) => regexSource(item, text)).join('');
    case 'choice':
      return `(?:${node.options.map((option) => regexSource(option, text)).join('|')})`;
    case 'repeat':
      return repeatSource(node, text);
  }
}

/** The ranges of a set as sorted, separate ranges of code points; for a negated one the ranges between them. */
function codePointRanges(ranges: readonly { readonly from: string; readonly to: string }[], negated: boolean): CodePointRange[] {
  const sorted = ranges
    .map(({ from, to }) => ({ from: from.codePointAt(0) ?? 0, to: to.codePointAt(0) ?? 0 }))
    .sort((left, right) => left.from - right.from);
  if (!negated) return sorted;
  const between: CodePointRange[] = [];
  let next = 0;
  for (const { from, to } of sorted) {
    between.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  return [...between, { from: next, to: LAST_CODE_POINT }];
}

/** Surrogates are no characters of UTF-8: a range around them is two. Without any range left it matches nothing. */
function setSource(ranges: readonly CodePointRange[]): string {
  const valid = ranges
    .flatMap(({ from, to }) => [
      { from, to: Math.min(to, FIRST_SURROGATE - 1) },
      { from: Math.max(from, LAST_SURROGATE + 1), to },
    ])
    .filter(({ from, to }) => from <= to);
  return valid.length === 0 ? '[^\\x{0}-\\x{10FFFF}]' : `[${valid.map(({ from, to }) => `${hex(from)}-${hex(to)}`).join('')}]`;
}

/**
 * RE2 refuses counted repeats inside each other once their product passes 1,000: the outer ones are written out, which the parser's
 * limit on a regular expression's size bounds.
 */
function repeatSource(node: RegexNode & { readonly type: 'repeat' }, text: RegexText): string {
  const item = `(?:${regexSource(node.item, text)})`;
  const { min, max } = node;
  if (min <= 1 && (max === undefined || max === 1)) return `${item}${max === 1 ? (min === 1 ? '' : '?') : min === 1 ? '+' : '*'}`;
  if (!hasCount(node.item)) return `${item}{${min},${max ?? ''}}`;
  const optional = max === undefined ? `${item}*` : `(?:${item}`.repeat(max - min) + ')?'.repeat(max - min);
  return item.repeat(min) + optional;
}

function hasCount(node: RegexNode): boolean {
  switch (node.type) {
    case 'repeat':
      return node.min > 1 || (node.max ?? 1) > 1 || hasCount(node.item);
    case 'sequence':
      return node.items.some(hasCount);
    case 'choice':
      return node.options.some(hasCount);
    default:
      return false;
  }
}

function codePointSource(character: string): string {
  return hex(character.codePointAt(0) ?? 0);
}

function hex(codePoint: number): string {
  return `\\x{${codePoint.toString(16)}}`;
}

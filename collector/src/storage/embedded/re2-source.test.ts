import type { RegexNode } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { escapeText } from './leaf-text.ts';
import { LEAF_TEXT, PLAIN_TEXT, patternSource, regexSource, WORD_TEXT } from './re2-source.ts';

/** RE2's syntax as JavaScript's, for all that is ever written here. */
const matches = (source: string, text: string) => new RegExp(`^(?:${source.replaceAll('\\x{', '\\u{')})$`, 'su').test(text);
const set = (negated: boolean, ...ranges: readonly string[]): RegexNode => ({
  type: 'set',
  negated,
  ranges: ranges.map(([from = '', to = from]) => ({ from, to })),
});

describe('patternSource', () => {
  it('takes every character of a literal as itself', () => {
    const hostile = '.*+?()[]{}|\\^$-/\u0000\n😀';
    expect(matches(patternSource([{ type: 'literal', text: hostile }], PLAIN_TEXT), hostile)).toBe(true);
    expect(matches(patternSource([{ type: 'literal', text: '.' }], PLAIN_TEXT), 'a')).toBe(false);
  });

  it('lets one wildcard be one character, escaped or not, and never half of an escape', () => {
    const one = patternSource([{ type: 'one' }], LEAF_TEXT);
    for (const character of ['a', '😀', '\n', '\u001d', '\u001e', '\u001f', '\u001c', '\u0020'])
      expect(matches(one, escapeText(character))).toBe(true);
    expect(matches(one, escapeText('\u001ea'))).toBe(false);
    expect(matches(patternSource([{ type: 'any' }, { type: 'literal', text: 'B' }], LEAF_TEXT), escapeText('\u001e'))).toBe(false);
  });

  it('keeps a word pattern inside one word', () => {
    expect(matches(patternSource([{ type: 'any' }], WORD_TEXT), 'two words')).toBe(false);
  });
});

describe('regexSource', () => {
  it.each([
    ['a range', set(false, 'az'), 'm', 'A'],
    ['a negated range', set(true, 'az'), 'A', 'm'],
    ['two ranges', set(false, 'az', '09'), '5', 'Z'],
    ['what a negated set has between', set(true, '09', 'az', 'bc'), 'A', 'b'],
    ['control characters in a set', set(false, '\u0000\u0020'), '\u001e', '!'],
    ['control characters out of a negated set', set(true, '\u001e'), '\u001f', '\u001e'],
    ['a range over the surrogates', set(false, 'a\u{10ffff}'), '😀', 'A'],
    ['a set of everything, negated', set(true, '\u0000\u{10ffff}'), undefined, 'a'],
  ])('matches %s', (_, regex, inside, outside) => {
    if (inside !== undefined) expect(matches(regexSource(regex, PLAIN_TEXT), inside)).toBe(true);
    if (inside !== undefined) expect(matches(regexSource(regex, LEAF_TEXT), escapeText(inside))).toBe(true);
    expect(matches(regexSource(regex, PLAIN_TEXT), outside)).toBe(false);
    expect(matches(regexSource(regex, LEAF_TEXT), escapeText(outside))).toBe(false);
  });

  it('writes out counted repeats around others, with the same meaning', () => {
    const inner: RegexNode = { type: 'repeat', item: { type: 'literal', text: 'ab' }, min: 2, max: 3 };
    const source = regexSource({ type: 'repeat', item: inner, min: 1, max: 2 }, PLAIN_TEXT);
    const counts = Array.from({ length: 9 }, (_, count) => count).filter((count) => matches(source, 'ab'.repeat(count)));
    expect(counts).toEqual([2, 3, 4, 5, 6]);
    expect(source).toContain('{2,3}');
    const open = regexSource({ type: 'repeat', item: inner, min: 2 }, PLAIN_TEXT);
    expect([3, 4, 7, 8].map((count) => matches(open, 'ab'.repeat(count)))).toEqual([false, true, true, true]);
  });

  it.each([
    [0, undefined, [0, 1, 2]],
    [1, undefined, [1, 2]],
    [0, 1, [0, 1]],
    [1, 1, [1]],
    [2, 2, [2]],
    [0, 0, [0]],
  ])('repeats from %i to %s times', (min, max, expected) => {
    const source = regexSource(
      { type: 'repeat', item: { type: 'literal', text: 'x' }, min, ...(max !== undefined && { max }) },
      PLAIN_TEXT,
    );
    expect([0, 1, 2].filter((count) => matches(source, 'x'.repeat(count)))).toEqual(expected);
  });
});

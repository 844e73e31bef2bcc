import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuerySyntaxError } from './errors.ts';
import { formatRegex } from './format-regex.ts';
import { parseRegex } from './parse-regex.ts';
import type { RegexNode } from './syntax-tree.ts';

/** Thousands of runs take long where other tests take the processors. */
const PROPERTY_TIMEOUT_MILLIS = 60_000;

const parse = (text: string) => parseRegex(`/${text}/`, 0).regex;
const literal = (text: string): RegexNode => ({ type: 'literal', text });

function fault(text: string): string {
  try {
    parseRegex(`/${text}`, 0);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return `${error.code}@${error.position - 1}`;
    throw error;
  }
  return 'no error';
}

describe('parseRegex', () => {
  it('reads literals, any character and sets', () => {
    expect(parse('abc')).toEqual(literal('abc'));
    expect(parse('a.c')).toEqual({ type: 'sequence', items: [literal('a'), { type: 'anyCharacter' }, literal('c')] });
    expect(parse('[a-cx]')).toEqual({
      type: 'set',
      negated: false,
      ranges: [
        { from: 'a', to: 'c' },
        { from: 'x', to: 'x' },
      ],
    });
    expect(parse('[^\\]\\-^]')).toMatchObject({ negated: true, ranges: [{ from: ']' }, { from: '-' }, { from: '^' }] });
    expect(parse('[-a-]')).toMatchObject({ ranges: [{ from: '-' }, { from: 'a' }, { from: '-' }] });
    expect(parse('[👍-👎]')).toMatchObject({ ranges: [{ from: '👍', to: '👎' }] });
  });

  it('reads groups, choices and repeats', () => {
    expect(parse('a|bc')).toEqual({ type: 'choice', options: [literal('a'), literal('bc')] });
    expect(parse('ab+')).toEqual({ type: 'sequence', items: [literal('a'), { type: 'repeat', item: literal('b'), min: 1 }] });
    expect(parse('(ab)?')).toEqual({ type: 'repeat', item: literal('ab'), min: 0, max: 1 });
    expect(parse('a*')).toEqual({ type: 'repeat', item: literal('a'), min: 0 });
    expect(parse('a{3}')).toEqual({ type: 'repeat', item: literal('a'), min: 3, max: 3 });
    expect(parse('a{3,}')).toEqual({ type: 'repeat', item: literal('a'), min: 3 });
    expect(parse('a{0,12}')).toEqual({ type: 'repeat', item: literal('a'), min: 0, max: 12 });
    expect(parse('(a|b)c')).toMatchObject({ type: 'sequence', items: [{ type: 'choice' }, literal('c')] });
  });

  it('makes equal trees of equal expressions', () => {
    expect(parse('(a)(b)c')).toEqual(literal('abc'));
    expect(parse('(a|b)|c')).toEqual(parse('a|b|c'));
    expect(parse('a(b(c+))')).toEqual(parse('abc+'));
  });

  it('takes an escaped special character, and those that only other languages know, for literals', () => {
    expect(parse('\\.\\/\\*\\\\\\[')).toEqual(literal('./*\\['));
    expect(parse('a~b&c<d>e@f#g"h i')).toEqual(literal('a~b&c<d>e@f#g"h i'));
  });

  it('ends at the first slash that is not escaped', () => {
    expect(parseRegex('x:/a\\/b/ c', 2)).toEqual({ regex: literal('a/b'), end: 8 });
    expect(fault('[a/]/')).toBe('invalid_regex@0');
  });

  it('refuses every other form, where it stands', () => {
    const faults = {
      '/': 'invalid_regex@0',
      'a|/': 'invalid_regex@2',
      '()/': 'invalid_regex@1',
      '(a/': 'invalid_regex@0',
      'a)/': 'invalid_regex@1',
      '*a/': 'invalid_regex@0',
      'a**/': 'invalid_regex@2',
      'a+?/': 'invalid_regex@2',
      'a{2}{3}/': 'invalid_regex@4',
      'a{,3}/': 'invalid_regex@1',
      'a{3,2}/': 'invalid_regex@1',
      'a{x}/': 'invalid_regex@1',
      '(?:a)/': 'invalid_regex@1',
      '^a/': 'invalid_regex@0',
      'a$/': 'invalid_regex@1',
      '\\d/': 'invalid_regex@0',
      '\\w+/': 'invalid_regex@0',
      'a\\b/': 'invalid_regex@1',
      '(a)\\1/': 'invalid_regex@3',
      '[]/': 'invalid_regex@0',
      '[^]/': 'invalid_regex@0',
      '[a/': 'invalid_regex@0',
      '[z-a]/': 'invalid_regex@1',
      '[[:alpha:]]/': 'invalid_regex@1',
      '[\\d]/': 'invalid_regex@1',
      'a]/': 'invalid_regex@1',
      'a}/': 'invalid_regex@1',
    };
    for (const [text, expected] of Object.entries(faults)) expect({ [text]: fault(text) }).toEqual({ [text]: expected });
  });

  it('refuses what would make too large an automaton, or nests too deep', () => {
    expect(fault('a{1001}/')).toBe('too_complex@1');
    expect(fault('(a{100}){100}/')).toBe('too_complex@8');
    expect(fault(`${'('.repeat(5_000)}a`)).toMatch(/^too_complex/);
    expect(fault(`${'a'.repeat(5_001)}/`)).toMatch(/^too_complex/);
  });

  it('comes back from the text of the tree, and throws nothing else, whatever the text', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab.[]^-()|*+?{},\\1/2👍é'), maxLength: 16 });
    let parsed = 0;
    fc.assert(
      fc.property(text, (source) => {
        let tree: RegexNode;
        try {
          tree = parse(source);
        } catch (error) {
          if (!(error instanceof QuerySyntaxError)) throw error;
          return;
        }
        parsed += 1;
        expect(parse(formatRegex(tree))).toEqual(tree);
      }),
      { numRuns: 5_000 },
    );
    expect(parsed).toBeGreaterThan(100);
  });
});

import type { RegexNode } from '@threadline/query-language';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, compileRegex } from './linear-regex.ts';

const never = (): void => undefined;
const { node } = fc.letrec<{ node: RegexNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({ type: fc.constant('literal' as const), text: fc.constantFrom('a', 'b', 'ab', '', '😀', '\n') }),
    fc.constant({ type: 'anyCharacter' as const }),
    fc.record({
      type: fc.constant('set' as const),
      negated: fc.boolean(),
      ranges: fc.array(fc.constantFrom({ from: 'a', to: 'a' }, { from: 'a', to: 'c' }, { from: '😀', to: '😂' }), { maxLength: 2 }),
    }),
    fc.record({ type: fc.constant('sequence' as const), items: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('choice' as const), options: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc
      .record({ item: tie('node'), min: fc.nat(2), more: fc.option(fc.nat(2)) })
      .map(({ item, min, more }): RegexNode => ({ type: 'repeat', item, min, ...(more !== null && { max: min + more }) })),
  ),
}));

describe('compileRegex', () => {
  it('matches whole texts as a JavaScript expression does', () => {
    fc.assert(
      fc.property(node, fc.array(fc.constantFrom('a', 'b', 'c', '😀', '\n', 'é'), { maxLength: 6 }), (regex, characters) => {
        const text = characters.join('');
        expect(compileRegex(regex, never).test(text)).toBe(new RegExp(`^(?:${source(regex)})$`, 'su').test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('answers for what makes an expression of JavaScript go back and forth without end', () => {
    const a: RegexNode = { type: 'literal', text: 'a' };
    const nested: RegexNode = { type: 'repeat', item: { type: 'repeat', item: a, min: 1 }, min: 1 };
    const regex = compileRegex({ type: 'sequence', items: [nested, { type: 'literal', text: 'b' }] }, never);
    expect(regex.test('a'.repeat(200_000))).toBe(false);
    expect(regex.test(`${'a'.repeat(200_000)}b`)).toBe(true);
  });

  it('asks while it works whether to go on', () => {
    const states: RegexNode = {
      type: 'sequence',
      items: [
        { type: 'repeat', item: { type: 'anyCharacter' }, min: 0 },
        { type: 'literal', text: 'a' },
        { type: 'repeat', item: { type: 'anyCharacter' }, min: 400, max: 400 },
      ],
    };
    const stop = new Error('enough');
    const regex = compileRegex(states, () => {
      throw stop;
    });
    const text = Array.from({ length: 50_000 }, (_, index) => ((index * 7_919) % 13 < 6 ? 'a' : 'b')).join('');
    expect(() => regex.test(text)).toThrow(stop);
  });

  it('refuses one that is too large', () => {
    const large: RegexNode = { type: 'repeat', item: { type: 'literal', text: 'abcdefghij' }, min: 5_000, max: 5_000 };
    expect(() => compileRegex(large, never)).toThrow(expect.objectContaining({ code: 'unsupported_query' }));
  });
});

describe('compilePattern', () => {
  it('takes * for any run and ? for one character, line breaks and pairs too', () => {
    const pattern = compilePattern(
      [{ type: 'literal', text: 'a' }, { type: 'one' }, { type: 'any' }, { type: 'literal', text: 'z' }],
      never,
    );
    expect(['a😀z', 'a\nzz', 'abcz'].map((text) => pattern.test(text))).toEqual([true, true, true]);
    expect(['az', 'xa😀z', 'a😀zx'].map((text) => pattern.test(text))).toEqual([false, false, false]);
  });
});

function source(regex: RegexNode): string {
  switch (regex.type) {
    case 'literal':
      return Array.from(regex.text, quoted).join('');
    case 'anyCharacter':
      return '.';
    case 'set':
      return `[${regex.negated ? '^' : ''}${regex.ranges.map(({ from, to }) => `${quoted(from)}-${quoted(to)}`).join('')}]`;
    case 'sequence':
      return regex.items.map(source).join('');
    case 'choice':
      return `(?:${regex.options.map(source).join('|')})`;
    case 'repeat':
      return `(?:${source(regex.item)}){${regex.min},${regex.max ?? ''}}`;
  }
}

const quoted = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

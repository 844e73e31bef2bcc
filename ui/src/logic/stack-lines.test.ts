import type { StackLine } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { stackParts, stackText } from './stack-lines.ts';

const stackOf = (kinds: string): StackLine[] =>
  [...kinds].map((letter, place) => ({ text: `line ${place}`, kind: letter === 'a' ? 'app' : letter === 'l' ? 'library' : 'text' }));
const partsOf = (kinds: string) =>
  stackParts(stackOf(kinds)).map(({ place, lines, isFoldable }) => `${place}:${lines.length}${isFoldable ? ' folds' : ''}`);

describe('stackParts', () => {
  it('folds runs of library frames, and shows one alone', () => {
    expect(partsOf('taalllal')).toEqual(['0:1', '1:2', '3:3 folds', '6:1', '7:1']);
  });

  it('has every line once', () => {
    const stack = stackOf('tlllaallt');
    expect(stackText(stackParts(stack).flatMap(({ lines }) => lines))).toBe(stackText(stack));
    expect(partsOf('')).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldSequence, loopsAround, sequenceRows } from './sequence-folding.ts';

/** Letters are messages; all of them are caused by what is before the list. */
const messagesOf = (text: string) => [...text].map((signature) => ({ signature, parent: -1 }));
const fold = (text: string) => foldSequence(messagesOf(text));
/** `a3(bc)`: a, then three turns of b and c. */
function shape(nodes: ReturnType<typeof fold>, text: string): string {
  return nodes
    .map((node) => (node.type === 'message' ? text[node.message] : `${node.count}(${shape(node.turns[0] ?? [], text)})`))
    .join('');
}

describe('foldSequence', () => {
  it.each([
    ['abc', 'abc'],
    ['aab', 'aab'],
    ['aaab', '3(a)b'],
    ['xabababy', 'x3(ab)y'],
    ['abbbabbbabbbc', '3(a3(b))c'],
    ['aaaaaaaaaa', '10(a)'],
    ['abcabcab', 'abcabcab'],
  ])('folds %s to %s', (text, expected) => {
    expect(shape(fold(text), text)).toBe(expected);
  });

  it('folds only turns that one message caused, or a step of the same turn', () => {
    const signature = 'a';
    expect(foldSequence([-1, -1, -1].map((parent) => ({ signature, parent })))).toHaveLength(1);
    expect(foldSequence([-1, 0, 1, 2].map((parent) => ({ signature, parent })))).toHaveLength(4);
    const calls = Array.from({ length: 3 }, (_, turn) => [
      { signature: 'call', parent: -1 },
      { signature: 'inside', parent: turn * 2 },
    ]).flat();
    expect(foldSequence(calls)).toMatchObject([{ type: 'loop', count: 3, size: 6 }]);
  });

  it('keeps every message at its place', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 }), (letters) => {
        const text = letters.join('');
        const nodes = fold(text);
        const rows = sequenceRows(nodes, new Set(letters.keys())).filter(({ isHead }) => !isHead);
        expect(rows.map(({ message }) => message)).toEqual([...letters.keys()]);
        expect(nodes.reduce((sum, { size }) => sum + size, 0)).toBe(letters.length);
      }),
    );
  });
});

describe('sequenceRows', () => {
  it('shows of a folded loop one turn with its count, and of an open one all turns', () => {
    const nodes = fold('abababc');
    expect(sequenceRows(nodes, new Set()).map(({ message, turns, isHead, depth }) => [message, turns, isHead, depth])).toEqual([
      [0, 3, true, 0],
      [0, 1, false, 1],
      [1, 1, false, 1],
      [6, 1, false, 0],
    ]);
    expect(sequenceRows(nodes, new Set([0]))).toHaveLength(8);
  });

  it('shows a folded loop of one step as that step', () => {
    expect(sequenceRows(fold('aaa'), new Set())).toEqual([{ message: 0, turns: 3, isHead: false, depth: 0, isOpen: false }]);
  });
});

describe('loopsAround', () => {
  it('names what has to be open for a message to be seen', () => {
    expect([...loopsAround(fold('xabbbabbbabbb'))].slice(-1)).toEqual([[12, [1, 10]]]);
    expect(loopsAround(fold('abc')).size).toBe(0);
  });
});

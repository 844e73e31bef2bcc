import { describe, expect, it } from 'vitest';
import { countErrorsBefore, errorsBelow, errorsOfRepeat } from './folded-errors.ts';
import { findRepeats } from './repeats.ts';
import { hexOf, treeOf } from './trace-fixtures.ts';
import { nodeOfSpan } from './trace-tree.ts';

const ERROR_LEVEL = 4;

describe('errors of folded rows', () => {
  const tree = treeOf({
    spans: [
      { id: 'a', status: 2 },
      // The first call of the repetition is well, the fourth failed, and something below the last one.
      ...Array.from({ length: 6 }, (_, index) => ({
        id: `c${index}`,
        name: 'call',
        parent: 'a',
        start: index,
        status: index === 3 ? 2 : 0,
      })),
      { id: 'd', parent: 'c5', start: 6, status: 2 },
      { id: 'e', parent: 'a', start: 20 },
      { id: 'f', parent: 'e', start: 21 },
    ],
    logs: [{ id: 'm', span: 'f', time: 22, level: ERROR_LEVEL }],
  });
  const snapshot = { tree, errorsBefore: countErrorsBefore(tree), repeats: findRepeats(tree) };
  const at = (id: string) => nodeOfSpan(tree, hexOf(id));

  it('are those below a node, spans and records, without its own', () => {
    expect(errorsBelow(snapshot, at('a'))).toBe(3);
    expect(errorsBelow(snapshot, at('e'))).toBe(1);
    expect(errorsBelow(snapshot, at('d'))).toBe(0);
  });

  it('are those of all calls of a repetition and below them, whichever failed', () => {
    expect(errorsOfRepeat(snapshot, at('c0'))).toBe(2);
  });
});

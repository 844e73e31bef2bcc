import { describe, expect, it } from 'vitest';
import { messageWait } from './message-wait.ts';
import { SPAN_KIND } from './span-kind.ts';
import { hexOf, treeOf } from './trace-fixtures.ts';
import { nodeOfSpan } from './trace-tree.ts';

const { producer, consumer, client } = SPAN_KIND;

function waitOf(parent: { kind: number; end: number }, child: { kind: number; start: number }): number {
  const tree = treeOf({
    spans: [
      { id: 'p', start: 0, ...parent },
      { id: 'c', parent: 'p', end: 100, ...child },
    ],
  });
  return messageWait(tree, nodeOfSpan(tree, hexOf('c')));
}

describe('messageWait', () => {
  it('is from the end of the producer to the start of the consumer', () => {
    expect(waitOf({ kind: producer, end: 10 }, { kind: consumer, start: 84 })).toBe(74);
  });

  it('is nothing where the message was taken before its producer was done', () => {
    expect(waitOf({ kind: producer, end: 10 }, { kind: consumer, start: 4 })).toBe(0);
  });

  it('is nothing of calls, and of a consumer under another kind', () => {
    expect(waitOf({ kind: client, end: 10 }, { kind: consumer, start: 84 })).toBe(0);
    expect(waitOf({ kind: producer, end: 10 }, { kind: client, start: 84 })).toBe(0);
  });

  it('is nothing of a consumer whose producer has not arrived, or that has no parent', () => {
    const tree = treeOf({
      spans: [
        { id: 'c', parent: 'gone', kind: consumer, start: 50, end: 60 },
        { id: 'd', kind: consumer, start: 5, end: 6 },
      ],
    });
    expect([messageWait(tree, nodeOfSpan(tree, hexOf('c'))), messageWait(tree, nodeOfSpan(tree, hexOf('d')))]).toEqual([0, 0]);
  });
});

import { expect, it } from 'vitest';
import { findRepeats } from './repeats.ts';
import { linksOf, linksOfRepeat } from './span-links.ts';
import { hexOf, treeOf } from './trace-fixtures.ts';
import { nodeOfSpan } from './trace-tree.ts';

it('counts the links of each span, and those of all calls of a repetition', () => {
  const to = (spanId: string) => ({ traceId: 'b'.repeat(32), spanId: hexOf(spanId) });
  const calls = Array.from({ length: 6 }, (_, index) => ({
    id: `c${index}`,
    parent: 'p',
    start: index * 10,
    end: index * 10 + 5,
    name: 'take',
  }));
  const tree = treeOf({
    spans: [
      { id: 'p', end: 90, links: [to('x'), to('y')] },
      ...calls.map((call, index) => (index % 2 === 0 ? { ...call, links: [to('z')] } : call)),
    ],
    logs: [{ id: 'l', span: 'p', time: 1 }],
    linkedFrom: { c0: 3, c5: 1 },
  });
  const of = (name: string) => linksOf(tree, nodeOfSpan(tree, hexOf(name)));
  expect([of('p'), of('c0'), of('c1'), of('c4')]).toEqual([
    { to: 2, from: 0 },
    { to: 1, from: 3 },
    { to: 0, from: 0 },
    { to: 1, from: 0 },
  ]);
  expect(Array.from({ length: tree.size }, (_, node) => linksOf(tree, node)).reduce((sum, { to }) => sum + to, 0)).toBe(5);
  expect(linksOfRepeat({ tree, repeats: findRepeats(tree) }, nodeOfSpan(tree, hexOf('c0')))).toEqual({ to: 3, from: 4 });
  const without = treeOf({ spans: [{ id: 'p' }] });
  expect(linksOf(without, nodeOfSpan(without, hexOf('p')))).toEqual({ to: 0, from: 0 });
  const linked = treeOf({ spans: [{ id: 'p' }], linkedFrom: { p: 2, gone: 1 } });
  expect(linksOf(linked, nodeOfSpan(linked, hexOf('p')))).toEqual({ to: 0, from: 2 });
});

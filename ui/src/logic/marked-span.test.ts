import { describe, expect, it } from 'vitest';
import { nextMarked } from './marked-span.ts';
import { hexOf, namesOf, treeOf } from './trace-fixtures.ts';

const tree = treeOf({
  spans: [
    { id: 'a', start: 0, end: 10, status: 2 },
    { id: 'b', parent: 'a', start: 1, end: 5, status: 2 },
    { id: 'c', parent: 'gone', start: 20, end: 30 },
  ],
  logs: [{ id: 'l', span: 'b', time: 2, level: 4 }],
  unfinished: [{ traceId: 't', spanId: hexOf('u'), parentSpanId: hexOf('a'), name: 'u', kind: 2, service: 'x', startTimeUnixNano: '1006' }],
});

describe('nextMarked', () => {
  it('goes from one span with an error to the next and round again, past records', () => {
    const first = nextMarked(tree, -1, 'error');
    const second = nextMarked(tree, first, 'error');
    expect(namesOf(tree, [first, second, nextMarked(tree, second, 'error')])).toEqual(['a', '.b', 'a']);
  });

  it('finds what has not arrived and what has not ended, and says where there is none', () => {
    expect(namesOf(tree, [nextMarked(tree, -1, 'missing'), nextMarked(tree, -1, 'unfinished')])).toEqual(['?gone', '.u']);
    expect(nextMarked(treeOf({ spans: [{ id: 'a' }] }), -1, 'missing')).toBe(-1);
    expect(nextMarked(treeOf({}), -1, 'error')).toBe(-1);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { span } from './record-fixtures.ts';
import { spanTree } from './span-tree.ts';

describe('spanTree', () => {
  it('has a parent before its children, children by start, and what has no parent here at the top', () => {
    const { rows, durationNanos } = spanTree([
      span({ spanId: 'late', parentSpanId: 'root', startTimeUnixNano: '30', endTimeUnixNano: '90' }),
      span({ spanId: 'early', parentSpanId: 'root', startTimeUnixNano: '20', endTimeUnixNano: '25' }),
      span({ spanId: 'root', startTimeUnixNano: '10', endTimeUnixNano: '80' }),
      span({ spanId: 'orphan', parentSpanId: 'gone', startTimeUnixNano: '40', endTimeUnixNano: '50' }),
    ]);
    expect(rows.map(({ span: { spanId }, depth, start, duration }) => [spanId, depth, start, duration])).toEqual([
      ['root', 0, 0, 70],
      ['early', 1, 10, 5],
      ['late', 1, 20, 60],
      ['orphan', 0, 30, 10],
    ]);
    expect(durationNanos).toBe(80);
  });

  it('has every span once, whatever parents they name', () => {
    const drafts = fc.array(fc.record({ id: fc.nat(8), parent: fc.option(fc.nat(8), { nil: undefined }) }), { maxLength: 12 });
    fc.assert(
      fc.property(drafts, (list) => {
        const spans = list.map(({ id, parent }) =>
          span({ spanId: `s${id}`, ...(parent === undefined ? {} : { parentSpanId: `s${parent}` }) }),
        );
        expect(new Set(spanTree(spans).rows.map((row) => row.span))).toEqual(new Set(spans));
        expect(spanTree(spans).rows).toHaveLength(spans.length);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { treeOf } from './trace-fixtures.ts';
import { rangesByName, rangesOfService, servicesByWeight, timesOverP99, usualRangeOf } from './usual-range.ts';

const figures = (count: number) => ({ count, errors: 0, perSecond: 1, p50Millis: 1, p95Millis: 2, p99Millis: 3 });

describe('usual ranges', () => {
  const ranges = new Map([
    [
      'orders',
      rangesOfService({
        operations: [
          { name: 'POST /orders', kind: 2, figures: figures(100) },
          { name: 'rare', kind: 2, figures: figures(19) },
          { name: 'none', kind: 1, figures: { count: 30, errors: 0, perSecond: 1 } },
        ],
      }),
    ],
  ]);

  it('are of a span’s service, name and kind, where enough is known of them', () => {
    const tree = treeOf({
      spans: [
        { id: 'a', name: 'POST /orders', service: 'orders', kind: 2 },
        { id: 'b', name: 'POST /orders', service: 'orders', kind: 3, start: 1 },
        { id: 'c', name: 'rare', service: 'orders', kind: 2, start: 2 },
        { id: 'd', name: 'POST /orders', service: 'other', kind: 2, start: 3 },
        { id: 'e', name: 'none', service: 'orders', kind: 1, start: 4 },
      ],
      logs: [{ id: 'l', time: 9 }],
    });
    const rangeOf = usualRangeOf(tree, ranges);
    expect(Array.from({ length: tree.size }, (_, node) => rangeOf(node))).toEqual([
      { count: 100, p50: 1e6, p95: 2e6, p99: 3e6 },
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('say where they are of the time around the trace', () => {
    const service = { operations: [{ name: 'GET /', kind: 2, figures: figures(100) }] };
    expect([...rangesOfService(service, { isAround: true }).values()]).toEqual([
      { count: 100, p50: 1e6, p95: 2e6, p99: 3e6, isAround: true },
    ]);
  });

  it('are by name those of the most frequent kind', () => {
    const operation = (kind: number, count: number) => ({ name: 'GET /', kind, figures: figures(count) });
    expect([...rangesByName({ operations: [operation(2, 90), operation(3, 40), { ...operation(1, 19), name: 'rare' }] })]).toEqual([
      ['GET /', { count: 90, p50: 1e6, p95: 2e6, p99: 3e6 }],
    ]);
  });

  it('are left by what is over the ninety-ninth percentile clearly, by more than its bucket is wide', () => {
    const range = { count: 100, p50: 1, p95: 2, p99: 100 };
    expect(timesOverP99(210, range)).toBe(2.1);
    expect([timesOverP99(105, range), timesOverP99(50, range), timesOverP99(50, undefined)]).toEqual([undefined, undefined, undefined]);
  });
});

describe('servicesByWeight', () => {
  it('has the service of the root first, whatever its spans, then those with the most, and none without a name', () => {
    const services = [
      { name: 'one', spanCount: 1, errorCount: 0 },
      { name: 'many', spanCount: 9, errorCount: 0 },
      { name: '', spanCount: 5, errorCount: 0 },
      { name: 'root', spanCount: 1, errorCount: 0 },
    ];
    expect(servicesByWeight({ rootService: 'root', services })).toEqual(['root', 'many', 'one']);
    expect(servicesByWeight({ rootService: '', services: [] })).toEqual([]);
  });
});

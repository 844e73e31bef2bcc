import { describe, expect, it } from 'vitest';
import { findRepeats, membersOf } from './repeats.ts';
import { matchesSpan } from './span-find.ts';
import { marksApart, type SpanMark, spanMarks } from './span-marks.ts';
import { namesOf, treeOf } from './trace-fixtures.ts';
import { traceOverview } from './trace-overview.ts';

describe('spanMarks', () => {
  const tree = treeOf({
    spans: [{ id: 'a', start: 0, end: 1_000, events: [{ time: 600, name: 'exception' }] }],
    logs: [
      ...Array.from({ length: 1_000 }, (_, index) => ({ id: `i${index}`, span: 'a', time: 500, level: 2 })),
      { id: 'e', span: 'a', time: 500, level: 4 },
      { id: 'w', span: 'a', time: 900, level: 3 },
    ],
  });

  it('show the gravest record of each place, and exceptions as errors', () => {
    expect(spanMarks(tree, 0)).toEqual([
      { type: 'log', nanos: 500, level: 'ERROR' },
      { type: 'log', nanos: 900, level: 'WARN' },
      { type: 'event', nanos: 600, level: 'ERROR' },
    ]);
  });

  it('are none for a record’s own row', () => {
    expect(spanMarks(tree, 1)).toEqual([]);
  });
});

describe('findRepeats', () => {
  const calls = (parent: string, count: number, name: string) =>
    Array.from({ length: count }, (_, index) => ({ id: `${parent}${name}${index}`, parent, name, start: index * 10, end: index * 10 + 5 }));
  const tree = treeOf({
    spans: [{ id: 'p', end: 100 }, { id: 'q', parent: 'p', end: 50 }, ...calls('p', 5, 'x'), ...calls('q', 4, 'x'), ...calls('p', 4, 'y')],
  });
  const repeats = findRepeats(tree);

  it('are five equal calls of one parent and more, not those of several', () => {
    expect(repeats.groups).toBe(1);
    const [head] = [...repeats.count.entries()].find(([, count]) => count > 0) ?? [-1];
    expect([repeats.count[head], repeats.total[head]]).toEqual([5, 25]);
    expect(namesOf(tree, [...membersOf(repeats, head)])).toEqual(['.px0', '.px1', '.px2', '.px3', '.px4']);
    expect([...repeats.headOf].filter((place) => place !== -1)).toHaveLength(5);
  });

  /** Calls under one name, as clients of HTTP have them, each with who was called; empty where nobody answered. */
  const callsOf = (called: readonly string[]) =>
    treeOf({
      spans: [
        { id: 'p', end: 100, service: 'checkout' },
        ...called.flatMap((service, place) => [
          { id: `c${place}`, parent: 'p', name: 'POST', service: 'checkout', start: place * 10, end: place * 10 + 5 },
          { id: `l${place}`, parent: `c${place}`, name: 'sign', service: 'checkout', start: place * 10, end: place * 10 + 1 },
          ...(service === '' ? [] : [{ id: `s${place}`, parent: `c${place}`, service, start: place * 10 + 1, end: place * 10 + 4 }]),
        ]),
      ],
    });
  const groupsOf = (called: readonly string[]) => [...findRepeats(callsOf(called)).count].filter((count) => count > 0);

  it('are no calls of several services that have one name', () => {
    expect(groupsOf(['fraud', 'stock', 'orders', 'orders', 'orders'])).toEqual([]);
    expect(groupsOf(['fraud', 'orders', 'orders', 'orders', 'orders', 'orders', ''])).toEqual([5]);
    const tree = callsOf(['orders', 'fraud', 'orders', 'fraud', 'orders', 'fraud', 'orders', 'fraud', 'orders', 'fraud']);
    const repeats = findRepeats(tree);
    const heads = [...repeats.count.keys()].filter((node) => (repeats.count[node] ?? 0) > 0);
    expect(heads.map((head) => namesOf(tree, [...membersOf(repeats, head)]))).toEqual([
      ['.c0', '.c2', '.c4', '.c6', '.c8'],
      ['.c1', '.c3', '.c5', '.c7', '.c9'],
    ]);
    expect([repeats.groups, ...heads.map((head) => repeats.total[head])]).toEqual([2, 25, 25]);
  });

  it('are calls of one host, whatever its paths, and none of several that nobody answers here', () => {
    const groupsAt = (targets: readonly string[]) => {
      const calls = targets.map((target, index) => ({ id: `c${index}`, parent: 'p', name: 'GET', target, start: index, end: index + 1 }));
      return [...findRepeats(treeOf({ spans: [{ id: 'p', end: 90 }, ...calls] })).count].filter((count) => count > 0);
    };
    expect(groupsAt(['mail/a', 'bank', 'shop', 'taxes/b', 'files'])).toEqual([]);
    expect(groupsAt(['mail/1', 'mail/2', 'bank', 'mail/3', 'mail/4', 'mail/5'])).toEqual([5]);
    expect(groupsAt(['', '', '', '', ''])).toEqual([5]);
    expect(groupsAt(['10.0.0.1:80/a', '10.0.0.2:80/b', '10.0.0.3:80', '10.0.0.1:80', '10.0.0.4/c'])).toEqual([5]);
    expect(groupsAt(['redis a', 'redis b', 'redis a', 'redis b', 'redis a'])).toEqual([]);
  });

  it('are calls of one service, be it that some of them did not reach it', () => {
    expect(groupsOf(['orders', '', 'orders', '', 'orders'])).toEqual([5]);
  });
});

describe('matchesSpan', () => {
  it('finds names and services in any case, and no records', () => {
    const tree = treeOf({
      spans: [
        { id: 'a', name: 'POST /charge', service: 'Payments' },
        { id: 'b', name: 'GET /' },
      ],
      logs: [{ id: 'payments', time: 3 }],
    });
    const found = (text: string) => namesOf(tree, [0, 1, 2].filter(matchesSpan(tree, { text })));
    expect([found('pay'), found('get'), found('charge'), found('none')]).toEqual([['a'], ['b'], ['a'], []]);
  });
});

describe('traceOverview', () => {
  it('has a line for each span of a small trace, at its place and with its error', () => {
    const { lines, places, cells, services } = traceOverview(
      treeOf({
        spans: [
          { id: 'a', end: 800 },
          { id: 'b', parent: 'a', start: 200, end: 400, status: 2, service: 'two' },
        ],
      }),
    );
    expect([lines, places, ...services]).toEqual([2, 800, 0, 1]);
    expect(cells.slice(0, 800).every((cell) => cell === 1)).toBe(true);
    expect([cells[800 + 199], cells[800 + 200], cells[800 + 399], cells[800 + 400]]).toEqual([0, 2, 2, 0]);
  });

  it('has a bounded number of lines for any number of spans, and each span on one of them', () => {
    const spans = Array.from({ length: 5_000 }, (_, index) => ({ id: `s${index}`, start: index, end: index + 1 }));
    const { lines, cells } = traceOverview(treeOf({ spans }));
    expect(lines).toBeLessThan(100);
    expect(cells.some((cell) => cell === 1)).toBe(true);
    expect(traceOverview(treeOf({})).lines).toBe(0);
  });
});

describe('marksApart', () => {
  const mark = (nanos: number, level: SpanMark['level'] = 'UNSET'): SpanMark => ({ type: 'event', nanos, level });

  it('leaves out what would lie on another one, and never the gravest', () => {
    const marks = [mark(0), mark(4), mark(12), mark(15, 'ERROR'), mark(19), mark(31)];
    expect(marksApart(marks, 10)).toEqual([mark(0), mark(15, 'ERROR'), mark(31)]);
    expect(marksApart([mark(30), mark(10)], 10)).toEqual([mark(10), mark(30)]);
  });
});

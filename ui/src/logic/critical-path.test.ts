import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath } from './critical-path.ts';
import { drawnGapsOf, gapsOf, selfTimes } from './self-time.ts';
import { anySpans, hexOf, namesOf, type SpanDraft, treeOf } from './trace-fixtures.ts';
import { endOf, nodeOfSpan, type TraceTree } from './trace-tree.ts';
import { durationWithout, savingText } from './what-if.ts';

/** Spans inside the ones they hang under, at any times: what a correct tracer sends of synchronous calls. */
const nested = fc
  .array(fc.record({ parent: fc.nat(), from: fc.integer({ min: 0, max: 100 }), to: fc.integer({ min: 0, max: 100 }) }), { maxLength: 25 })
  .map((drafts): SpanDraft[] => {
    const spans: (SpanDraft & { start: number; end: number })[] = [{ id: 's0', start: 0, end: 100_000 }];
    for (const { parent, from, to } of drafts) {
      const above = spans[parent % spans.length];
      if (above === undefined) continue;
      const at = (share: number) => above.start + Math.floor(((above.end - above.start) * share) / 100);
      spans.push({ id: `s${spans.length}`, parent: above.id, start: at(Math.min(from, to)), end: at(Math.max(from, to)) });
    }
    return spans;
  });

function byName(tree: TraceTree, values: Float64Array): Record<string, number> {
  return Object.fromEntries(namesOf(tree).map((name, node) => [name.replace(/^\.+/, ''), values[node] ?? 0]));
}

/** a calls b and c at once, then d; b is the longer one. */
const PARALLEL: SpanDraft[] = [
  { id: 'a', start: 0, end: 100 },
  { id: 'b', parent: 'a', start: 10, end: 50 },
  { id: 'c', parent: 'a', start: 10, end: 30 },
  { id: 'd', parent: 'a', start: 60, end: 90 },
];

describe('criticalPath', () => {
  it('goes through the longer of two calls at once, and through the times with no call', () => {
    const tree = treeOf({ spans: PARALLEL });
    const path = criticalPath(tree);
    expect(byName(tree, path.nanos)).toEqual({ a: 30, b: 40, c: 0, d: 30 });
    const pieces = Array.from({ length: path.first[1] ?? 0 }, (_, piece) => [path.from[piece], path.to[piece]]);
    expect(pieces.toSorted()).toEqual([
      [0, 10],
      [50, 60],
      [90, 100],
    ]);
  });

  it('waits for nobody who takes a message, and for what outlives its caller up to the caller’s end', () => {
    const tree = treeOf({
      spans: [
        { id: 'a', start: 0, end: 100 },
        { id: 'm', parent: 'a', start: 50, end: 100, kind: 5 },
        { id: 'l', parent: 'a', start: 80, end: 300 },
      ],
    });
    expect(byName(tree, criticalPath(tree).nanos)).toEqual({ a: 80, m: 0, l: 20 });
  });

  it('is the own time of a span between one call and the next, whatever else runs then: nothing waits for that', () => {
    const tree = treeOf({
      spans: [
        { id: 'a', start: 0, end: 100 },
        { id: 'x', parent: 'a', start: 10, end: 70 },
        { id: 'k', parent: 'a', start: 20, end: 45 },
        { id: 'y', parent: 'a', start: 50, end: 100 },
      ],
    });
    expect(byName(tree, criticalPath(tree).nanos)).toEqual({ a: 25, x: 0, k: 25, y: 50 });
  });

  it('has no more than the root where a clock puts a call before its caller', () => {
    const tree = treeOf({
      spans: [
        { id: 'a', start: 50, end: 100 },
        { id: 'b', parent: 'a', start: 0, end: 70 },
      ],
    });
    expect(byName(tree, criticalPath(tree).nanos)).toEqual({ b: 20, a: 30 });
  });

  it('takes the longest span for the request where the root is missing, and is empty without spans', () => {
    const tree = treeOf({
      spans: [
        { id: 'b', parent: 'x', start: 0, end: 5 },
        { id: 'c', parent: 'x', start: 1, end: 90 },
      ],
    });
    expect(namesOf(tree, [criticalPath(tree).root])).toEqual(['.c']);
    expect(criticalPath(treeOf({})).root).toBe(-1);
  });

  it('adds up to the duration of the root, whatever the spans are', () => {
    const loose = fc
      .array(fc.record({ parent: fc.nat(20), start: fc.nat(100), length: fc.nat(100) }), { maxLength: 20 })
      .map((drafts): SpanDraft[] => [
        { id: 's0', start: 0, end: 150 },
        ...drafts.map(({ parent, start, length }, index) => ({
          id: `s${index + 1}`,
          parent: `s${parent % (index + 1)}`,
          start,
          end: start + length,
        })),
      ]);
    fc.assert(
      fc.property(fc.oneof(nested, loose), (spans) => {
        const tree = treeOf({ spans });
        const path = criticalPath(tree);
        expect(path.nanos.reduce((sum, nanos) => sum + nanos, 0)).toBe(tree.duration[path.root]);
      }),
    );
  });
});

describe('selfTimes', () => {
  it('are what no call covers', () => {
    const tree = treeOf({ spans: PARALLEL });
    expect(byName(tree, selfTimes(tree))).toEqual({ a: 30, b: 40, c: 20, d: 30 });
  });

  it('lie between nothing and the span, and are no less than its time on the critical path', () => {
    fc.assert(
      fc.property(nested, (spans) => {
        const tree = treeOf({ spans });
        const self = selfTimes(tree);
        const { nanos } = criticalPath(tree);
        for (let node = 0; node < tree.size; node += 1) {
          expect(self[node]).toBeGreaterThanOrEqual(0);
          expect(self[node]).toBeLessThanOrEqual(tree.duration[node] ?? 0);
        }
        // What is waited for and has calls may be waited for while they run, never the other way round.
        expect(nanos[0]).toBeGreaterThanOrEqual(self[0] ?? 0);
      }),
    );
  });
});

describe('self time and the critical path', () => {
  it('are one where a message is taken while its sender goes on', () => {
    const spans: SpanDraft[] = [
      { id: 'r', start: 0, end: 1000 },
      { id: 'a', parent: 'r', start: 100, end: 400 },
      { id: 'b', parent: 'r', start: 400, end: 700 },
      { id: 'b2', parent: 'r', start: 400, end: 600 },
      { id: 'c', parent: 'r', start: 800, end: 950 },
      { id: 'd', parent: 'r', start: 900, end: 1600, kind: 5 },
    ];
    const tree = treeOf({ spans });
    expect([selfTimes(tree)[0], criticalPath(tree).nanos[0]]).toEqual([250, 250]);
    expect(gapsOf(tree, 0, 1).map(({ from, to }) => [from, to])).toEqual([
      [0, 100],
      [700, 800],
      [950, 1000],
    ]);
    // Called, d is what ended last, and nothing had to end before it began: c runs beside what r did until then.
    const called = treeOf({ spans: spans.map((span) => ({ ...span, kind: 3 })) });
    expect([selfTimes(called)[0], criticalPath(called).nanos[0]]).toEqual([200, 300]);
  });

  it('are both all of a span whose calls outlive it by all of their time', () => {
    const tree = treeOf({
      spans: [
        { id: 'r', start: 0, end: 100 },
        { id: 'l', parent: 'r', start: 100, end: 300 },
      ],
    });
    expect([selfTimes(tree)[0], criticalPath(tree).nanos[0]]).toEqual([100, 100]);
  });

  it('never has more of a span on the path than its self time where none of its calls run beside each other', () => {
    const withKinds = fc
      .tuple(fc.oneof(nested, anySpans(40)), fc.array(fc.constantFrom(1, 1, 2, 3, 5), { minLength: 40, maxLength: 40 }))
      .map(([spans, kinds]) => spans.map((span, at): SpanDraft => ({ ...span, kind: kinds[at % kinds.length] ?? 1 })));
    fc.assert(
      fc.property(withKinds, (spans) => {
        const tree = treeOf({ spans });
        const self = selfTimes(tree);
        const { nanos } = criticalPath(tree);
        for (let node = 0; node < tree.size; node += 1)
          if (!hasCallsAtOnce(tree, node)) expect(self[node]).toBeGreaterThanOrEqual(nanos[node] ?? 0);
      }),
      { numRuns: 500 },
    );
  });
});

function hasCallsAtOnce(tree: TraceTree, node: number): boolean {
  let end = Number.NEGATIVE_INFINITY;
  for (let child = node + 1; child < (tree.subtreeEnd[node] ?? 0); child = tree.subtreeEnd[child] ?? tree.size) {
    if ((tree.start[child] ?? 0) < end) return true;
    end = Math.max(end, endOf(tree, child));
  }
  return false;
}

describe('gapsOf', () => {
  it('lists the times of a span with no call, with what stands around them', () => {
    const tree = treeOf({ spans: PARALLEL });
    expect(
      gapsOf(tree, 0, 1).map(({ from, to, after, before }) => [
        from,
        to,
        ...namesOf(
          tree,
          [after, before].filter((node) => node !== -1),
        ),
      ]),
    ).toEqual([
      [0, 10, '.b'],
      [50, 60, '.b', '.d'],
      [90, 100, '.d'],
    ]);
    expect(gapsOf(tree, 0, 11)).toEqual([]);
    expect(gapsOf(tree, nodeOfSpan(tree, hexOf('d')), 0)).toEqual([]);
  });
});

describe('drawnGapsOf', () => {
  it('are the gaps of that length, whatever was asked before', () => {
    fc.assert(
      fc.property(nested, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (spans, lengths) => {
        const tree = treeOf({ spans });
        for (const length of lengths)
          for (let node = 0; node < tree.size; node += 1) expect(drawnGapsOf(tree, node, length)).toEqual(gapsOf(tree, node, length));
      }),
    );
  });
});

describe('savingText', () => {
  it('says what is saved where three digits write the request with and without it the same', () => {
    expect(savingText({ without: 239.99e9, whole: 240e9 })).toMatchObject({
      key: 'span.whatIfLess',
      texts: { saved: '10 ms', whole: '4 min' },
    });
    expect(savingText({ without: 410e6, whole: 500e6 })).toMatchObject({
      key: 'span.whatIfAnswer',
      texts: { without: '410 ms', whole: '500 ms' },
    });
    expect(savingText({ without: 500e6, whole: 500e6 }).key).toBe('span.whatIfNothing');
  });
});

describe('durationWithout', () => {
  const without = (spans: readonly SpanDraft[], id: string) => {
    const tree = treeOf({ spans });
    return durationWithout(tree, { root: criticalPath(tree).root, node: nodeOfSpan(tree, hexOf(id)) });
  };

  it('saves a call that nothing ran beside, and of two at once what the other does not take', () => {
    expect(without(PARALLEL, 'd')).toBe(70);
    expect(without(PARALLEL, 'b')).toBe(80);
    expect(without(PARALLEL, 'c')).toBe(100);
  });

  it('saves a step of a chain of calls all the way up', () => {
    const chain: SpanDraft[] = [
      { id: 'a', start: 0, end: 100 },
      { id: 'b', parent: 'a', start: 10, end: 90 },
      { id: 'c', parent: 'b', start: 20, end: 80 },
    ];
    expect([without(chain, 'b'), without(chain, 'c')]).toEqual([20, 40]);
  });

  it('saves nothing by a message that is taken later, or under another root', () => {
    expect(
      without(
        [
          { id: 'a', start: 0, end: 100 },
          { id: 'm', parent: 'a', start: 10, end: 90, kind: 5 },
        ],
        'm',
      ),
    ).toBe(100);
    expect(
      without(
        [
          { id: 'a', start: 0, end: 100 },
          { id: 'o', start: 0, end: 50 },
        ],
        'o',
      ),
    ).toBe(100);
  });

  it('saves no more of what outlives its caller, or begins before it, than the caller ran beside it', () => {
    const late: SpanDraft[] = [
      { id: 'a', start: 0, end: 100 },
      { id: 'l', parent: 'a', start: 80, end: 300 },
    ];
    expect(without(late, 'l')).toBe(80);
    expect(without([...late, { id: 'b', parent: 'a', start: 10, end: 60 }], 'l')).toBe(80);
    expect(
      without(
        [
          { id: 'a', start: 50, end: 100 },
          { id: 'b', parent: 'a', start: 0, end: 70 },
        ],
        'b',
      ),
    ).toBe(30);
    const deep: SpanDraft[] = [
      { id: 'a', start: 0, end: 100 },
      { id: 'b', parent: 'a', start: 10, end: 90 },
      { id: 'c', parent: 'b', start: 20, end: 500 },
    ];
    expect(without(deep, 'c')).toBe(30);
    // What is saved after the caller's end saves the caller nothing.
    const after: SpanDraft[] = [
      { id: 'a', start: 0, end: 100 },
      { id: 'b', parent: 'a', start: 90, end: 500 },
      { id: 'c', parent: 'b', start: 100, end: 500 },
    ];
    expect([without(after, 'b'), without(after, 'c')]).toEqual([90, 100]);
  });

  it('lies between nothing and the whole, whatever the spans are', () => {
    fc.assert(
      fc.property(anySpans(), fc.nat(), (spans, which) => {
        const tree = treeOf({ spans });
        const { root } = criticalPath(tree);
        const whole = tree.duration[root] ?? 0;
        const rest = durationWithout(tree, { root, node: which % tree.size });
        expect(rest).toBeGreaterThanOrEqual(0);
        expect(rest).toBeLessThanOrEqual(whole);
        expect(durationWithout(tree, { root, node: root })).toBe(0);
      }),
    );
  });

  it('saves no more than the span took and never makes the request longer', () => {
    fc.assert(
      fc.property(nested, fc.nat(), (spans, which) => {
        const tree = treeOf({ spans });
        const node = which % tree.size;
        const { root } = criticalPath(tree);
        const rest = durationWithout(tree, { root, node });
        expect(rest).toBeLessThanOrEqual(tree.duration[root] ?? 0);
        expect(rest).toBeGreaterThanOrEqual((tree.duration[root] ?? 0) - (tree.duration[node] ?? 0));
      }),
    );
  });
});

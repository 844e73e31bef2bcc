import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlameGraph, flameGraph } from './flame-graph.ts';
import { boxAt, boxesInPart, neighbourBox, rowOfBox, windowOfBox, zoomForBox } from './flame-view.ts';
import { FLAME_WAYS } from './flame-ways.ts';
import { anySpans, measuresOf, type SpanDraft } from './trace-fixtures.ts';
import type { TraceMeasures } from './trace-measures.ts';

/** r calls a twice and b once; the second a waits for b. */
const SPANS: SpanDraft[] = [
  { id: 'r', name: 'r', start: 0, end: 100 },
  { id: 'a1', parent: 'r', name: 'a', start: 10, end: 30 },
  { id: 'b', parent: 'r', name: 'b', start: 30, end: 80, status: 2 },
  { id: 'a2', parent: 'r', name: 'a', start: 40, end: 60 },
];

function boxes(graph: FlameGraph, { tree }: TraceMeasures): unknown[] {
  return Array.from({ length: graph.from.length }, (_, box) => [
    `${'.'.repeat(rowOfBox(graph, box))}${tree.names[graph.name[box] ?? -1] ?? '?'}`,
    graph.from[box],
    graph.to[box],
    graph.count[box],
  ]);
}

describe('flameGraph', () => {
  it('puts equal calls together, the widest first, each as wide as its own time and that of what it called', () => {
    const measures = measuresOf({ spans: SPANS });
    const graph = flameGraph(measures, 'merged');
    expect(boxes(graph, measures)).toEqual([
      ['r', 0, 120, 1],
      ['.b', 0, 50, 1],
      ['.a', 50, 90, 2],
    ]);
    expect([graph.total[2], graph.self[2], graph.errors[1], graph.whole]).toEqual([40, 40, 1, 120]);
    expect(tree(measures, graph.longest[2])).toBe('a');
  });

  it('is as wide as the request by the critical path, without what nobody waited for', () => {
    const measures = measuresOf({ spans: SPANS });
    expect(boxes(flameGraph(measures, 'critical'), measures)).toEqual([
      ['r', 0, 100, 1],
      ['.b', 0, 50, 1],
      ['.a', 50, 70, 2],
    ]);
  });

  it('puts spans in their time, one that runs beside another below it', () => {
    const measures = measuresOf({ spans: SPANS });
    expect(boxes(flameGraph(measures, 'time'), measures)).toEqual([
      ['r', 0, 100, 1],
      ['.a', 10, 30, 1],
      ['.b', 30, 80, 1],
      ['..a', 40, 60, 1],
    ]);
  });

  it('keeps together what hangs under a parent that has not arrived', () => {
    const measures = measuresOf({
      spans: [
        { id: 'b', parent: 'gone', name: 'b', end: 5 },
        { id: 'c', parent: 'gone', name: 'c', end: 7 },
      ],
    });
    expect(boxes(flameGraph(measures, 'merged'), measures)).toEqual([
      ['?', 0, 12, 0],
      ['.c', 0, 7, 1],
      ['.b', 7, 12, 1],
    ]);
  });

  it('is empty without spans, and lays out a chain that is deeper than a stack', () => {
    expect(flameGraph(measuresOf({}), 'merged').rows).toBe(0);
    expect(flameGraph(measuresOf({}), 'time').rows).toBe(0);
    const spans = Array.from(
      { length: 20_000 },
      (_, index): SpanDraft => ({
        id: index.toString(36),
        parent: index === 0 ? undefined : (index - 1).toString(36),
        name: `n${index % 7}`,
        start: index,
        end: 100_000 - index,
      }),
    );
    const measures = measuresOf({ spans });
    expect(flameGraph(measures, 'merged').rows).toBe(20_000);
    expect(flameGraph(measures, 'time').rows).toBe(20_000);
  });

  it('has as much width below a box as its children have, its own time beside them, and all own times together', () => {
    fc.assert(
      fc.property(anySpans(), (spans) => {
        const measures = measuresOf({ spans });
        const graph = flameGraph(measures, 'merged');
        expect(graph.whole).toBeCloseTo(sum(measures.self));
        for (let box = 0; box < graph.from.length; box += 1) {
          const below = [...graph.parent.keys()].filter((other) => graph.parent[other] === box);
          const width = (of: number) => (graph.to[of] ?? 0) - (graph.from[of] ?? 0);
          expect(width(box)).toBeCloseTo((graph.self[box] ?? 0) + sum(below.map(width)));
        }
        expect(flameGraph(measures, 'critical').whole).toBeCloseTo(sum(measures.critical));
      }),
    );
  });

  it('puts no box over another, each below its parent, and every span with a width in one', () => {
    fc.assert(
      fc.property(anySpans(), fc.constantFrom(...FLAME_WAYS), (spans, way) => {
        const measures = measuresOf({ spans });
        const graph = flameGraph(measures, way);
        for (let row = 0; row < graph.rows; row += 1)
          for (let box = (graph.first[row] ?? 0) + 1; box < (graph.first[row + 1] ?? 0); box += 1)
            expect(graph.from[box]).toBeGreaterThanOrEqual((graph.to[box - 1] ?? 0) - 1e-6);
        for (let box = 0; box < graph.from.length; box += 1)
          if (graph.parent[box] !== -1) expect(rowOfBox(graph, graph.parent[box] ?? 0)).toBeLessThan(rowOfBox(graph, box));
        if (way === 'time') expect(sum(graph.count)).toBe(spans.length);
        if (way === 'merged')
          for (let node = 0; node < measures.self.length; node += 1)
            if ((measures.self[node] ?? 0) > 0) expect(graph.boxOf[node]).not.toBe(-1);
      }),
    );
  });
});

describe('what is drawn of a flame graph', () => {
  it('is found by its place', () => {
    const graph = flameGraph(measuresOf({ spans: SPANS }), 'merged');
    expect([boxAt(graph, 0, 60), boxAt(graph, 1, 60), boxAt(graph, 1, 95), boxAt(graph, 2, 10)]).toEqual([0, 2, -1, -1]);
    expect(windowOfBox(graph, 2)).toEqual({ from: 50 / 120, to: 90 / 120 });
  });

  it('is zoomed no further than a box needs to be seen, and not at all where it is', () => {
    const graph = flameGraph(
      measuresOf({
        spans: [
          { id: 'r', name: 'r', start: 0, end: 10_000 },
          { id: 'a', parent: 'r', name: 'a', start: 1_000, end: 2_000 },
          { id: 'b', parent: 'a', name: 'b', start: 1_000, end: 1_050 },
          { id: 'c', parent: 'b', name: 'c', start: 1_020, end: 1_021 },
          { id: 'z', parent: 'a', name: 'z', start: 9_000, end: 9_900 },
        ],
      }),
      'time',
    );
    const [r, a, b, z, c] = [0, 1, 2, 3, 4];
    const zoom = (box: number, zoomed: number) => zoomForBox(graph, box, { zoomed, minShare: 0.01 });
    expect([zoom(a, -1), zoom(b, -1), zoom(c, -1)]).toEqual([-1, a, b]);
    // What is zoomed to is kept while the box is seen in it; a box outside of it leads out again.
    expect([zoom(b, a), zoom(a, a), zoom(a, b), zoom(r, a)]).toEqual([a, a, -1, -1]);
    // It begins after what called it had ended: nothing above it shows it but the whole.
    expect(zoom(z, a)).toBe(-1);
    expect(zoomForBox(graph, z, { zoomed: a, minShare: 0.5 })).toBe(z);
  });

  it('is no more than the pixels of a row, and all of it where there is room', () => {
    fc.assert(
      fc.property(anySpans(60), fc.constantFrom(...FLAME_WAYS), fc.integer({ min: 1, max: 40 }), (spans, way, pixels) => {
        const graph = flameGraph(measuresOf({ spans }), way);
        for (let row = 0; row < graph.rows; row += 1) {
          const pixel = graph.whole / pixels;
          expect(boxesInPart(graph, { row, from: 0, to: graph.whole, pixel }).length).toBeLessThanOrEqual(pixels + 1);
          const wide = boxesInPart(graph, { row, from: 0, to: graph.whole, pixel: 0 });
          const there = Array.from(
            { length: (graph.first[row + 1] ?? 0) - (graph.first[row] ?? 0) },
            (_, at) => (graph.first[row] ?? 0) + at,
          );
          expect(wide).toEqual(expect.arrayContaining(there.filter((box) => (graph.to[box] ?? 0) > (graph.from[box] ?? 0))));
        }
      }),
    );
  });

  it('is walked with arrows: to what it is under, to what is under it, and to its neighbours', () => {
    const graph = flameGraph(measuresOf({ spans: SPANS }), 'merged');
    expect(neighbourBox(graph, 0, 'ArrowDown')).toBe(1);
    expect(neighbourBox(graph, 1, 'ArrowRight')).toBe(2);
    expect(neighbourBox(graph, 2, 'ArrowLeft')).toBe(1);
    expect(neighbourBox(graph, 2, 'ArrowUp')).toBe(0);
    expect(['ArrowUp', 'ArrowLeft', 'ArrowRight'].map((key) => neighbourBox(graph, 0, key as 'ArrowUp'))).toEqual([0, 0, 0]);
    expect(neighbourBox(graph, 2, 'ArrowDown')).toBe(2);
  });
});

function tree({ tree: { name, names } }: TraceMeasures, node: number | undefined): string | undefined {
  return names[name[node ?? -1] ?? -1];
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

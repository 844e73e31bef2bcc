import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callGraph } from './call-graph.ts';
import { chooseNodes } from './call-graph-nodes.ts';
import { anySpans, measuresOf, type SpanDraft } from './trace-fixtures.ts';
import type { TraceMeasures } from './trace-measures.ts';
import { sortStatistics, type TraceStatistics, traceStatistics } from './trace-statistics.ts';

/** A request that asks the database three times and then calls itself within. */
const SPANS: SpanDraft[] = [
  { id: 'r', service: 'web', name: 'GET', start: 0, end: 100 },
  { id: 'a', parent: 'r', service: 'db', name: 'SELECT', start: 10, end: 20 },
  { id: 'b', parent: 'r', service: 'db', name: 'SELECT', start: 20, end: 25, status: 2 },
  { id: 'c', parent: 'r', service: 'db', name: 'SELECT', start: 30, end: 60 },
  { id: 'i', parent: 'r', service: 'web', name: 'GET', start: 70, end: 90 },
];

function rowsOf(statistics: TraceStatistics, { tree }: TraceMeasures) {
  return Object.fromEntries(
    Array.from({ length: statistics.size }, (_, place) => {
      const name = [tree.services[statistics.service[place] ?? -1], tree.names[statistics.name[place] ?? -1]].filter(Boolean).join(' ');
      const { count, errors, total, self, average, p50, p95, max, critical } = statistics;
      return [name, [count, errors, total, self, average, p50, p95, max, critical].map((column) => column[place])];
    }),
  );
}

describe('traceStatistics', () => {
  it('counts, sums and ranks the spans of each operation, a span within another of its own once', () => {
    const measures = measuresOf({ spans: SPANS });
    expect(rowsOf(traceStatistics(measures, 'operation'), measures)).toEqual({
      'web GET': [2, 0, 100, 55, 60, 20, 100, 100, 55],
      'db SELECT': [3, 1, 45, 45, 15, 10, 30, 30, 45],
    });
    expect(Object.keys(rowsOf(traceStatistics(measures, 'service'), measures))).toEqual(['web', 'db']);
  });

  it('leaves out what has not ended, and what has not arrived', () => {
    const unfinished = [{ traceId: 't', spanId: '00000000000000ff', name: 'long', kind: 2, startTimeUnixNano: '1010', service: 'job' }];
    const measures = measuresOf({ spans: [{ id: 'b', parent: 'gone', service: 'web', name: 'GET', end: 5 }], unfinished });
    expect(rowsOf(traceStatistics(measures, 'operation'), measures)).toEqual({ 'web GET': [1, 0, 5, 5, 5, 5, 5, 5, 5] });
  });

  it('counts every span once, and own times and the critical path add up', () => {
    fc.assert(
      fc.property(anySpans(), fc.constantFrom('operation' as const, 'service' as const), (spans, by) => {
        const measures = measuresOf({ spans });
        const { count, self, critical, whole } = traceStatistics(measures, by);
        expect(sum(count)).toBe(spans.length);
        expect(sum(self)).toBeCloseTo(sum(measures.self));
        expect(sum(critical)).toBe(whole);
      }),
    );
  });
});

describe('sortStatistics', () => {
  it('orders by any column both ways, equal values as they come', () => {
    const measures = measuresOf({ spans: SPANS });
    const statistics = traceStatistics(measures, 'operation');
    const nameOf = (place: number) => measures.tree.services[statistics.service[place] ?? 0] ?? '';
    const sorted = (by: 'count' | 'name' | 'errors', descending: boolean) => [
      ...sortStatistics(statistics, { by, descending, nameOf }).map((place) => place),
    ];
    expect(sorted('count', true)).toEqual([1, 0]);
    expect(sorted('count', false)).toEqual([0, 1]);
    expect(sorted('name', false)).toEqual([1, 0]);
    expect(sorted('errors', true)).toEqual([1, 0]);
  });
});

describe('callGraph', () => {
  it('has an edge for each pair that calls, with what those calls took, and none within a group', () => {
    const measures = measuresOf({ spans: SPANS });
    const { edges } = callGraph(measures, 'service');
    const rows = Array.from({ length: edges.size }, (_, edge) =>
      [edges.from, edges.to, edges.count, edges.errors, edges.total, edges.max].map((column) => column[edge]),
    );
    expect(rows).toEqual([
      [-1, 0, 1, 0, 100, 100],
      [0, 1, 3, 1, 45, 30],
    ]);
  });

  it('counts once what a call takes that goes round to itself, as a group does', () => {
    const services = ['a', 'b', 'c'];
    const spans = Array.from(
      { length: 900 },
      (_, at): SpanDraft => ({
        id: `s${at}`,
        parent: at === 0 ? undefined : `s${at - 1}`,
        service: services[at % 3] ?? '',
        start: at,
        end: 2_000 - at,
      }),
    );
    const { edges, statistics } = callGraph(measuresOf({ spans }), 'service');
    const rows = Array.from({ length: edges.size }, (_, edge) =>
      [edges.from, edges.to, edges.count, edges.total, edges.max].map((column) => column[edge]),
    );
    expect(rows).toEqual([
      [-1, 0, 1, 2_000, 2_000],
      [0, 1, 300, 1_998, 1_998],
      [1, 2, 300, 1_996, 1_996],
      [2, 0, 299, 1_994, 1_994],
    ]);
    expect([...statistics.total]).toEqual([2_000, 1_998, 1_996]);
  });

  it('has no more on an edge than its outermost calls took, and of calls one after the other than the request', () => {
    const sequential = fc
      .array(fc.record({ under: fc.nat(), service: fc.constantFrom('x', 'y', 'z') }), { maxLength: 30 })
      .map((drafts) => {
        const below = new Map<number, number[]>();
        for (const [at, { under }] of drafts.entries()) below.set(under % (at + 1), [...(below.get(under % (at + 1)) ?? []), at + 1]);
        const spans: SpanDraft[] = [];
        let now = 0;
        const visit = (at: number, parent: string | undefined): void => {
          const start = now++;
          for (const child of below.get(at) ?? []) visit(child, `s${at}`);
          spans.push({ id: `s${at}`, parent, service: drafts[at - 1]?.service ?? 'x', start, end: now++ });
        };
        visit(0, undefined);
        return spans;
      });
    fc.assert(
      fc.property(
        fc.oneof(
          sequential.map((spans) => ({ spans, isSequential: true })),
          anySpans().map((spans) => ({ spans, isSequential: false })),
        ),
        ({ spans, isSequential }) => {
          const measures = measuresOf({ spans });
          const { edges, statistics } = callGraph(measures, 'service');
          const byId = new Map(spans.map((span) => [span.id, span]));
          const keyOf = (span: SpanDraft): string => `${byId.get(span.parent ?? '')?.service} ${span.service}`;
          const isOutermost = (span: SpanDraft): boolean => {
            for (let above = byId.get(span.parent ?? ''); above !== undefined; above = byId.get(above.parent ?? ''))
              if (keyOf(above) === keyOf(span)) return false;
            return true;
          };
          const nameOf = (place: number): string | undefined => measures.tree.services[statistics.service[place] ?? -1];
          for (let edge = 0; edge < edges.size; edge += 1) {
            const key = `${nameOf(edges.from[edge] ?? -1)} ${nameOf(edges.to[edge] ?? -1)}`;
            const outermost = spans.filter((span) => keyOf(span) === key && isOutermost(span));
            expect(edges.total[edge]).toBe(sum(outermost.map(({ start = 0, end = 0 }) => end - start)));
            if (isSequential) expect(edges.total[edge]).toBeLessThanOrEqual(measures.tree.durationNanos);
          }
        },
      ),
    );
  });

  it('leaves a diagram those with the most own time, in its own order', () => {
    const graph = callGraph(
      measuresOf({ spans: [...SPANS, { id: 'z', parent: 'r', service: 'cache', name: 'GET', start: 61, end: 62 }] }),
      'service',
    );
    expect([chooseNodes(graph, 9), chooseNodes(graph, 2), chooseNodes(graph, 1)]).toEqual([[0, 1, 2], [0, 1], [0]]);
  });

  it('has every span that another group or nobody called on exactly one edge', () => {
    fc.assert(
      fc.property(anySpans(), (spans) => {
        const { edges } = callGraph(measuresOf({ spans }), 'service');
        const serviceOf = new Map(spans.map(({ id, service }) => [id, service]));
        const crossing = spans.filter(({ parent, service }) => parent === undefined || serviceOf.get(parent) !== service);
        expect(sum(edges.count)).toBe(crossing.length);
      }),
    );
  });
});

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

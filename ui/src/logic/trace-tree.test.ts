import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logRecord, span } from './record-fixtures.ts';
import { ancestors, canCollapse, logNodesOf, nextError, nodeOfSpan, visibleNodes } from './trace-rows.ts';
import { buildTraceTree, type TraceParts, type TraceTree } from './trace-tree.ts';

const NOTHING: TraceParts = { spans: [], logs: [], unfinished: [], loaded: true };

function names(tree: TraceTree): string[] {
  return tree.entries.map((entry, node) => {
    const name = entry.type === 'log' ? entry.log.id : entry.type === 'missing' ? `?${entry.spanId}` : entry.span.spanId;
    return `${'.'.repeat(tree.depth[node] ?? 0)}${name}`;
  });
}

describe('buildTraceTree', () => {
  it('puts children under their parents by start, then id', () => {
    const spans = [
      span({ spanId: 'c', parentSpanId: 'a', startTimeUnixNano: '20' }),
      span({ spanId: 'b', parentSpanId: 'a', startTimeUnixNano: '20' }),
      span({ spanId: 'a', startTimeUnixNano: '10', endTimeUnixNano: '100' }),
      span({ spanId: 'd', parentSpanId: 'b', startTimeUnixNano: '30' }),
    ];
    expect(names(buildTraceTree({ ...NOTHING, spans }))).toEqual(['a', '.b', '..d', '.c']);
  });

  it('puts a record among the children of its span by time', () => {
    const spans = [
      span({ spanId: 'a', startTimeUnixNano: '10' }),
      span({ spanId: 'b', parentSpanId: 'a', startTimeUnixNano: '20' }),
      span({ spanId: 'c', parentSpanId: 'a', startTimeUnixNano: '40' }),
    ];
    const logs = [logRecord({ id: 'l', spanId: 'a', timeUnixNano: '30' }), logRecord({ id: 'free', spanId: 'x', timeUnixNano: '5' })];
    expect(names(buildTraceTree({ ...NOTHING, spans, logs }))).toEqual(['free', 'a', '.b', '.l', '.c']);
  });

  it('names a missing parent once for all its children, and only when everything is loaded', () => {
    const spans = [span({ spanId: 'b', parentSpanId: 'x' }), span({ spanId: 'c', parentSpanId: 'x' })];
    const loaded = buildTraceTree({ ...NOTHING, spans });
    expect(names(loaded)).toEqual(['?x', '.b', '.c']);
    expect(loaded.missingCount).toBe(1);
    const loading = buildTraceTree({ ...NOTHING, spans, loaded: false });
    expect(names(loading)).toEqual(['b', 'c']);
    expect(loading.missingCount).toBe(0);
  });

  it('cuts a ring of parents at its earliest span', () => {
    const spans = [
      span({ spanId: 'a', parentSpanId: 'b', startTimeUnixNano: '20' }),
      span({ spanId: 'b', parentSpanId: 'a', startTimeUnixNano: '10' }),
    ];
    expect(names(buildTraceTree({ ...NOTHING, spans }))).toEqual(['b', '.a']);
  });

  it('keeps both spans of an id that stands twice, and a span that is its own parent', () => {
    const spans = [span({ id: '1', spanId: 'a' }), span({ id: '2', spanId: 'a' }), span({ id: '3', spanId: 'b', parentSpanId: 'b' })];
    expect(names(buildTraceTree({ ...NOTHING, spans }))).toHaveLength(3);
  });

  it('lets a span without an end run to the end of the trace, until its end arrives', () => {
    const spans = [span({ spanId: 'a', startTimeUnixNano: '10', endTimeUnixNano: '110' })];
    const unfinished = [
      { traceId: 't', spanId: 'u', parentSpanId: 'a', name: 'u', kind: 2, startTimeUnixNano: '30', service: 'x' },
      { traceId: 't', spanId: 'a', name: 'a', kind: 2, startTimeUnixNano: '10', service: 'x' },
    ];
    const tree = buildTraceTree({ ...NOTHING, spans, unfinished });
    expect(names(tree)).toEqual(['a', '.u']);
    expect([...tree.duration]).toEqual([100, 80]);
  });

  it('is not deeper than the stack for a chain of 20,000 spans', () => {
    const spans = Array.from({ length: 20_000 }, (_, index) =>
      span({ spanId: `s${index}`, ...(index === 0 ? {} : { parentSpanId: `s${index - 1}` }) }),
    );
    const tree = buildTraceTree({ ...NOTHING, spans });
    expect(tree.depth.at(-1)).toBe(19_999);
  });

  it('holds every span and record exactly once, each inside its parent’s subtree, whatever the parents are', () => {
    const draft = fc.record({ parent: fc.option(fc.nat(14)), start: fc.nat(50), length: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 12 }), fc.array(fc.nat(14), { maxLength: 8 }), (drafts, logSpans) => {
        const spans = drafts.map(({ parent, start, length }, index) =>
          span({
            id: `${index}`,
            spanId: `s${index}`,
            startTimeUnixNano: `${1 + start}`,
            endTimeUnixNano: `${1 + start + length}`,
            ...(parent === null ? {} : { parentSpanId: `s${parent}` }),
          }),
        );
        const logs = logSpans.map((spanIndex, index) =>
          logRecord({ id: `l${index}`, spanId: `s${spanIndex}`, timeUnixNano: `${index + 1}` }),
        );
        const tree = buildTraceTree({ spans, logs, unfinished: [], loaded: true });
        const ids = tree.entries.flatMap((entry) => (entry.type === 'span' ? [entry.span.id] : entry.type === 'log' ? [entry.log.id] : []));
        expect(ids.toSorted()).toEqual([...spans.map(({ id }) => id), ...logs.map(({ id }) => id)].toSorted());
        tree.entries.forEach((_, node) => {
          const parent = tree.parent[node] ?? -1;
          const end = tree.subtreeEnd[node] ?? 0;
          expect(end).toBeGreaterThan(node);
          expect(tree.start[node]).toBeGreaterThanOrEqual(0);
          expect((tree.start[node] ?? 0) + (tree.duration[node] ?? 0)).toBeLessThanOrEqual(tree.durationNanos);
          if (parent === -1) expect(tree.depth[node]).toBe(0);
          else {
            expect(parent).toBeLessThan(node);
            expect(end).toBeLessThanOrEqual(tree.subtreeEnd[parent] ?? 0);
            expect(tree.depth[node]).toBe((tree.depth[parent] ?? 0) + 1);
          }
        });
      }),
    );
  });
});

describe('rows of a trace', () => {
  const spans = [
    span({ spanId: 'a', startTimeUnixNano: '10' }),
    span({ spanId: 'b', parentSpanId: 'a', startTimeUnixNano: '20' }),
    span({ spanId: 'c', parentSpanId: 'b', startTimeUnixNano: '30', status: { code: 2 } }),
    span({ spanId: 'd', parentSpanId: 'a', startTimeUnixNano: '40' }),
  ];
  const logs = [
    logRecord({ id: 'l', spanId: 'b', timeUnixNano: '25' }),
    logRecord({ id: 'm', spanId: 'd', timeUnixNano: '45', severityNumber: 17 }),
  ];
  const tree = buildTraceTree({ ...NOTHING, spans, logs });

  it('hides what is under a folded node', () => {
    expect(visibleNodes(tree, { collapsed: new Set([nodeOfSpan(tree, 'b')]), showLogs: true }).map((node) => names(tree)[node])).toEqual([
      'a',
      '.b',
      '.d',
      '..m',
    ]);
  });

  it('hides records where they have no rows of their own', () => {
    expect(visibleNodes(tree, { collapsed: new Set(), showLogs: false }).map((node) => names(tree)[node])).toEqual([
      'a',
      '.b',
      '..c',
      '.d',
    ]);
  });

  it('folds what has rows below it', () => {
    expect(canCollapse(tree, nodeOfSpan(tree, 'd'), true)).toBe(true);
    expect(canCollapse(tree, nodeOfSpan(tree, 'd'), false)).toBe(false);
  });

  it('finds a span’s own records, not those of the spans below it', () => {
    expect(logNodesOf(tree, nodeOfSpan(tree, 'a'))).toEqual([]);
    expect(logNodesOf(tree, nodeOfSpan(tree, 'b')).map((node) => names(tree)[node])).toEqual(['..l']);
  });

  it('goes through spans and records that are errors, and begins again', () => {
    const first = nextError(tree, -1);
    const second = nextError(tree, first);
    expect([first, second, nextError(tree, second)].map((node) => names(tree)[node])).toEqual(['..c', '..m', '..c']);
    expect(nextError(buildTraceTree(NOTHING), -1)).toBe(-1);
  });

  it('knows what a node hangs under', () => {
    expect(ancestors(tree, nodeOfSpan(tree, 'c')).map((node) => names(tree)[node])).toEqual(['.b', 'a']);
  });
});

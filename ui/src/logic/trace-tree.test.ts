import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRepeats } from './repeats.ts';
import { hexOf, namesOf, type SpanDraft, storeOf, treeOf } from './trace-fixtures.ts';
import {
  canFold,
  foldedBelow,
  isErrorNode,
  nearestRow,
  nextNode,
  nodeKey,
  nodeOfKey,
  nodeOfLog,
  rowOf,
  visibleNodes,
  withAncestors,
  withRowFor,
} from './trace-rows.ts';
import { buildTraceTree, durationOfSpans, nodeOfSpan, spanKeyOf } from './trace-tree.ts';

const unfinished = { traceId: 't', kind: 2, service: 'x' };

describe('buildTraceTree', () => {
  it('puts children under their parents by start', () => {
    const spans = [
      { id: 'a', start: 10, end: 100 },
      { id: 'c', parent: 'a', start: 20 },
      { id: 'b', parent: 'a', start: 15 },
      { id: 'd', parent: 'b', start: 30 },
    ];
    expect(namesOf(treeOf({ spans }))).toEqual(['a', '.b', '..d', '.c']);
  });

  it('puts a record among the children of its span by time', () => {
    const spans = [
      { id: 'a', start: 10 },
      { id: 'b', parent: 'a', start: 20 },
      { id: 'c', parent: 'a', start: 40 },
    ];
    const logs = [
      { id: 'l', span: 'a', time: 30 },
      { id: 'free', span: 'x', time: 5 },
    ];
    expect(namesOf(treeOf({ spans, logs }))).toEqual(['free', 'a', '.b', '.l', '.c']);
  });

  it('names a missing parent once for all its children, and only when everything is loaded', () => {
    const spans = [
      { id: 'b', parent: 'x' },
      { id: 'c', parent: 'x' },
    ];
    const whole = treeOf({ spans });
    expect(namesOf(whole)).toEqual(['?x', '.b', '.c']);
    expect(whole.missingCount).toBe(1);
    const loading = treeOf({ spans, isComplete: false });
    expect(namesOf(loading)).toEqual(['b', 'c']);
    expect(loading.missingCount).toBe(0);
  });

  it('cuts a ring of parents at its earliest span', () => {
    const spans = [
      { id: 'a', parent: 'b', start: 20 },
      { id: 'b', parent: 'a', start: 10 },
    ];
    expect(namesOf(treeOf({ spans }))).toEqual(['b', '.a']);
  });

  it('keeps both spans of an id that stands twice, and a span that is its own parent', () => {
    expect(treeOf({ spans: [{ id: 'a' }, { id: 'a' }, { id: 'b', parent: 'b' }] }).size).toBe(3);
  });

  it('tells spans of one id apart by their place in the trace, from the first on, however they are drawn', () => {
    const spans = ['one', 'two', 'three'].map((name, index) => ({ id: 'a', start: 10 * (index + 1), end: 90, name, parent: 'r' }));
    const tree = treeOf({ spans: [{ id: 'r', start: 0, end: 100, name: 'root' }, ...spans] });
    const keys = Array.from({ length: tree.size }, (_, node) => [tree.names[tree.name[node] ?? 0], spanKeyOf(tree, node)]);
    expect(keys).toEqual([
      ['root', hexOf('r')],
      ['one', hexOf('a')],
      ['two', `${hexOf('a')}-2`],
      ['three', `${hexOf('a')}-3`],
    ]);
    for (let node = 0; node < tree.size; node += 1) {
      expect(nodeOfSpan(tree, spanKeyOf(tree, node))).toBe(node);
      expect(nodeOfKey(tree, nodeKey(tree, node))).toBe(node);
    }
    expect(nodeOfSpan(tree, `${hexOf('a')}-4`)).toBe(-1);
    expect(nodeOfSpan(tree, `${hexOf('r')}-2`)).toBe(-1);
  });

  it('puts a server’s half of a span under the client’s half of the same id, and what the server did under its own', () => {
    // As Zipkin's tracers send them: a call has one id on both sides.
    const halves: SpanDraft[] = [
      { id: 'c', parent: 'r', start: 10, end: 90, name: 'client', service: 'a', kind: 3 },
      { id: 'c', parent: 'r', start: 20, end: 80, name: 'server', service: 'b', kind: 2 },
    ];
    const rest: SpanDraft[] = [
      { id: 'r', start: 0, end: 100, service: 'a' },
      { id: 'x', parent: 'c', start: 30, end: 40, name: 'of server', service: 'b' },
      { id: 'y', parent: 'c', start: 12, end: 14, name: 'of client', service: 'a' },
      { id: 'z', parent: 'c', start: 50, end: 60, name: 'of neither', service: 'd' },
    ];
    const shape = (spans: readonly SpanDraft[]) => {
      const tree = treeOf({ spans });
      return Array.from({ length: tree.size }, (_, node) => `${'.'.repeat(tree.depth[node] ?? 0)}${tree.names[tree.name[node] ?? 0]}`);
    };
    expect(shape([...rest, ...halves])).toEqual(['operation', '.client', '..of client', '..server', '...of server', '...of neither']);
    // By its clock the server may have begun first.
    const early = halves.map((half) => (half.kind === 2 ? { ...half, start: 5, end: 65 } : half));
    expect(shape([...rest, ...early])).toEqual(['operation', '.client', '..server', '...of server', '...of neither', '..of client']);
    // Two spans of one id that are not of one call stay beside each other.
    expect(shape([...rest.slice(0, 2), ...halves.map((half) => ({ ...half, kind: 1 }))])).toEqual([
      'operation',
      '.client',
      '..of server',
      '.server',
    ]);
  });

  it('lets a span without an end run to the end of the trace, until its end arrives', () => {
    const tree = treeOf({
      spans: [{ id: 'a', start: 10, end: 110 }],
      unfinished: [
        { ...unfinished, spanId: hexOf('u'), parentSpanId: hexOf('a'), name: 'u', startTimeUnixNano: '1030' },
        { ...unfinished, spanId: hexOf('a'), name: 'a', startTimeUnixNano: '1010' },
      ],
    });
    expect(namesOf(tree)).toEqual(['a', '.u']);
    expect([...tree.duration]).toEqual([100, 80]);
    expect(tree.unfinishedCount).toBe(1);
    expect(tree.services).toEqual(['orders', 'x']);
  });

  it('moves the spans and events of a service by its offset, and the axis with the earliest', () => {
    const store = storeOf({
      spans: [
        { id: 'a', start: 10, end: 50, service: 'one' },
        { id: 'b', parent: 'a', start: 40, end: 45, service: 'two', events: [{ time: 42, name: 'e' }] },
      ],
    });
    const tree = buildTraceTree(store, { isComplete: true, offsets: Float64Array.of(-15, -20) });
    expect([...tree.start]).toEqual([0, 25]);
    expect([...tree.events.times]).toEqual([27]);
    expect(tree.startNanos).toBe(995n);
  });

  it('has an axis from the earliest to the latest of what is drawn where clocks are corrected', () => {
    const store = storeOf({
      spans: [
        { id: 'a', start: 0, end: 100, service: 'behind' },
        { id: 'b', start: 500, end: 600, service: 'right' },
        { id: 'c', parent: 'b', start: 3_520, end: 3_580, service: 'ahead' },
      ],
    });
    const tree = buildTraceTree(store, { isComplete: true, offsets: Float64Array.of(510, 0, -3_000) });
    expect([...tree.start].toSorted((left, right) => left - right)).toEqual([0, 10, 20]);
    expect(tree.durationNanos).toBe(110);
    expect(tree.startNanos).toBe(1_500n);
  });

  it('lasts from the first start of a span to the last end, whatever its records say', () => {
    expect(
      durationOfSpans(
        treeOf({
          spans: [
            { id: 'a', start: 10, end: 40 },
            { id: 'b', start: 5, end: 20 },
          ],
          logs: [{ id: 'l', time: 900 }],
        }),
      ),
    ).toBe(35);
    expect(durationOfSpans(treeOf({ logs: [{ id: 'l', time: 9 }] }))).toBe(0);
  });

  it('is not deeper than the stack for a chain of 50,000 spans', () => {
    const spans = Array.from({ length: 50_000 }, (_, index) => ({
      id: `s${index}`,
      start: index,
      parent: index === 0 ? undefined : `s${index - 1}`,
    }));
    expect(treeOf({ spans }).depth.at(-1)).toBe(49_999);
  });

  it('holds every span and record exactly once, each inside its parent’s subtree, whatever the parents are', () => {
    const draft = fc.record({ parent: fc.option(fc.nat(14)), start: fc.nat(50), length: fc.nat(50) });
    fc.assert(
      fc.property(
        fc.array(draft, { maxLength: 12 }),
        fc.array(fc.record({ span: fc.nat(14), time: fc.nat(60) }), { maxLength: 6 }),
        (drafts, logDrafts) => {
          const spans = drafts.map(({ parent, start, length }, index) => ({
            id: `s${index}`,
            parent: parent === null ? undefined : `s${parent}`,
            start,
            end: start + length,
          }));
          const logs = logDrafts.map(({ span, time }, index) => ({ id: `l${index}`, span: `s${span}`, time }));
          const tree = treeOf({ spans, logs });
          const named = namesOf(tree).map((name) => name.replace(/^\.+/, ''));
          expect(named.filter((name) => !name.startsWith('?')).toSorted()).toEqual([...spans, ...logs].map(({ id }) => id).toSorted());
          for (let node = 0; node < tree.size; node += 1) {
            const parent = tree.parent[node] ?? -1;
            const end = tree.subtreeEnd[node] ?? 0;
            expect(end).toBeGreaterThan(node);
            expect((tree.start[node] ?? 0) + (tree.duration[node] ?? 0)).toBeLessThanOrEqual(tree.durationNanos);
            if (parent === -1) expect(tree.depth[node]).toBe(0);
            else {
              expect(parent).toBeLessThan(node);
              expect(end).toBeLessThanOrEqual(tree.subtreeEnd[parent] ?? 0);
              expect(tree.depth[node]).toBe((tree.depth[parent] ?? 0) + 1);
            }
          }
        },
      ),
    );
  });
});

describe('rows of a trace', () => {
  const spans: SpanDraft[] = [
    { id: 'a', start: 10 },
    { id: 'b', parent: 'a', start: 20 },
    { id: 'c', parent: 'b', start: 30, status: 2 },
    { id: 'd', parent: 'a', start: 40 },
  ];
  const logs = [
    { id: 'l', span: 'b', time: 25 },
    { id: 'm', span: 'd', time: 45, level: 4 },
  ];
  const tree = treeOf({ spans, logs });
  const node = (name: string) => nodeOfSpan(tree, hexOf(name));
  const none = new Uint8Array(tree.size);
  const flags = (...nodes: number[]) => none.map((_, place) => (nodes.includes(place) ? 1 : 0));

  it('hides what is under a folded node, and records where they have no rows of their own', () => {
    expect(namesOf(tree, visibleNodes(tree, { folded: flags(node('b')), showLogs: true }))).toEqual(['a', '.b', '.d', '..m']);
    expect(namesOf(tree, visibleNodes(tree, { folded: none, showLogs: false }))).toEqual(['a', '.b', '..c', '.d']);
  });

  it('are those of one subtree, or of what a filter leaves', () => {
    expect(namesOf(tree, visibleNodes(tree, { folded: none, showLogs: true, focus: node('b') }))).toEqual(['.b', '..l', '..c']);
    const { only, count } = withAncestors(tree, (place) => place === node('c'));
    expect(count).toBe(1);
    expect(namesOf(tree, visibleNodes(tree, { folded: none, showLogs: true, only }))).toEqual(['a', '.b', '..c']);
  });

  it('hold one row for all calls of a repetition until it is laid out', () => {
    const calls = treeOf({
      spans: [{ id: 'a' }, ...Array.from({ length: 6 }, (_, index) => ({ id: `c${index}`, parent: 'a', start: index }))],
    });
    const repeats = findRepeats(calls);
    const rows = (opened: Uint8Array) =>
      namesOf(calls, visibleNodes(calls, { folded: new Uint8Array(7), showLogs: true, repeats: { groups: repeats, opened } }));
    expect(rows(new Uint8Array(7))).toEqual(['a', '.c0']);
    expect(rows(Uint8Array.of(0, 1))).toHaveLength(7);
  });

  it('fold what has rows below it, and all that is deeper', () => {
    expect(canFold(tree, node('d'), true)).toBe(true);
    expect(canFold(tree, node('d'), false)).toBe(false);
    expect(namesOf(tree, visibleNodes(tree, { folded: foldedBelow(tree, 1), showLogs: true }))).toEqual(['a', '.b', '.d']);
  });

  it('go through spans and records that are errors, both ways, and begin again', () => {
    const is = (place: number) => isErrorNode(tree, place);
    const first = nextNode(tree, -1, { is });
    const second = nextNode(tree, first, { is });
    expect(namesOf(tree, [first, second, nextNode(tree, second, { is })])).toEqual(['..c', '..m', '..c']);
    expect(nextNode(tree, first, { is, step: -1 })).toBe(second);
    expect(nextNode(tree, 0, { is: () => false })).toBe(-1);
  });

  it('are found by node and by record', () => {
    const rows = visibleNodes(tree, { folded: none, showLogs: false });
    expect([...rows].map((place) => rowOf(rows, place))).toEqual([0, 1, 2, 3]);
    expect(rowOf(rows, nodeOfLog(tree, 'm'))).toBe(-1);
    expect(nodeOfLog(tree, 'none')).toBe(-1);
  });

  it('are made for a node by unfolding what it is under, and nothing else', () => {
    const headOf = new Int32Array(tree.size).fill(-1);
    const shown = { folded: flags(node('a'), node('b'), node('c'), node('d')), opened: none };
    expect(withRowFor(tree, node('c'), { shown, headOf })).toEqual({ folded: flags(node('c'), node('d')), opened: none });
    const seen = { folded: flags(node('c')), opened: none };
    expect(withRowFor(tree, node('c'), { shown: seen, headOf }).folded).toBe(seen.folded);
  });

  it('are made for a call of a repetition, and for what it called, by laying the repetition out', () => {
    const calls = treeOf({
      spans: [
        { id: 'p', end: 99 },
        ...[0, 1, 2, 3, 4].map((start) => ({ id: `x${start}`, parent: 'p', name: 'x', start })),
        { id: 'y', parent: 'x3', start: 3 },
      ],
    });
    const { headOf } = findRepeats(calls);
    const at = (id: string) => nodeOfSpan(calls, hexOf(id));
    const nothing = new Uint8Array(calls.size);
    const opened = (id: string) => withRowFor(calls, at(id), { shown: { folded: nothing, opened: nothing }, headOf }).opened;
    expect([...opened('y')].map((flag, place) => (flag === 1 ? place : -1)).filter((place) => place !== -1)).toEqual([at('x0')]);
    expect(opened('x4')).toEqual(opened('y'));
    expect(opened('x0')).toBe(nothing);
  });

  it('hold for a chain deeper than any stack', () => {
    const deep = treeOf({
      spans: Array.from({ length: 100_000 }, (_, index) => ({
        id: `s${index}`,
        parent: index === 0 ? undefined : `s${index - 1}`,
        start: index,
      })),
    });
    const first = new Uint8Array(deep.size);
    first[0] = 1;
    expect(visibleNodes(deep, { folded: first, showLogs: true })).toHaveLength(1);
    const { folded } = withRowFor(deep, deep.size - 1, {
      shown: { folded: first, opened: new Uint8Array(deep.size) },
      headOf: findRepeats(deep).headOf,
    });
    expect(visibleNodes(deep, { folded, showLogs: true })).toHaveLength(deep.size);
  });

  it('are known again in a tree with more in it, or by what shows them', () => {
    const more = treeOf({
      spans: [{ id: 'p', end: 99 }, ...[0, 1, 2, 3, 4].map((start) => ({ id: `x${start}`, parent: 'p', name: 'x', start }))],
      logs: [{ id: 'l', span: 'x3', time: 3 }],
    });
    const before = treeOf({
      spans: [{ id: 'p', end: 99 }, ...[3, 4].map((start) => ({ id: `x${start}`, parent: 'p', name: 'x', start }))],
    });
    const repeats = findRepeats(more);
    const nothing = new Uint8Array(more.size);
    const at = (id: string) => nodeOfSpan(more, hexOf(id));
    expect(nodeOfKey(more, nodeKey(before, nodeOfSpan(before, hexOf('x4'))))).toBe(at('x4'));
    expect(nodeOfKey(more, nodeKey(more, nodeOfLog(more, 'l')))).toBe(nodeOfLog(more, 'l'));
    expect(nodeOfKey(before, nodeKey(more, nodeOfLog(more, 'l')))).toBe(-1);
    const all = { rows: visibleNodes(more, { folded: nothing, showLogs: true }), headOf: repeats.headOf };
    expect(nearestRow(more, at('x3'), all)).toBe(rowOf(all.rows, at('x3')));
    const folded = {
      rows: visibleNodes(more, { folded: nothing, showLogs: true, repeats: { groups: repeats, opened: nothing } }),
      headOf: repeats.headOf,
    };
    expect([nearestRow(more, at('x3'), folded), nearestRow(more, nodeOfLog(more, 'l'), folded)]).toEqual([1, 1]);
    expect(nearestRow(more, at('x3'), { rows: Int32Array.of(0), headOf: repeats.headOf })).toBe(0);
    expect(nearestRow(more, -1, all)).toBe(-1);
  });
});

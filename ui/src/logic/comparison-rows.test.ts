import { describe, expect, it } from 'vitest';
import { callsAbove, comparisonRows, differencesOf, isOwnTimeAlone, isRepeated, mainNode } from './comparison-rows.ts';
import { compareTraces } from './trace-comparison.ts';
import { measuresOf, type SpanDraft } from './trace-fixtures.ts';

const SPANS: SpanDraft[] = [
  { id: 'r', name: 'r', start: 0, end: 100 },
  { id: 'a', parent: 'r', name: 'a', start: 1, end: 10 },
  { id: 'b', parent: 'r', name: 'b', start: 20, end: 90 },
  { id: 'c', parent: 'b', name: 'c', start: 30, end: 40 },
  { id: 'd', parent: 'b', name: 'd', start: 50, end: 60 },
];
const comparison = compareTraces(measuresOf({ spans: SPANS.filter(({ id }) => id !== 'c') }), [measuresOf({ spans: SPANS })]);
const names = (calls: Iterable<number>) => Array.from(calls, (call) => comparison.aligned.names[comparison.aligned.name[call] ?? 0]);

describe('comparisonRows', () => {
  it('are of all calls, of those that are not folded, or of those that differ and what they hang under', () => {
    expect(names(comparisonRows(comparison, { onlyChanged: false, folded: new Set() }))).toEqual(['r', 'a', 'b', 'c', 'd']);
    expect(names(comparisonRows(comparison, { onlyChanged: false, folded: new Set([2]) }))).toEqual(['r', 'a', 'b']);
    expect(names(comparisonRows(comparison, { onlyChanged: true, folded: new Set() }))).toEqual(['r', 'b', 'c']);
  });

  it('say what differs and what that is under', () => {
    expect(differencesOf(comparison, 3)).toEqual(['missing']);
    expect(differencesOf(comparison, 0)).toEqual([]);
    expect(names(callsAbove(comparison, 3))).toEqual(['b', 'r']);
  });
});

describe('isOwnTimeAlone', () => {
  it('tells a call that spends less itself from one that took less', () => {
    // b waits for d alone, which takes all of the time that b had to itself, and more.
    const here = measuresOf({
      spans: SPANS.map((span) => (span.id === 'd' ? { ...span, start: 41, end: 95 } : span.id === 'b' ? { ...span, end: 96 } : span)),
    });
    const answer = compareTraces(here, [measuresOf({ spans: SPANS })]);
    const call = (name: string) => names(Array.from({ length: answer.aligned.size }, (_, place) => place)).indexOf(name);
    expect(differencesOf(answer, call('b'))).toEqual(['faster']);
    expect(isOwnTimeAlone(answer, { call: call('b'), type: 'faster' })).toBe(true);
    expect(differencesOf(answer, call('d'))).toEqual(['slower']);
    expect(isOwnTimeAlone(answer, { call: call('d'), type: 'slower' })).toBe(false);
    const back = compareTraces(measuresOf({ spans: SPANS }), [here]);
    expect(differencesOf(back, call('b'))).toEqual(['slower']);
    expect(isOwnTimeAlone(back, { call: call('b'), type: 'slower' })).toBe(true);
    expect(isOwnTimeAlone(back, { call: call('b'), type: 'error' })).toBe(false);
  });

  it('tells it also of a call that took as long as usual in all, though not as the median', () => {
    const withEnd = (end: number, child: number) =>
      measuresOf({
        spans: SPANS.filter(({ id }) => ['r', 'b', 'd'].includes(id)).map((span) =>
          span.id === 'b' ? { ...span, end } : span.id === 'd' ? { ...span, end: 50 + child } : span,
        ),
      });
    // b takes 60 in all where it usually takes 50 to 64; of that 50 itself, usually 30 to 34.
    const here = withEnd(80, 10);
    const answer = compareTraces(here, [withEnd(70, 20), withEnd(72, 20), withEnd(84, 30)]);
    expect(differencesOf(answer, 1)).toEqual(['slower']);
    expect(isOwnTimeAlone(answer, { call: 1, type: 'slower' })).toBe(true);
    const longer = withEnd(88, 10);
    expect(isOwnTimeAlone(compareTraces(longer, [here, here]), { call: 1, type: 'slower' })).toBe(false);
  });
});

describe('a call that is made several times', () => {
  const query = (at: number, draft: Partial<SpanDraft> = {}): SpanDraft => ({
    id: `q${at}`,
    parent: 'r',
    name: 'q',
    start: at,
    end: at + 1,
    ...draft,
  });
  const here = measuresOf({ spans: [...SPANS, query(60), query(70, { end: 79 }), query(80)] });
  const answer = compareTraces(here, [measuresOf({ spans: [...SPANS, query(60)] })]);

  it('has one row, which its longest span stands for, or one that failed', () => {
    const rows = [...comparisonRows(answer, { onlyChanged: true, folded: new Set() })];
    expect(rows.map((call) => answer.aligned.names[answer.aligned.name[call] ?? 0])).toEqual(['r', 'q']);
    const call = rows[1] ?? -1;
    expect(isRepeated(answer, call)).toBe(true);
    expect(isRepeated(answer, 0)).toBe(false);
    expect(here.tree.start[mainNode(answer, here.tree, call)]).toBe(70);
    const failing = measuresOf({ spans: [...SPANS, query(60), query(70, { end: 79 }), query(80, { status: 2 })] });
    expect(failing.tree.start[mainNode(compareTraces(failing, []), failing.tree, call)]).toBe(80);
  });
});

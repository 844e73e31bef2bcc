import { describe, expect, it, vi } from 'vitest';
import { headLine, hexOf, logsLine, spansLine } from './trace-fixtures.ts';
import { createTraceReader, type TraceProgress } from './trace-reader.ts';
import { nodeOfSpan } from './trace-tree.ts';

const known = { names: [], services: [] };
const spans = Array.from({ length: 300 }, (_, index) => ({
  id: `s${index}`,
  start: index,
  end: index + 5,
  name: `näme ${index % 7}`,
  ...(index === 0 ? {} : { parent: 's0' }),
}));
const LINES = [
  headLine(300),
  spansLine(spans.slice(0, 100), known),
  spansLine(spans.slice(100, 150), known),
  spansLine(spans.slice(150), known),
  logsLine([{ id: 'l', span: 's3', time: 9 }]),
  { type: 'end', spanCount: 300, logCount: 1, linkedFrom: [{ spanId: hexOf('s7'), count: 2 }] },
];

function read(text: string, step: number): TraceProgress[] {
  const progress: TraceProgress[] = [];
  const reader = createTraceReader((next) => progress.push(next));
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += step) reader.read(bytes.slice(from, from + step));
  reader.end();
  return progress;
}

const told = (progress: readonly TraceProgress[]) =>
  progress.map((next) => (next.type === 'snapshot' ? [next.snapshot.loadedSpans, next.snapshot.isComplete] : next.type));

describe('createTraceReader', () => {
  const text = LINES.map((line) => `${JSON.stringify(line)}\n`).join('');

  it('shows the first spans at once, then each time they have doubled, then all', () => {
    expect(told(read(text, text.length * 2))).toEqual(['head', [100, false], [300, false], [300, true]]);
  });

  it('knows at the end which spans those of other traces link to', () => {
    const trees = read(text, text.length * 2).flatMap((next) => (next.type === 'snapshot' ? [next.snapshot.tree] : []));
    expect(trees.map(({ linkedFrom }) => linkedFrom.size)).toEqual([0, 0, 1]);
    const tree = trees.at(-1);
    expect(tree && [...tree.linkedFrom]).toEqual([[tree && nodeOfSpan(tree, hexOf('s7')), 2]]);
  });

  it('waits a moment for the records of spans that have all come at once, and shows the spans without them after it', () => {
    vi.useFakeTimers();
    try {
      const spanLines = [headLine(100), spansLine(spans.slice(0, 100), { names: [], services: [] })];
      const rest = [logsLine([{ id: 'l', span: 's3', time: 9 }]), { type: 'end', spanCount: 100, logCount: 1, linkedFrom: [] }];
      const bytes = (lines: readonly object[]) => new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      const readSlowly = (pauseMillis: number) => {
        const progress: TraceProgress[] = [];
        const reader = createTraceReader((next) => progress.push(next));
        reader.read(bytes(spanLines));
        vi.advanceTimersByTime(pauseMillis);
        reader.read(bytes(rest));
        reader.end();
        vi.runAllTimers();
        return told(progress);
      };
      expect(readSlowly(300)).toEqual(['head', [100, true]]);
      expect(readSlowly(500)).toEqual(['head', [100, false], [100, true]]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('reads bytes that are cut anywhere', () => {
    const whole = read(text, text.length * 2).at(-1);
    for (const step of [1, 7, 1_000]) expect(read(text, step).at(-1)).toEqual(whole);
  });

  it('shows the whole trace again with services moved, and back', () => {
    const progress: TraceProgress[] = [];
    const reader = createTraceReader((next) => progress.push(next));
    const startOf = () => {
      const last = progress.at(-1);
      return last?.type === 'snapshot' ? last.snapshot.tree.startNanos : undefined;
    };
    reader.correct(new Map([['orders', 1_000]]));
    reader.read(new TextEncoder().encode(text));
    expect(startOf()).toBe(2_000n);
    reader.correct(new Map([['elsewhere', 5]]));
    expect(startOf()).toBe(1_000n);
    reader.correct(new Map());
    expect(progress.at(-1)).toEqual(read(text, text.length * 2).at(-1));
  });

  it('shows what has come of an answer that was cut, and says so', () => {
    const cut = text.slice(0, text.lastIndexOf('{"type":"logs"') + 20);
    expect(told(read(cut, 500))).toEqual(['head', [100, false], [300, false], [300, false], 'cut']);
    expect(told(read('', 1))).toEqual(['cut']);
  });
});

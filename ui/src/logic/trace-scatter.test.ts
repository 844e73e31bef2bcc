import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration-format.ts';
import { bandAt, choiceOf, type Dot, dotAt, durationLines, layoutScatter, nextDot } from './trace-scatter.ts';

const RANGE = { fromMillis: 1_000_000, toMillis: 1_100_000 };
const OPTIONS = { range: RANGE, width: 1_000, height: 112, order: 'newest', hasMore: false } as const;
const MS = 1e6;

const dot = (atMillis: number, durationNanos: number): Dot => ({
  startTimeUnixNano: `${atMillis}000000`,
  durationNano: String(Math.round(durationNanos)),
});

describe('layoutScatter', () => {
  it('places dots by their start and by the logarithm of their duration', () => {
    const { x, y, minNanos, maxNanos } = layoutScatter(
      [dot(1_075_000, 10 * MS), dot(1_025_000, 100 * MS), dot(1_000_000, 1_000 * MS)],
      OPTIONS,
    );
    expect([minNanos, maxNanos]).toEqual([10 * MS, 1_000 * MS]);
    expect([...x]).toEqual([750, 250, 0]);
    expect([...y].map(Math.round)).toEqual([106, 56, 6]);
  });

  it('has room for dots that took no time, and for a single one', () => {
    const { y, minNanos, maxNanos } = layoutScatter([dot(1_050_000, 0)], OPTIONS);
    expect([minNanos, maxNanos]).toEqual([1_000, 10_000]);
    expect([...y]).toEqual([106]);
  });

  it('keeps dots that began before the range at its edge', () => {
    expect([...layoutScatter([dot(900_000, MS)], OPTIONS).x]).toEqual([0]);
  });

  it('says up to where older ones are not read yet', () => {
    const traces = [dot(1_090_000, MS), dot(1_040_000, MS)];
    expect(layoutScatter(traces, { ...OPTIONS, hasMore: true }).unread).toEqual({ width: 400, top: 0 });
    expect(layoutScatter(traces, OPTIONS).unread.width).toBe(0);
    expect(layoutScatter([], { ...OPTIONS, hasMore: true }).unread.width).toBe(0);
  });

  it('says below which duration quicker ones are not read yet, where the slowest come first', () => {
    const traces = [dot(1_040_000, 1_000 * MS), dot(1_090_000, 100 * MS), dot(1_010_000, 10 * MS)];
    const slowest = { ...OPTIONS, order: 'slowest' } as const;
    expect(layoutScatter(traces.slice(0, 2), { ...slowest, hasMore: true }).unread).toEqual({ width: 1_000, top: 106 });
    expect(Math.round(layoutScatter(traces, { ...slowest, hasMore: true }).unread.top)).toBe(106);
    expect(layoutScatter(traces, slowest).unread.width).toBe(0);
    const rootDurations = [{ fromMillis: 1_000_000, toMillis: 1_100_000, count: 5, p50: MS, p99: MS, longest: MS }];
    expect(layoutScatter(traces, { ...slowest, hasMore: true, rootDurations }).bands).toEqual([]);
  });

  it('has bands for what is not read, cut where dots begin, and room for the longest in them', () => {
    const stretch = (from: number, longest: number) => ({
      fromMillis: from,
      toMillis: from + 10_000,
      count: 5,
      p50: 10 * MS,
      p99: 100 * MS,
      longest,
    });
    const all = [stretch(1_000_000, 10_000 * MS), stretch(1_035_000, 100 * MS), stretch(1_090_000, 1e6 * MS)];
    const traces = [dot(1_090_000, 100 * MS), dot(1_040_000, 100 * MS)];
    const layout = layoutScatter(traces, { ...OPTIONS, hasMore: true, rootDurations: all });
    expect([layout.minNanos, layout.maxNanos]).toEqual([10 * MS, 10_000 * MS]);
    expect(layout.bands.map(({ left, right }) => [left, right])).toEqual([
      [0, 100],
      [350, 400],
    ]);
    expect(layout.bands.map(({ top, bottom, longest }) => [top, bottom, longest].map(Math.round))).toEqual([
      [73, 106, 6],
      [73, 106, 73],
    ]);
    expect(bandAt(layout, 99)?.durations).toBe(all[0]);
    expect([bandAt(layout, 100), bandAt(layout, 400), bandAt(layout, -1)]).toEqual([undefined, undefined, undefined]);
    expect(layoutScatter(traces, { ...OPTIONS, rootDurations: all }).bands).toEqual([]);
  });

  it('says where those lie that come before the first of a list that begins in its middle', () => {
    const traces = [dot(1_070_000, 100 * MS), dot(1_040_000, 10 * MS)];
    const middle = { ...OPTIONS, beginsInMiddle: true, hasMore: true };
    const stretch = { fromMillis: 1_065_000, toMillis: 1_075_000, count: 5, p50: MS, p99: MS, longest: MS };
    const { skipped, bands } = layoutScatter(traces, { ...middle, rootDurations: [stretch] });
    expect(skipped).toEqual({ left: 700, bottom: 112 });
    expect(bands.map(({ left, right }) => [left, right])).toEqual([[700, 750]]);
    const slowest = layoutScatter(traces, { ...middle, order: 'slowest' });
    expect(slowest.skipped).toEqual({ left: 0, bottom: slowest.y[0] });
    expect(layoutScatter(traces, OPTIONS).skipped).toBeUndefined();
    expect(layoutScatter([], middle).skipped).toBeUndefined();
  });

  it('has a line for each power of ten', () => {
    expect(durationLines({ minNanos: MS, maxNanos: 1_000 * MS })).toEqual([MS, 10 * MS, 100 * MS, 1_000 * MS]);
  });
});

describe('dotAt', () => {
  const layout = layoutScatter([dot(1_050_000, 10 * MS), dot(1_050_600, 10 * MS), dot(1_010_000, 100 * MS)], OPTIONS);

  it('is the nearest dot, none where none is near', () => {
    expect(dotAt(layout, { x: 501, y: 104 })).toBe(0);
    expect(dotAt(layout, { x: 505, y: 104 })).toBe(1);
    expect(dotAt(layout, { x: 300, y: 50 })).toBe(-1);
  });
});

describe('choiceOf', () => {
  const layout = layoutScatter([dot(1_050_000, MS), dot(1_050_000, 1_000 * MS)], OPTIONS);

  it('chooses times alone by a flat drag, durations alone by a narrow one, nothing by a click', () => {
    expect(choiceOf(layout, { x: 500, y: 50 }, { x: 250, y: 53 })).toEqual({ range: { fromMillis: 1_025_000, toMillis: 1_050_000 } });
    const tall = choiceOf(layout, { x: 500, y: 90 }, { x: 502, y: 40 });
    expect(tall?.range).toBeUndefined();
    expect(parseDuration(tall?.min ?? '')).toBeLessThan(parseDuration(tall?.max ?? '') ?? 0);
    expect(choiceOf(layout, { x: 500, y: 50 }, { x: 503, y: 53 })).toBeUndefined();
  });

  it('leaves out a bound where the drag goes to the edge', () => {
    expect(choiceOf(layout, { x: 0, y: 0 }, { x: 100, y: 60 })).toEqual({
      range: { fromMillis: 1_000_000, toMillis: 1_010_000 },
      min: expect.any(String),
    });
    expect(choiceOf(layout, { x: 100, y: 112 }, { x: 0, y: 60 })).toEqual({
      range: { fromMillis: 1_000_000, toMillis: 1_010_000 },
      max: expect.any(String),
    });
  });

  it('has every dot in it that the drag goes around, and texts that the query API reads', () => {
    const durations = fc.double({ min: 2_000, max: 3e12, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1_000_000, max: 1_099_999 }), durations), { minLength: 1, maxLength: 20 }),
        (dots) => {
          const traces = dots.map(([at, nanos]) => dot(at, nanos));
          const drawn = layoutScatter(traces, OPTIONS);
          const [x, y] = [drawn.x[0] ?? 0, drawn.y[0] ?? 0];
          const choice = choiceOf(drawn, { x: x - 10, y: y - 10 }, { x: x + 10, y: y + 10 });
          const [at, nanos] = [dots[0]?.[0] ?? 0, Math.round(dots[0]?.[1] ?? 0)];
          expect(at).toBeGreaterThanOrEqual(choice?.range?.fromMillis ?? 0);
          expect(at).toBeLessThan(choice?.range?.toMillis ?? Number.POSITIVE_INFINITY);
          if (choice?.min !== undefined) expect(parseDuration(choice.min)).toBeLessThanOrEqual(nanos);
          if (choice?.max !== undefined) expect(parseDuration(choice.max)).toBeGreaterThanOrEqual(nanos);
        },
      ),
    );
  });
});

describe('nextDot', () => {
  const layout = layoutScatter([dot(1_090_000, MS), dot(1_050_000, 900 * MS), dot(1_010_000, 30 * MS)], OPTIONS);

  it('goes by time to the sides, by duration up and down, and stays at the ends', () => {
    expect(nextDot(layout, 1, 'ArrowRight')).toBe(0);
    expect(nextDot(layout, 1, 'ArrowLeft')).toBe(2);
    expect(nextDot(layout, 0, 'ArrowRight')).toBe(0);
    expect(nextDot(layout, 0, 'ArrowUp')).toBe(2);
    expect(nextDot(layout, 2, 'ArrowUp')).toBe(1);
    expect(nextDot(layout, 1, 'ArrowUp')).toBe(1);
    expect(nextDot(layout, -1, 'ArrowUp')).toBe(0);
    expect(nextDot(layout, 0, 'Home')).toBeUndefined();
    expect(nextDot(layoutScatter([], OPTIONS), -1, 'ArrowUp')).toBeUndefined();
  });

  it('gets to every dot, also where many are at one place', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }), (places) => {
        const drawn = layoutScatter(
          places.map((place) => dot(1_000_000 + place * 1_000, place * MS)),
          OPTIONS,
        );
        let at = 0;
        for (let step = 0; step < places.length; step += 1) at = nextDot(drawn, at, 'ArrowLeft') ?? 0;
        const seen = new Set([at]);
        for (let step = 0; step < places.length; step += 1) {
          at = nextDot(drawn, at, 'ArrowRight') ?? 0;
          seen.add(at);
        }
        expect(seen.size).toBe(places.length);
      }),
    );
  });
});

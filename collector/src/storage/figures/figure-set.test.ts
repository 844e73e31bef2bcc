import { describe, expect, it } from 'vitest';
import { differenceOf, FigureSet, FigureSum } from './figure-set.ts';
import type { FigureKey } from './figures.ts';

const KEY: FigureKey = { type: 'service', service: 'orders' };

function setOf(minutes: readonly number[]): FigureSet {
  const set = new FigureSet();
  for (const minute of minutes)
    set
      .of('default', KEY, '')
      .cell(minute)
      .add(100, 1, minute % 2 === 0);
  return set;
}

function sum(set: FigureSet, request: Partial<ConstructorParameters<typeof FigureSum>[0]> = {}) {
  const figures = new FigureSum({ range: {}, types: ['service'], ...request });
  figures.add(set, 'default', (key) => key);
  return figures.figures();
}

describe('FigureSet', () => {
  it('makes the buckets of a long time wider, and loses nothing', () => {
    const minutes = Array.from({ length: 1_000 }, (_, index) => index);
    const set = setOf(minutes);
    set.tidy();
    expect(set.widthMinutes).toBe(5);
    expect(sum(set)).toMatchObject([{ counts: { spans: 1_000, errors: 500 }, firstMinute: 0, lastMinute: 999 }]);
    const range = { fromNanos: 60_000_000_000n * 100n, toNanos: 60_000_000_000n * 105n };
    expect(sum(set, { range })).toMatchObject([{ counts: { spans: 5 } }]);
  });

  it('keeps the buckets of all others narrow where the clocks of a few are years off', () => {
    const minutes = Array.from({ length: 60 }, (_, index) => 29_900_000 + index);
    const set = setOf([0, 1, ...minutes, 150_000_000]);
    set.tidy();
    expect(set.widthMinutes).toBe(1);
    const range = { fromNanos: 60_000_000_000n * 29_900_030n, toNanos: 60_000_000_000n * 29_900_035n };
    expect(sum(set, { range })).toMatchObject([{ counts: { spans: 5 }, firstMinute: 29_900_030, lastMinute: 29_900_034 }]);
  });

  it('keeps a few buckets of what is centuries apart', () => {
    const set = setOf(Array.from({ length: 3_000 }, (_, index) => index * 50_000));
    set.tidy();
    expect([...(set.of('default', KEY, '').cells.keys() ?? [])].length).toBeLessThan(350);
  });

  it('is the same after it was stored', () => {
    const set = setOf([1, 1, 2, 900]);
    set.tidy();
    const restored = FigureSet.restore(JSON.parse(JSON.stringify(set.stored())));
    expect(sum(restored, { stepMinutes: 1 })).toEqual(sum(set, { stepMinutes: 1 }));
    expect(restored.widthMinutes).toBe(set.widthMinutes);
  });

  it('reads instances of files from before environments and namespaces were told apart', () => {
    const set = new FigureSet();
    const key = { type: 'instance', service: 'orders', namespace: '', version: '1', environment: '', instance: 'one' } as const;
    set.of('default', key, '').cell(3).add(100, 1, false);
    const restored = FigureSet.restore(
      JSON.parse(JSON.stringify(set.stored()).replace('"namespace":"",', '').replaceAll('"environment":"",', '')),
    );
    restored.merge(set);
    expect(sum(restored, { types: ['instance'] })).toMatchObject([{ key, counts: { spans: 2 } }]);
  });

  it('tells what is recent apart from what was before', () => {
    const [figure] = sum(setOf([1, 2, 8, 9]), { recentFromMinute: 8 });
    expect(figure).toMatchObject({ counts: { spans: 4, errors: 2 }, recent: { spans: 2, errors: 1 } });
    expect(figure && differenceOf(figure.counts, figure.recent)).toMatchObject({ spans: 2, errors: 1, durations: { counts: [2] } });
  });
});

import { describe, expect, it } from 'vitest';
import { noLevelSums } from './histogram-geometry.ts';
import type { Level } from './level.ts';
import { countAgainIn, countLive, hasAnyOf } from './live-counts.ts';
import { logRecord } from './record-fixtures.ts';

const NUMBERS = { INFO: 9, ERROR: 17 };
const row = (millis: number, level: keyof typeof NUMBERS = 'INFO') =>
  logRecord({ timeUnixNano: `${millis}000000`, severityNumber: NUMBERS[level] });
const counted = (counts: Partial<Record<Level, number>>, isOpen = true) => ({
  answer: {
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    buckets: [{ from: '1970-01-01T00:00:01.000Z', to: '1970-01-01T00:00:02.000Z', counts: { ...noLevelSums(), ...counts } }],
  },
  range: { fromMillis: 1_000, toMillis: 2_000 },
  isOpen,
});

describe('the count of a live list', () => {
  it('is the last count where no row has come', () => {
    expect(countLive(counted({ INFO: 3, ERROR: 1 }), [])).toMatchObject({ total: 4, byLevel: { INFO: 3, ERROR: 1 } });
  });

  it('has what is of a later time than was counted, by level', () => {
    const counts = countLive(counted({ INFO: 3 }), [row(2_000), row(2_500, 'ERROR')]);
    expect(counts).toMatchObject({ total: 5, byLevel: { INFO: 4, ERROR: 1 } });
  });

  it('counts no row twice that the last count may have, and is never less than the rows', () => {
    expect(countLive(counted({ INFO: 3 }), [row(1_100), row(1_200)]).total).toBe(3);
    expect(countLive(counted({}), [row(1_100), row(1_200, 'ERROR')])).toMatchObject({ total: 2, byLevel: { INFO: 1, ERROR: 1 } });
    expect(countLive(counted({ INFO: 3 }), [row(1_100, 'ERROR')]).total).toBe(4);
  });

  it('is of its range: neither what is older, nor what is later than an end that stands still', () => {
    expect(countLive(counted({ INFO: 3 }), [row(999)]).total).toBe(3);
    expect(countLive(counted({ INFO: 3 }, false), [row(2_000)]).total).toBe(3);
  });
});

describe('rows of a counted range', () => {
  it.each([
    ['older', 999, true, false],
    ['in it', 1_000, true, true],
    ['later, and it ends now', 2_000, true, true],
    ['later, and its end stands still', 2_000, false, false],
  ])('%s', (_, millis, isOpen, has) => {
    expect(hasAnyOf(counted({}, isOpen), [row(millis)])).toBe(has);
  });
});

describe('counting anew', () => {
  const last = { total: 0, askedMillis: 1_000, answeredMillis: 1_050 };

  it('is at once for the first that comes where there was nothing, and waits until there is one', () => {
    expect(countAgainIn(last, { arrived: 1, nowMillis: 9_000 })).toBe(0);
    expect(countAgainIn(last, { arrived: 0, nowMillis: 9_000 })).toBeUndefined();
  });

  it('is worth it for a tenth of what was counted', () => {
    expect(countAgainIn({ ...last, total: 100 }, { arrived: 9, nowMillis: 9_000 })).toBeUndefined();
    expect(countAgainIn({ ...last, total: 100 }, { arrived: 10, nowMillis: 9_000 })).toBe(0);
  });

  it('comes a second after the last at the soonest, and takes a fifth of the time at most', () => {
    expect(countAgainIn(last, { arrived: 1, nowMillis: 1_250 })).toBe(800);
    expect(countAgainIn({ ...last, answeredMillis: 3_000 }, { arrived: 1, nowMillis: 4_000 })).toBe(7_000);
  });
});

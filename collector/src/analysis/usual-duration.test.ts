import { describe, expect, it } from 'vitest';
import { type DurationWindow, surePartOf, usualBeforeSlow } from './usual-duration.ts';

const COUNT = 100;
/** So many windows of one p95 after the other. */
const times = (...parts: readonly (readonly [length: number, p95Millis: number])[]): DurationWindow[] =>
  parts.flatMap(([length, p95Millis]) => Array.from({ length }, () => ({ count: COUNT, p95Millis })));
const repeated = (count: number, ...parts: readonly (readonly [number, number])[]): DurationWindow[] =>
  Array.from({ length: count }, () => times(...parts)).flat();

describe('usualBeforeSlow', () => {
  it.each<[string, DurationWindow[], number, number | undefined]>([
    ['steady', times([60, 100]), 100, undefined],
    ['steady, and a little slower', times([60, 100]), 200, undefined],
    ['slow since just now', times([60, 100]), 201, 100],
    ['slow since nine tenths', times([54, 100], [6, 300]), 300, 100],
    ['slow since the middle', times([30, 100], [30, 300]), 300, 100],
    ['slow since a quarter', times([15, 100], [45, 300]), 300, 100],
    ['slow all the time but for its beginning', times([5, 100], [55, 300]), 300, undefined],
    ['slow all the time', times([60, 300]), 300, undefined],
    ['slower and slower', times([20, 100], [20, 200], [20, 300]), 300, 100],
    ['slow since the middle, quick once by chance', times([30, 100], [20, 300], [1, 100], [9, 300]), 300, 100],
    ['a spike that is over', times([20, 100], [20, 300], [20, 100]), 100, undefined],
    ['a long spike that is over', times([10, 100], [40, 300], [10, 100]), 100, undefined],
    ['a spike that is over, and slow again', times([20, 100], [5, 300], [30, 100], [2, 300]), 300, 100],
    ['quick for a while in the middle', times([28, 300], [4, 100], [28, 300]), 300, undefined],
    ['back from a quick spell as long as what was before', times([20, 300], [25, 100], [20, 300]), 300, undefined],
    ['slow for some minutes of each hour, as now', [...repeated(5, [10, 100], [2, 300]), ...times([10, 100], [1, 300])], 300, undefined],
    ['the same at its end', [...repeated(5, [10, 100], [2, 300]), ...times([10, 100], [3, 300])], 300, undefined],
    ['the same, and this time it does not end', [...repeated(5, [10, 100], [2, 300]), ...times([10, 100], [4, 300])], 300, 100],
    ['the same, and this time it is far slower', [...repeated(5, [10, 100], [2, 300]), ...times([10, 100], [2, 300])], 700, 100],
    ['a job once an hour, each time the same', times([6, 2_000]), 2_000, undefined],
    ['single slow windows now and then, as now', repeated(6, [9, 100], [1, 300]), 300, undefined],
    ['nothing before', [], 300, undefined],
    ['too little before', times([1, 100]), 300, undefined],
  ])('%s', (_, windows, now, usual) => {
    expect(usualBeforeSlow(windows, now)).toBe(usual);
  });
});

describe('surePartOf', () => {
  it('is nearer to p95 the more calls there are', () => {
    expect([20, 475, 1_900_000_000].map((calls) => Number(surePartOf(calls).toFixed(3)))).toEqual([0.853, 0.93, 0.95]);
  });

  it('is at no p95 of a service whose time-outs are one of twenty-five, be they six of a hundred for once', () => {
    const durations = Array.from({ length: 100 }, (_, call) => (call < 94 ? 100 : 1_240));
    expect(durations[Math.floor(0.95 * durations.length)]).toBe(1_240);
    expect(durations[Math.floor(surePartOf(100) * durations.length)]).toBe(100);
  });
});

import { describe, expect, it } from 'vitest';
import { createClock, type HrTime } from './clock.ts';

const nanos = ([seconds, below]: HrTime): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(below);

describe('createClock', () => {
  it('follows the monotonic clock between two milliseconds', () => {
    let monotonic = 0.001;
    const clock = createClock({ wallMillis: () => 1_700_000_000_000, monotonicMillis: () => monotonic });
    expect(clock.now()).toEqual([1_700_000_000, 0]);
    monotonic += 0.001234;
    expect(clock.now()).toEqual([1_700_000_000, 1234]);
  });
  it('gives two calls in the same nanosecond two times', () => {
    const clock = createClock({ wallMillis: () => 5, monotonicMillis: () => 0.000007 });
    expect([clock.now(), clock.now(), clock.now()].map(nanos)).toEqual([5_000_000n, 5_000_001n, 5_000_002n]);
  });
  it('goes on from its last time when the system’s clock is set back, and with it when it is set forward', () => {
    let wall = 10_000;
    let monotonic = 0;
    const clock = createClock({ wallMillis: () => wall, monotonicMillis: () => monotonic });
    const before = nanos(clock.now());
    wall = 4000;
    monotonic += 1;
    expect(nanos(clock.now())).toBe(before + 1n);
    wall = 60_000;
    monotonic += 1;
    expect(nanos(clock.now())).toBe(60_000_000_000n);
  });
  it('is at no time before the millisecond that the system’s clock shows, at which spans begin', () => {
    let time = 1_000.9;
    const clock = createClock({ wallMillis: () => Math.floor(time), monotonicMillis: () => time });
    expect(nanos(clock.now())).toBe(1_000_000_000n);
    time = 1_002.1;
    expect(nanos(clock.now())).toBe(1_002_000_000n);
    time = 1_002.5;
    expect(nanos(clock.now())).toBe(1_002_400_000n);
  });
  it('stays within three milliseconds of a system’s clock that goes faster or slower', () => {
    for (const pace of [0.999_9, 1.000_1]) {
      let monotonic = 0;
      const wall = (): number => 1_000_000 + monotonic * pace;
      const clock = createClock({ wallMillis: wall, monotonicMillis: () => monotonic });
      for (; monotonic < 600_000; monotonic += 250) {
        const off = Number(nanos(clock.now())) / 1_000_000 - wall();
        expect(off).toBeGreaterThan(-1);
        expect(off).toBeLessThan(3);
      }
    }
  });
  it('is within a moment of the system’s clock', () => {
    expect(Math.abs(Number(nanos(createClock().now()) / 1_000_000n) - Date.now())).toBeLessThan(2000);
  });
});

import { describe, expect, it } from 'vitest';
import { FlushPace } from './flush-pace.ts';

describe('FlushPace', () => {
  it('lets few writes through at once, and makes many wait for each other', () => {
    let now = 0;
    const pace = new FlushPace(() => now);
    let atOnce = 0;
    for (; pace.wait() === 0; atOnce += 1) pace.note();
    expect(atOnce).toBe(40);
    expect(pace.wait()).toBe(4_000);
    now += 1_000;
    expect(pace.wait()).toBe(3_000);
    now += 3_000;
    expect(pace.wait()).toBe(0);
    pace.note();
    now += 160_000;
    for (atOnce = 0; pace.wait() === 0; atOnce += 1) pace.note();
    expect(atOnce).toBe(40);
  });
});

import { describe, expect, it } from 'vitest';
import { FlushPace } from './flush-pace.ts';

describe('FlushPace', () => {
  it('lets few writes through at once, and makes many wait for each other', () => {
    let now = 0;
    const pace = new FlushPace(() => now);
    let atOnce = 0;
    for (; pace.wait() === 0; atOnce += 1) pace.note();
    expect(atOnce).toBe(40);
    expect(pace.wait()).toBe(500);
    now += 200;
    expect(pace.wait()).toBe(300);
    now += 300;
    expect(pace.wait()).toBe(0);
    pace.note();
    now += 60_000;
    for (atOnce = 0; pace.wait() === 0; atOnce += 1) pace.note();
    expect(atOnce).toBe(40);
  });
});

import { describe, expect, it } from 'vitest';
import { ThreadShare } from './thread-share.ts';

describe('ThreadShare', () => {
  it('gives one worker long pieces and many a fifth of the time, and never nothing', () => {
    let now = 0;
    const share = new ThreadShare(() => now);
    expect(share.next()).toBe(50);
    share.spend(50);
    share.spend(50);
    expect(share.next()).toBe(2);
    now += 100;
    expect(share.next()).toBe(20);
    share.spend(15);
    expect(share.next()).toBe(5);
    now += 3_600_000;
    expect(share.next()).toBe(50);
  });
});

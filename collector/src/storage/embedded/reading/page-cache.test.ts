import { describe, expect, it } from 'vitest';
import { PageCache } from './page-cache.ts';

describe('PageCache', () => {
  it('keeps no more than it may, and what is used again longer than what is not', () => {
    const cache = new PageCache(10_000);
    const owners = [{}, {}];
    let made = 0;
    const read = (owner: object, key: number): string =>
      cache.partsOf(owner).get(key, () => {
        made += 1;
        return { value: `${owners.indexOf(owner)} ${key}`, bytes: 10 };
      });
    for (let key = 0; key < 20_000; key += 1) {
      for (const [number, owner] of owners.entries()) expect(read(owner, key)).toBe(`${number} ${key}`);
      // These two are asked for all the time.
      for (const owner of owners) read(owner, 0);
    }
    expect(made).toBe(40_000);
    made = 0;
    // Of a thousand that have room these are the last.
    for (let key = 19_999; key > 19_600; key -= 1) for (const owner of owners) read(owner, key);
    expect(made).toBe(0);
    for (const owner of owners) read(owner, 100);
    expect(made).toBe(2);
  });

  it('keeps nothing that would take most of its room', () => {
    const cache = new PageCache(100);
    const owner = {};
    let made = 0;
    for (let time = 0; time < 3; time += 1)
      cache.partsOf(owner).get(1, () => {
        made += 1;
        return { value: 'large', bytes: 26 };
      });
    expect(made).toBe(3);
  });
});

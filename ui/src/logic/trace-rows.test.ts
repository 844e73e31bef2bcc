import { describe, expect, test } from 'vitest';
import { siblingPlaces } from './trace-rows.ts';

describe('siblingPlaces', () => {
  test('counts the rows below each parent, and the roots as those of one', () => {
    //            0   1  2  3  4  5   6
    const parents = [-1, 0, 1, 1, 0, 0, -1];
    const { place, of } = siblingPlaces(parents, [0, 1, 2, 3, 4, 5, 6]);
    expect([...place]).toEqual([1, 1, 1, 2, 2, 3, 2]);
    expect([...of]).toEqual([2, 3, 2, 2, 3, 3, 2]);
  });

  test('counts rows that there are, not nodes: what is folded or left out is in no set', () => {
    const { place, of } = siblingPlaces([-1, 0, 1, 1, 0, 0], [0, 1, 5]);
    expect([...place]).toEqual([1, 1, 2]);
    expect([...of]).toEqual([1, 2, 2]);
  });

  test('has a set of ten thousand in a fan, and of one in a chain', () => {
    const size = 10_000;
    const rows = Array.from({ length: size }, (_, node) => node);
    const fan = siblingPlaces(
      rows.map((node) => (node === 0 ? -1 : 0)),
      rows,
    );
    expect([fan.place[size - 1], fan.of[size - 1]]).toEqual([size - 1, size - 1]);
    const chain = siblingPlaces(
      rows.map((node) => node - 1),
      rows,
    );
    expect(Math.max(...chain.place, ...chain.of)).toBe(1);
  });
});

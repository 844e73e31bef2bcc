import { describe, expect, it } from 'vitest';
import { keepPlace, keptPlace, MAX_PLACES, parsePlaces } from './kept-place.ts';

describe('the place of a reader in a list', () => {
  it('is of one entry of the history and one list', () => {
    const place = { row: 'a', at: 'at a', pixels: 7 };
    keepPlace('entry', 'list', place);
    expect(keptPlace('entry', 'list')).toEqual(place);
    expect([keptPlace('entry', 'other'), keptPlace('another', 'list')]).toEqual([undefined, undefined]);
  });

  it('is let go of once there are too many that were kept later', () => {
    keepPlace('first', 'list', { pixels: 0 });
    keepPlace('second', 'list', { pixels: 0 });
    keepPlace('first', 'list', { pixels: 1 });
    for (let index = 1; index < MAX_PLACES; index += 1) keepPlace(`later ${index}`, 'list', { pixels: 0 });
    expect([keptPlace('first', 'list'), keptPlace('second', 'list')]).toEqual([{ pixels: 1 }, undefined]);
  });

  it('is one that exists, whatever is stored', () => {
    for (const stored of [undefined, null, 'x', 5, [], { a: 'x' }, { a: { pixels: '1' } }]) expect(parsePlaces(stored)).toEqual({});
    expect(parsePlaces({ a: { row: 'r', at: 5, pixels: 2, more: 1 } })).toEqual({ a: { row: 'r', pixels: 2 } });
  });
});

import { expect, it } from 'vitest';
import { FigureCache } from './figure-cache.ts';

function heldOf(cache: FigureCache<string>, ids: string): string {
  return [...ids].filter((id) => cache.get(id) !== undefined).join('');
}

it('gives up what was not asked for longest', () => {
  const cache = new FigureCache<string>(30);
  for (const id of 'abc') cache.set(id, `value of ${id}`, 10);
  expect(cache.get('a')).toBe('value of a');
  cache.set('d', 'value of d', 10);
  expect(heldOf(cache, 'abcd')).toBe('acd');
  cache.set('e', 'value of e', 25);
  expect(heldOf(cache, 'abcde')).toBe('e');
});

it('keeps the last alone where that is larger than all may be', () => {
  const cache = new FigureCache<string>(30);
  cache.set('a', 'value of a', 10);
  cache.set('b', 'value of b', 100);
  expect(heldOf(cache, 'ab')).toBe('b');
  cache.set('c', 'value of c', 30);
  expect(heldOf(cache, 'abc')).toBe('c');
});

it('counts what is replaced or deleted no more', () => {
  const cache = new FigureCache<string>(30);
  cache.set('a', 'first', 25);
  cache.set('a', 'second', 10);
  cache.set('b', 'value of b', 20);
  expect([cache.get('a'), cache.get('b')]).toEqual(['second', 'value of b']);
  cache.delete('b');
  cache.set('c', 'value of c', 20);
  expect(heldOf(cache, 'abc')).toBe('ac');
});

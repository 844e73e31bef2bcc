import { expect, it, vi } from 'vitest';
import { createLiveValue } from './live-value.ts';

it('tells of each other value at once, in the frame that sets it', () => {
  const value = createLiveValue(1);
  const seen: number[] = [];
  value.subscribe(() => seen.push(value.get()));
  value.set(2);
  value.set(2);
  value.set(3);
  expect(seen).toEqual([2, 3]);
});

it('tells nobody who has left', () => {
  const value = createLiveValue('a');
  const [left, stays] = [vi.fn(), vi.fn()];
  const leave = value.subscribe(left);
  value.subscribe(stays);
  leave();
  value.set('b');
  expect(left).not.toHaveBeenCalled();
  expect(stays).toHaveBeenCalledOnce();
});

import { expect, it } from 'vitest';
import { RepeatLimit } from './repeat-limit.ts';

it('shows one of a kind in a period and says how many it held back', () => {
  let now = 0;
  const limit = new RepeatLimit({ periodMillis: 10_000, now: () => now });
  expect(limit.take('storage_unavailable')).toBe(0);
  expect([limit.take('storage_unavailable'), limit.take('storage_unavailable')]).toEqual([undefined, undefined]);
  expect(limit.take('deadline_exceeded')).toBe(0);
  now = 10_000;
  expect(limit.take('storage_unavailable')).toBe(2);
  expect(limit.take('storage_unavailable')).toBeUndefined();
});

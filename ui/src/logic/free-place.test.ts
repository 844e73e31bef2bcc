import { describe, expect, it } from 'vitest';
import { freePlace } from './free-place.ts';

describe('freePlace', () => {
  const room = { from: 100, to: 200, reach: 5, width: 40 };

  it('is in the middle where nothing stands there', () => {
    expect(freePlace({ ...room, taken: [] })).toBe(130);
    expect(freePlace({ ...room, taken: [20, 300] })).toBe(130);
  });

  it('is beside what stands there, in the wider room', () => {
    expect(freePlace({ ...room, taken: [140] })).toBe(152.5);
    expect(freePlace({ ...room, taken: [98, 170] })).toBe(114);
  });

  it('is none where what stands there leaves no room', () => {
    expect(freePlace({ ...room, taken: [130, 160] })).toBeUndefined();
    expect(freePlace({ ...room, taken: Array.from({ length: 20 }, (_, at) => 100 + at * 5) })).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { parseSpanKey, writeSpanKey } from './span-key.ts';

it('names a span by its id, and the later ones of an id by their place too', () => {
  for (const [key, spanId, place] of [
    ['00f067aa0ba902b7', '00f067aa0ba902b7', 1],
    ['00f067aa0ba902b7-2', '00f067aa0ba902b7', 2],
  ] as const) {
    expect(parseSpanKey(key)).toEqual({ spanId, place });
    expect(writeSpanKey({ spanId, place })).toBe(key);
  }
  for (const text of ['', 'x-0', 'x-', 'x-12345678']) expect(parseSpanKey(text)).toEqual({ spanId: text, place: 1 });
});

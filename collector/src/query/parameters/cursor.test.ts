import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

const nanos = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n }));
const anyCursor = fc.record({
  endpoint: fc.constant('/api/v1/logs'),
  range: fc.record({ fromNanos: nanos, toNanos: nanos }),
  parameters: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.string(),
    { noNullPrototype: true },
  ),
  position: fc.array(fc.option(fc.string({ unit: 'binary' }))),
});

describe('a cursor', () => {
  it('comes back as it was made', () => {
    fc.assert(
      fc.property(anyCursor, (cursor) => {
        const text = encodeCursor(cursor);
        fc.pre(text.length <= 4_096);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(text, '/api/v1/logs')).toEqual(cursor);
      }),
    );
  });

  it('is refused when one character is another', () => {
    const text = encodeCursor({
      endpoint: '/a',
      range: { fromNanos: 1n, toNanos: null },
      parameters: { query: 'x' },
      position: ['1', '0', 'id'],
    });
    for (let index = 0; index < text.length; index += 1) {
      const changed = text.slice(0, index) + (text[index] === 'Q' ? 'R' : 'Q') + text.slice(index + 1);
      expect(() => decodeCursor(changed, '/a')).toThrow(expect.objectContaining({ code: 'invalid_argument', field: 'cursor' }));
    }
  });

  it.each(['', 'a', '!!!', 'AAAA', 'A'.repeat(5_000), ' '])('is refused when it was never one: %s', (text) => {
    expect(() => decodeCursor(text, '/a')).toThrow(expect.objectContaining({ field: 'cursor' }));
  });

  it('is refused at another endpoint', () => {
    const text = encodeCursor({ endpoint: '/a', range: { fromNanos: null, toNanos: null }, parameters: {}, position: [] });
    expect(() => decodeCursor(text, '/b')).toThrow(/another endpoint/);
  });
});

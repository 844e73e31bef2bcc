import fc from 'fast-check';
import { compressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import { unpackSnappy } from './snappy.ts';

const LIMIT = 1_000_000;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('unpackSnappy', () => {
  it('unpacks what Snappy itself packs', () => {
    const text = fc
      .array(fc.constantFrom('GET /orders ', 'error ', 'x', '주문'), { maxLength: 3_000 })
      .map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 5_000 }).map(Buffer.from)), (plain) => {
        expect(unpackSnappy(compressSync(plain), LIMIT).equals(plain)).toBe(true);
      }),
      { numRuns: 60 },
    );
    const large = Buffer.alloc(LIMIT, 'abcdefg');
    expect(unpackSnappy(compressSync(large), LIMIT).equals(large)).toBe(true);
  });

  it.each([
    ['a run', bytes(3, 0x08, 97, 98, 99), 'abc'],
    ['a copy that reaches into itself', bytes(7, 0x00, 97, 0x09, 0x01), 'aaaaaaa'.slice(0, 7)],
    ['a copy with an offset of two bytes', bytes(4, 0x04, 97, 98, 0x06, 0x02, 0x00), 'abab'],
    ['a copy with an offset of four bytes', bytes(4, 0x04, 97, 98, 0x07, 0x02, 0x00, 0x00, 0x00), 'abab'],
    ['a run whose length has a byte of its own', bytes(3, 0xf0, 0x02, 97, 98, 99), 'abc'],
    ['nothing', bytes(0), ''],
  ])('unpacks %s', (_caption, packed, expected) => {
    expect(unpackSnappy(packed, LIMIT).toString()).toBe(expected);
  });

  it.each([
    ['no bytes at all', bytes()],
    ['a length without an end', bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0x01)],
    ['a run that is cut off', bytes(3, 0x08, 97, 98)],
    ['more than it says', bytes(2, 0x08, 97, 98, 99)],
    ['less than it says', bytes(4, 0x08, 97, 98, 99)],
    ['a copy from before the start', bytes(8, 0x00, 97, 0x09, 0x02)],
    ['a copy from nowhere', bytes(5, 0x00, 97, 0x01, 0x00)],
    ['an offset that is cut off', bytes(4, 0x04, 97, 98, 0x06, 0x02)],
  ])('refuses %s', (_caption, packed) => {
    expect(() => unpackSnappy(packed, LIMIT)).toThrow(expect.objectContaining({ code: 'malformed_body' }));
  });

  it('takes no memory for a body that says it is too large', () => {
    expect(() => unpackSnappy(bytes(0xff, 0xff, 0xff, 0xff, 0x0f, 0x00), LIMIT)).toThrow(
      expect.objectContaining({ code: 'body_too_large' }),
    );
  });

  it('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (packed) => {
        try {
          unpackSnappy(packed, LIMIT);
        } catch (error) {
          expect(['malformed_body', 'body_too_large']).toContain(error instanceof Error && 'code' in error ? error.code : error);
        }
      }),
      { numRuns: 500 },
    );
  });
});

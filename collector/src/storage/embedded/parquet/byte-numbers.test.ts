import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteNumbers } from './byte-numbers.ts';

describe('ByteNumbers', () => {
  it('knows the number of each text that it was given, and of no other', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ maxLength: 12 }), { maxLength: 300 }),
        fc.array(fc.string({ maxLength: 12 })),
        (texts, others) => {
          const numbers = new ByteNumbers();
          for (const [number, text] of texts.entries()) numbers.set(Buffer.from(text), 0, Buffer.byteLength(text), number);
          for (const text of [...texts, ...others]) {
            // As a part of more bytes.
            const bytes = Buffer.from(`<${text}>`);
            const known = texts.findIndex((other) => Buffer.from(other).equals(Buffer.from(text)));
            expect(numbers.get(bytes, 1, bytes.length - 1)).toBe(known < 0 ? undefined : known);
          }
        },
      ),
    );
  });

  it('has texts of its own: those that they came from may change', () => {
    const numbers = new ByteNumbers();
    const bytes = Buffer.from('checkout');
    numbers.set(bytes, 0, bytes.length, 7);
    bytes.fill(0);
    expect(numbers.get(Buffer.from('checkout'), 0, 8)).toBe(7);
  });

  it('keeps no long text', () => {
    const numbers = new ByteNumbers();
    const bytes = Buffer.alloc(1_000, 'x');
    numbers.set(bytes, 0, bytes.length, 1);
    expect(numbers.get(bytes, 0, bytes.length)).toBeUndefined();
  });
});

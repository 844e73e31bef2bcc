import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteTexts } from './byte-texts.ts';

/** Short ones and long ones, of few characters, so that many come again. */
const text = fc.tuple(
  fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: fc.constantFrom('a', 'b', '한'), maxLength: 12 })),
  fc.constantFrom(1, 2),
);

describe('ByteTexts', () => {
  it('numbers distinct texts of a kind as they come, and knows them again', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 2_000 }), (texts) => {
        const numbers = new Map<string, number>();
        const known = new ByteTexts({ texts: 10_000, bytes: 1_000_000 });
        for (const [value, kind] of [...texts, ...texts]) {
          const name = `${kind}${value}`;
          if (!numbers.has(name)) numbers.set(name, numbers.size);
          const bytes = Buffer.from(`before${value}behind`);
          expect(known.number(bytes, 6, bytes.length - 6, kind)).toBe(numbers.get(name));
        }
        for (const [name, number] of numbers) {
          const { bytes, kind } = known.text(number);
          expect(kind + bytes.toString()).toBe(name);
        }
      }),
    );
  });

  it('grows, and has room for no more texts and no more bytes than it may have', () => {
    const number = (texts: ByteTexts, value: string): number => texts.number(Buffer.from(value), 0, Buffer.byteLength(value), 1);
    const many = new ByteTexts({ texts: 5_000, bytes: 1_000_000 });
    for (let value = 0; value < 6_000; value += 1) expect(number(many, `${value}`)).toBe(value < 5_000 ? value : -1);
    expect(number(many, '4999')).toBe(4_999);
    const small = new ByteTexts({ texts: 100, bytes: 10 });
    expect([number(small, 'four'), number(small, 'more'), number(small, 'x'), number(small, 'four')]).toEqual([0, 1, -1, 0]);
  });
});

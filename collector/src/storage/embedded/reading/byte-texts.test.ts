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
          expect(known.kind(number) + known.text(number).toString()).toBe(name);
        }
      }),
    );
  });

  it('numbers texts of a page as it does one by one', () => {
    fc.assert(
      fc.property(
        fc.array(
          text.filter(([, kind]) => kind === 1),
          { maxLength: 1_024 },
        ),
        fc.integer({ min: 1, max: 5 }),
        (texts, step) => {
          const one = new ByteTexts({ texts: 300, bytes: 1_000 });
          const page = new ByteTexts({ texts: 300, bytes: 1_000 });
          const parts = texts.map(([value]) => Buffer.from(value));
          const starts = new Int32Array(parts.length + 1);
          for (const [row, part] of parts.entries()) starts[row + 1] = (starts[row] ?? 0) + part.length;
          const bytes = Buffer.concat(parts);
          const wanted = parts.flatMap((_, row) => (row % step === 0 ? [row] : []));
          for (let again = 0; again < 2; again += 1) {
            const rows = Int32Array.from(wanted);
            page.numbers({ bytes, starts }, 1, rows, rows.length);
            expect([...rows]).toEqual(wanted.map((row) => one.number(bytes, starts[row] ?? 0, starts[row + 1] ?? 0, 1)));
          }
        },
      ),
    );
  });

  it('numbers a page of more texts than there were slots for', () => {
    const page = new ByteTexts({ texts: 10_000, bytes: 1_000_000 });
    for (let start = 0; start < 4_000; start += 1_000) {
      const rows = Int32Array.from({ length: 1_000 }, (_, row) => row);
      const texts = Array.from(rows, (row) => `text${String(start + row).padStart(8, '0')}`);
      page.numbers(
        { bytes: Buffer.from(texts.join('')), starts: Int32Array.from({ length: 1_001 }, (_, row) => row * 12) },
        1,
        rows,
        1_000,
      );
      expect([...rows]).toEqual(texts.map((_, row) => start + row));
    }
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

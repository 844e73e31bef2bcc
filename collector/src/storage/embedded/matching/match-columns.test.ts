import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextColumn } from '../reading/column-values.ts';
import { needleOf, rowsBetween, rowsEqual, rowsWith } from './match-columns.ts';

const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '😀'), maxLength: 6 }), { minLength: 1, maxLength: 80 });

function columns(rows: readonly string[]): { readonly plain: TextColumn; readonly distinct: TextColumn } {
  const starts = new Int32Array(rows.length + 1);
  // A page's texts stand behind their lengths.
  starts[0] = 3;
  for (const [row, text] of rows.entries()) starts[row + 1] = (starts[row] ?? 0) + Buffer.byteLength(text);
  const entries = [...new Set(rows)];
  return {
    plain: { bytes: Buffer.from(`a b${rows.join('')}`), starts },
    distinct: { entries, indexes: Int32Array.from(rows, (text) => entries.indexOf(text)) },
  };
}

const maskFor = (rows: readonly string[], seed: number): Uint8Array =>
  Uint8Array.from(rows, (_, row) => ((row * 31 + seed) % 5 < seed ? 1 : 0));

describe('rowsWith', () => {
  it('finds the rows of the mask that have the text inside, and none where two rows together have it', () => {
    fc.assert(
      fc.property(
        texts,
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é'), minLength: 1, maxLength: 3 }),
        fc.nat(5),
        (rows, needle, seed) => {
          const mask = maskFor(rows, seed);
          const expected = Uint8Array.from(rows, (text, row) => (mask[row] === 1 && text.includes(needle) ? 1 : 0));
          const { plain, distinct } = columns(rows);
          expect(rowsWith(plain, needleOf(needle), mask)).toEqual(expected);
          expect(rowsWith(distinct, needleOf(needle), mask)).toEqual(expected);
        },
      ),
    );
  });
});

describe('rowsEqual', () => {
  it('finds the rows of the mask that have exactly the text, the empty one too', () => {
    fc.assert(
      fc.property(texts, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 }), fc.nat(5), (rows, needle, seed) => {
        const mask = maskFor(rows, seed);
        const expected = Uint8Array.from(rows, (text, row) => (mask[row] === 1 && text === needle ? 1 : 0));
        const { plain, distinct } = columns(rows);
        expect(rowsEqual(plain, needleOf(needle), mask)).toEqual(expected);
        expect(rowsEqual(distinct, needleOf(needle), mask)).toEqual(expected);
      }),
    );
  });
});

describe('rowsBetween', () => {
  it('compares numbers far from each other and near the ends of 64 bits exactly', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 20 }),
        int64,
        int64,
        int64,
        (offsets, base, min, max) => {
          const mask = new Uint8Array(offsets.length).fill(1);
          const expected = Uint8Array.from(offsets, (offset) => (base + BigInt(offset) >= min && base + BigInt(offset) <= max ? 1 : 0));
          expect(rowsBetween({ base, offsets: Float64Array.from(offsets) }, min, max, mask)).toEqual(expected);
          const wide = BigInt64Array.from(offsets, (offset) => BigInt.asIntN(64, base + BigInt(offset)));
          const expectedWide = Uint8Array.from(wide, (value) => (value >= min && value <= max ? 1 : 0));
          expect(rowsBetween({ wide }, min, max, mask)).toEqual(expectedWide);
        },
      ),
    );
  });
});

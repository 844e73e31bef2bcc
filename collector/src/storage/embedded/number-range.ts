import { type Bounds, canonicalNumber, doubleBounds, integerBounds, type RangeEnd } from '@threadline/query-language';

/** A query's range as what a 64-bit integer and a double have to be to lie in it; both ends inclusive. */
export interface NumberRange {
  /** Absent when no signed 64-bit integer lies in the range. */
  readonly ints?: Bounds<bigint>;
  /** Absent when no finite double does. */
  readonly doubles?: Bounds<number>;
}

const INTEGER = /^-?\d+$/;

export function numberRange(min: RangeEnd | undefined, max: RangeEnd | undefined): NumberRange {
  const ints = integerBounds(min, max);
  const doubles = doubleBounds(min, max);
  return { ...(ints && { ints }), ...(doubles && { doubles }) };
}

/** The texts of the int and of the double that a value is equal to as a number, as `leafText` writes them. */
export function equalNumberTexts(value: string): { readonly int?: string; readonly double?: string } {
  const canonical = canonicalNumber(value);
  if (canonical === undefined) return {};
  // Only one double can have this canonical number, and it is the nearest: another one's text would be read back as that other.
  const double = String(Number(canonical));
  return { ...(isInt64(canonical) && { int: canonical }), ...(canonicalNumber(double) === canonical && { double }) };
}

function isInt64(canonical: string): boolean {
  return INTEGER.test(canonical) && BigInt.asIntN(64, BigInt(canonical)) === BigInt(canonical);
}

import { type Decimal, floorDecimal, readDecimal } from './decimal.ts';
import type { RangeEnd } from './syntax-tree.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
/** A double is a whole number times two to a power that is never below this. */
const SMALLEST_EXPONENT = -1074;

/** The least and the greatest value in a range, both inclusive. */
export interface Bounds<T> {
  readonly min: T;
  readonly max: T;
}

/**
 * The 64-bit integers in a range of decimals: `>1.5` begins at 2, an end that is absent or beyond 64 bits is the type's own.
 * Undefined when there is none. Throws a `RangeError` for an end that is not a decimal number, which the parser never makes.
 */
export function integerBounds(min: RangeEnd | undefined, max: RangeEnd | undefined): Bounds<bigint> | undefined {
  const least = min === undefined ? MIN_INT64 : leastInteger(min);
  const greatest = max === undefined ? MAX_INT64 : greatestInteger(max);
  const bounds = { min: least < MIN_INT64 ? MIN_INT64 : least, max: greatest > MAX_INT64 ? MAX_INT64 : greatest };
  return bounds.min > bounds.max ? undefined : bounds;
}

/**
 * The finite doubles in a range of decimals, exactly also where an end lies between two doubles: `>0.1` begins at the first double above
 * the decimal 0.1, which is the double that is written 0.1. Undefined when there is none. `NaN` and infinities are in no range, so both ends
 * are always finite. A zero is -0 as `min` and 0 as `max`, for storages that order the two. Throws as `integerBounds` does.
 */
export function doubleBounds(min: RangeEnd | undefined, max: RangeEnd | undefined): Bounds<number> | undefined {
  const least = min === undefined ? -Number.MAX_VALUE : leastDouble(min);
  // The greatest double below a number is the least above its negative, negated.
  const greatest = max === undefined ? Number.MAX_VALUE : -leastDouble({ value: negated(max.value), inclusive: max.inclusive });
  if (least === Number.POSITIVE_INFINITY || greatest === Number.NEGATIVE_INFINITY || least > greatest) return undefined;
  return { min: least === 0 ? -0 : least, max: greatest === 0 ? 0 : greatest };
}

function leastInteger(end: RangeEnd): bigint {
  const { floor, isExact } = floorDecimal(decimalOf(end));
  return isExact && end.inclusive ? floor : floor + 1n;
}

function greatestInteger(end: RangeEnd): bigint {
  const { floor, isExact } = floorDecimal(decimalOf(end));
  return isExact && !end.inclusive ? floor - 1n : floor;
}

/** The least finite double that is at (inclusive) or above the decimal; infinity when none is. */
function leastDouble(end: RangeEnd): number {
  const decimal = decimalOf(end);
  const nearest = Number(end.value);
  if (nearest === Number.NEGATIVE_INFINITY) return -Number.MAX_VALUE;
  if (nearest === Number.POSITIVE_INFINITY) return nearest;
  const order = compareDouble(nearest, decimal);
  return order > 0 || (order === 0 && end.inclusive) ? nearest : nextDouble(nearest);
}

/** Negative when the finite double is below the decimal, 0 when they are the same number. */
function compareDouble(value: number, decimal: Decimal): number {
  const { significand, exponent } = partsOfDouble(value);
  let left = significand;
  let right = decimal.digits;
  if (exponent > 0) left <<= BigInt(exponent);
  else right <<= BigInt(-exponent);
  if (decimal.exponent > 0) right *= 10n ** BigInt(decimal.exponent);
  else left *= 10n ** BigInt(-decimal.exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A finite double as `significand * 2 ** exponent`. Source: IEEE 754, binary64. */
function partsOfDouble(value: number): { readonly significand: bigint; readonly exponent: number } {
  const bits = bitsOf(value);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { significand: value < 0 ? -magnitude : magnitude, exponent: Math.max(biased - 1, 0) + SMALLEST_EXPONENT };
}

/** The next double above a finite one; infinity above the greatest. */
function nextDouble(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  return new Float64Array(BigUint64Array.of(bitsOf(value) + (value > 0 ? 1n : -1n)).buffer)[0] ?? value;
}

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
}

function negated(decimal: string): string {
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal.replace(/^\+/, '')}`;
}

function decimalOf(end: RangeEnd): Decimal {
  const decimal = readDecimal(end.value);
  if (decimal === undefined) throw new RangeError('the end of a range is not a decimal number');
  return decimal;
}

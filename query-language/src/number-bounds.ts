import { type Decimal, floorDecimal, readDecimal } from './decimal.ts';
import type { RangeEnd } from './syntax-tree.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

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
 * The finite doubles in a range of decimals. A double is the decimal that it is written as, the shortest that names it: `<=5.9` holds 5.9,
 * as `5.9` does, although no double is exactly that. Exact also where an end lies between two doubles. Undefined when there is none. `NaN`
 * and infinities are in no range, so both ends are always finite. A zero is -0 as `min` and 0 as `max`, for storages that order the two. Throws as `integerBounds` does.
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
  const order = compareDecimals(decimalOf({ value: String(nearest) }), decimal);
  return order > 0 || (order === 0 && end.inclusive) ? nearest : nextDouble(nearest);
}

/** Negative when `left` is below `right`, 0 when they are the same number. */
function compareDecimals(left: Decimal, right: Decimal): number {
  const exponent = Math.min(left.exponent, right.exponent);
  const leftDigits = left.digits * 10n ** BigInt(left.exponent - exponent);
  const rightDigits = right.digits * 10n ** BigInt(right.exponent - exponent);
  return leftDigits < rightDigits ? -1 : leftDigits > rightDigits ? 1 : 0;
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

function decimalOf({ value }: Pick<RangeEnd, 'value'>): Decimal {
  const decimal = readDecimal(value);
  if (decimal === undefined) throw new RangeError('the end of a range is not a decimal number');
  return decimal;
}

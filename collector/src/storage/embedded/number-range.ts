import { plainDecimal, type RangeEnd } from '@threadline/query-language';

/** A query's range as what a 64-bit integer and a double have to be to lie in it; both ends inclusive. */
export interface NumberRange {
  /** Absent when no signed 64-bit integer lies in the range. */
  readonly ints?: { readonly min: bigint; readonly max: bigint };
  /** Absent when no finite double does. */
  readonly doubles?: { readonly min: number; readonly max: number };
}

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/**
 * The ints and doubles in a range, none lost and none too many. A double counts as the shortest decimal that is read back as it,
 * which is what every answer shows: `0.1` is 0.1, and 2^53 + 1 is no double.
 */
export function numberRange(min: RangeEnd | undefined, max: RangeEnd | undefined): NumberRange {
  const ints = { min: min ? leastInt(min) : MIN_INT, max: max ? greatestInt(max) : MAX_INT };
  const doubles = { min: min ? leastDouble(min) : -Number.MAX_VALUE, max: max ? greatestDouble(max) : Number.MAX_VALUE };
  return { ...(ints.min <= ints.max && { ints }), ...(doubles.min <= doubles.max && { doubles }) };
}

/** The texts of the int and of the double that a value is equal to as a number, as `leafText` writes them. */
export function equalNumberTexts(value: string): { readonly int?: string; readonly double?: string } {
  const plain = plainDecimal(value);
  if (plain === undefined || !isReasonable(plain)) return {};
  const end = { value: plain, inclusive: true };
  const { ints, doubles } = numberRange(end, end);
  return { ...(ints && { int: String(ints.min) }), ...(doubles && { double: String(doubles.min) }) };
}

/** A value of digits without end, or of a huge power of ten, equals no number that is kept; what is no range's end was not bounded before. */
const MAX_DECIMAL_LENGTH = 1_200;
const MAX_DECIMAL_EXPONENT = 5_000;
function isReasonable(plain: string): boolean {
  return plain.length <= MAX_DECIMAL_LENGTH && Math.abs(Number(/e(.*)$/.exec(plain)?.[1] ?? 0)) <= MAX_DECIMAL_EXPONENT;
}

function leastInt({ value, inclusive }: RangeEnd): bigint {
  const { floor, isWhole } = wholePart(value);
  const least = isWhole && inclusive ? floor : floor + 1n;
  return least < MIN_INT ? MIN_INT : least;
}

function greatestInt({ value, inclusive }: RangeEnd): bigint {
  const { floor, isWhole } = wholePart(value);
  const greatest = isWhole && !inclusive ? floor - 1n : floor;
  return greatest > MAX_INT ? MAX_INT : greatest;
}

function leastDouble({ value, inclusive }: RangeEnd): number {
  const nearest = finite(Number(value));
  const side = compareDecimals(String(nearest), value);
  return side > 0 || (side === 0 && inclusive) ? nearest : nextDouble(nearest, 1);
}

function greatestDouble({ value, inclusive }: RangeEnd): number {
  const nearest = finite(Number(value));
  const side = compareDecimals(String(nearest), value);
  return side < 0 || (side === 0 && inclusive) ? nearest : nextDouble(nearest, -1);
}

const finite = (double: number): number => Math.min(Math.max(double, -Number.MAX_VALUE), Number.MAX_VALUE);

/** The neighbour above (1) or below (-1), infinite past the last. Doubles of one sign are ordered as their bits are. */
function nextDouble(double: number, direction: 1 | -1): number {
  if (double === 0) return direction * Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(double > 0 ? direction : -direction));
  return view.getFloat64(0);
}

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function compareDecimals(left: string, right: string): number {
  const [a, b] = [parseDecimal(left), parseDecimal(right)];
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = a.digits * 10n ** BigInt(a.exponent - exponent) - b.digits * 10n ** BigInt(b.exponent - exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function wholePart(value: string): { readonly floor: bigint; readonly isWhole: boolean } {
  const { digits, exponent } = parseDecimal(value);
  if (exponent >= 0) return { floor: digits * 10n ** BigInt(exponent), isWhole: true };
  const unit = 10n ** BigInt(-exponent);
  const isWhole = digits % unit === 0n;
  return { floor: digits / unit - (digits < 0n && !isWhole ? 1n : 0n), isWhole };
}

function parseDecimal(text: string): Decimal {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

import type { RangeEnd } from '@threadline/query-language';

/**
 * The finite doubles in a range of decimals, both ends inclusive; undefined when there is none. A double counts as the shortest
 * decimal that is read back as it, which is what answers show and equality compares: `[5 TO 5.9]` holds the double written 5.9,
 * whose binary value is a little more. So the order of doubles is kept, and exact at every end.
 */
export function doubleEnds(
  min: RangeEnd | undefined,
  max: RangeEnd | undefined,
): { readonly min: number; readonly max: number } | undefined {
  const least = min === undefined ? -Number.MAX_VALUE : endDouble(min, 1);
  const greatest = max === undefined ? Number.MAX_VALUE : endDouble(max, -1);
  return least <= greatest && Number.isFinite(least) && Number.isFinite(greatest) ? { min: least, max: greatest } : undefined;
}

/** The first double inside an end, going up from it (1) or down (-1); infinite when there is none. */
function endDouble({ value, inclusive }: RangeEnd, direction: 1 | -1): number {
  const nearest = Math.min(Math.max(Number(value), -Number.MAX_VALUE), Number.MAX_VALUE);
  const order = compareDecimals(String(nearest), value) * direction;
  return order > 0 || (order === 0 && inclusive) ? nearest : neighbour(nearest, direction);
}

/** Doubles of one sign are ordered as their bits are. */
function neighbour(double: number, direction: 1 | -1): number {
  if (double === 0) return direction * Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(double > 0 ? direction : -direction));
  return view.getFloat64(0);
}

function compareDecimals(left: string, right: string): number {
  const [a, b] = [readDecimal(left), readDecimal(right)];
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = a.digits * 10n ** BigInt(a.exponent - exponent) - b.digits * 10n ** BigInt(b.exponent - exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A decimal as `digits * 10 ** exponent`. The parser has bounded its length and its exponent. */
function readDecimal(text: string): { readonly digits: bigint; readonly exponent: number } {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  if (!match) throw new RangeError('the end of a range is not a decimal number');
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction || '0');
  return { digits: sign === '-' ? -digits : digits, exponent: Number(exponent) - fraction.length };
}

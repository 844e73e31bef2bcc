/**
 * Numbers as text of one length that sorts as they do, byte by byte, so that a keyword field answers exact ranges on any key
 * without a mapping of its own: `i` and 16 hex digits for a signed 64-bit integer, `d` and 16 for a double. The two are not
 * mixed, since neither type holds every value of the other.
 */

const SIGN_BIT = 1n << 63n;
const ALL_BITS = (1n << 64n) - 1n;
const doubles = new Float64Array(1);
const bits = new BigUint64Array(doubles.buffer);

/** `integer` is within a signed 64-bit integer. */
export function orderedInteger(integer: bigint): string {
  return `i${hex16(integer + SIGN_BIT)}`;
}

/** -0 is 0. `double` is not NaN. Source: IEEE 754's total order, negative numbers with all bits turned. */
export function orderedDouble(double: number): string {
  doubles[0] = double === 0 ? 0 : double;
  const raw = bits[0] ?? 0n;
  return `d${hex16(raw & SIGN_BIT ? raw ^ ALL_BITS : raw | SIGN_BIT)}`;
}

function hex16(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

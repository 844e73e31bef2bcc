const NANOS_PER_MILLI = 1_000_000n;

/** Decimal nanoseconds as a bigint; 0 for text that is not a decimal number, so that one broken record breaks no list. */
export function parseNanos(text: string): bigint {
  return /^-?\d+$/.test(text) ? BigInt(text) : 0n;
}

/** Whole milliseconds of decimal nanoseconds, rounded towards zero. */
export function nanosToMillis(nanos: bigint): number {
  return Number(nanos / NANOS_PER_MILLI);
}

/** `end - start` in nanoseconds as a number: exact up to 104 days, far enough beyond it for drawing. */
export function nanosBetween(start: bigint, end: bigint): number {
  return Number(end - start);
}

/** The lesser of two; Math.min takes no bigint. */
export function earlier(one: bigint, other: bigint): bigint {
  if (other < one) return other;
  return one;
}

/** The greater of two. */
export function later(one: bigint, other: bigint): bigint {
  if (other > one) return other;
  return one;
}

/** Probabilities are 56-bit numbers: as many bits of a trace id are random for certain (W3C Trace Context, level 2). */
const DIGITS = 14;
/** OpenTelemetry's recommendation; each leading `f` adds one. */
const PRECISION_DIGITS = 4;

/**
 * A rejection threshold: 14 hexadecimal digits of how many in 2^56 traces are left out. A trace is kept when its
 * randomness, 14 digits too, is not less, which comparing them as text says.
 */
export type Threshold = string;

/** What keeps everything. */
export const KEEP_ALL: Threshold = '0'.repeat(DIGITS);

/**
 * The threshold of a probability from 0, exclusive, to 1, with four digits of precision after leading `f`s, as
 * OpenTelemetry's "TraceState: Probability Sampling" computes it.
 */
export function thresholdOf(probability: number): Threshold {
  if (probability >= 1) return KEEP_ALL;
  // A double has 53 bits: 52 of them below the point, and the last digit is zero.
  const exact = BigInt(Math.round((1 - probability) * 2 ** 52)) << 4n;
  const leading = Math.floor(-Math.log2(probability) / 4);
  const precision = Math.min(DIGITS - 2, PRECISION_DIGITS + leading);
  const step = 1n << BigInt(4 * (DIGITS - precision));
  const rounded = ((exact + step / 2n) / step) * step;
  const largest = (1n << BigInt(4 * DIGITS)) - step;
  return (rounded > largest ? largest : rounded).toString(16).padStart(DIGITS, '0');
}

/** As `th` carries it: without zeros at the end, of which one stays. */
export function encodeThreshold(threshold: Threshold): string {
  const shown = threshold.replace(/0+$/, '');
  return shown === '' ? '0' : shown;
}

/** Undefined for what is no threshold. */
export function decodeThreshold(text: string): Threshold | undefined {
  return /^[0-9a-f]{1,14}$/.test(text) ? text.padEnd(DIGITS, '0') : undefined;
}

/** The randomness of a trace: what its `rv` says, else the end of its id. */
export function randomnessOf(traceId: string, rv: string | undefined): string {
  return rv !== undefined && /^[0-9a-f]{14}$/.test(rv) ? rv : traceId.slice(-DIGITS);
}

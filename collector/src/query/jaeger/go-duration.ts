/** Nanoseconds of each unit; `µ` is written with either of its two code points. */
const UNIT_NANOS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const PART = /(\d+)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)|\.(\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
/** Longer than any duration that 64 bits of nanoseconds hold. */
const MAX_LENGTH = 100;

/**
 * Nanoseconds of a duration as Go writes it, `1.5s`, `1h30m`, `250us`; what is less than one is cut off. Undefined for anything else, and for a
 * negative one. Source: Go, `time.ParseDuration`.
 */
export function parseGoDuration(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const unsigned = text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return 0n;
  let nanos = 0n;
  let end = 0;
  while (end < unsigned.length) {
    PART.lastIndex = end;
    const part = PART.exec(unsigned);
    if (part === null) return undefined;
    const [, whole = '0', fraction = '', unit, bareFraction = fraction, bareUnit = unit] = part;
    const unitNanos = UNIT_NANOS.get(bareUnit ?? '') ?? 0n;
    nanos += BigInt(whole) * unitNanos + (BigInt(bareFraction || '0') * unitNanos) / 10n ** BigInt(bareFraction.length);
    end = PART.lastIndex;
  }
  return end === 0 ? undefined : nanos;
}

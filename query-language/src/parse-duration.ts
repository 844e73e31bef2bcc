import { QuerySyntaxError } from './errors.ts';

/** The longest duration, 292 years: what a signed 64-bit count of nanoseconds holds. */
export const MAX_DURATION_NANOS = 2n ** 63n - 1n;

/** Units of durations, greatest first, in nanoseconds. */
export const DURATION_UNITS: readonly (readonly [unit: string, nanos: bigint])[] = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['ns', 1n],
];

const NANOS_BY_UNIT: ReadonlyMap<string, bigint> = new Map([...DURATION_UNITS, ['µs', 1_000n], ['μs', 1_000n]]);
const EXPECTED = ['a duration with its unit: 250ms, 1.5s, 2m, 1h30m (ns, us, ms, s, m, h, d)'];
const PART = /(\d{1,30})(?:\.(\d{1,30}))?(ns|us|µs|μs|ms|s|m|h|d)/y;

/**
 * Nanoseconds of `250ms`, `1.5s`, `1h30m`: one or more numbers with a unit each, the greater unit first, no sign and no spaces.
 * Throws `QuerySyntaxError` (`invalid_duration`) for anything else: a number without a unit, a fraction of a nanosecond, more than
 * `MAX_DURATION_NANOS`. Its position counts from `offset`.
 */
export function parseDuration(text: string, offset = 0): bigint {
  let nanos = 0n;
  let index = 0;
  let lastUnitNanos: bigint | undefined;
  while (index < text.length || index === 0) {
    PART.lastIndex = index;
    const match = PART.exec(text);
    const unitNanos = NANOS_BY_UNIT.get(match?.[3] ?? '');
    if (match === null || unitNanos === undefined) throw invalid('A duration is a number and its unit', offset + index);
    if (lastUnitNanos !== undefined && unitNanos >= lastUnitNanos) {
      throw invalid('The units of a duration go from the greatest to the smallest', offset + index);
    }
    const fraction = match[2] ?? '';
    const scaled = BigInt((match[1] ?? '') + fraction) * unitNanos;
    const scale = 10n ** BigInt(fraction.length);
    if (scaled % scale !== 0n) throw invalid('A duration is a whole number of nanoseconds', offset + index);
    nanos += scaled / scale;
    if (nanos > MAX_DURATION_NANOS) throw invalid('A duration is at most 292 years', offset + index);
    lastUnitNanos = unitNanos;
    index = PART.lastIndex;
  }
  return nanos;
}

function invalid(message: string, position: number): QuerySyntaxError {
  return new QuerySyntaxError('invalid_duration', message, { position, expected: EXPECTED });
}

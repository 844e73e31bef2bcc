import { DURATION_UNITS } from './parse-duration.ts';

/**
 * The shortest exact text that `parseDuration` reads back as the same nanoseconds, with one unit: `250ms`, `1.5s`, `90m`, `17ns`.
 * The unit is the greatest that leaves at most three decimals, never a negative number: throws a `RangeError` for one.
 */
export function formatDuration(nanos: bigint): string {
  if (nanos < 0n) throw new RangeError('a duration is not negative');
  if (nanos === 0n) return '0s';
  for (const [unit, unitNanos] of DURATION_UNITS) {
    if (nanos < unitNanos) continue;
    const thousandths = (nanos * 1_000n) / unitNanos;
    if (thousandths * unitNanos !== nanos * 1_000n) continue;
    const fraction = String(thousandths % 1_000n)
      .padStart(3, '0')
      .replace(/0+$/, '');
    return `${thousandths / 1_000n}${fraction === '' ? '' : `.${fraction}`}${unit}`;
  }
  return `${nanos}ns`;
}

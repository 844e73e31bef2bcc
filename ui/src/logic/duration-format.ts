const STEPS = [
  { unit: 'ns', nanos: 1 },
  { unit: 'µs', nanos: 1e3 },
  { unit: 'ms', nanos: 1e6 },
  { unit: 's', nanos: 1e9 },
] as const;
const NANOS_PER_MINUTE = 60e9;
const NANOS_PER_HOUR = 3600e9;
const NANOS_PER_DAY = 86_400e9;
const LONG_STEPS = [
  [NANOS_PER_DAY, 'd'],
  [NANOS_PER_HOUR, 'h'],
  [NANOS_PER_MINUTE, 'min'],
] as const;

/**
 * A duration with three digits and its unit: `842 ms`, `1.24 s`, `4 ms`; from a minute on in two units: `2 min 5 s`, `3 h 20 min`.
 * Zeros after the point are left out.
 */
export function formatDuration(nanos: number): string {
  if (nanos === 0) return '0 ms';
  if (nanos < 0) return `-${formatDuration(-nanos)}`;
  if (nanos >= NANOS_PER_DAY) return twoUnits(nanos, [NANOS_PER_DAY, 'd'], [NANOS_PER_HOUR, 'h']);
  if (nanos >= NANOS_PER_HOUR) return twoUnits(nanos, [NANOS_PER_HOUR, 'h'], [NANOS_PER_MINUTE, 'min']);
  // 59.95 s would round to 60.0 s.
  if (nanos >= 59.95e9) return twoUnits(nanos, [NANOS_PER_MINUTE, 'min'], [1e9, 's']);
  for (const { unit, nanos: size } of STEPS) {
    const value = nanos / size;
    if (value < 999.5 || unit === 's') return `${threeDigits(value)} ${unit}`;
  }
  return '';
}

/** A duration as exactly as `stepNanos` tells it from its neighbours, beyond three digits where it has to be: `1.4105 s`. */
export function formatDurationTo(nanos: number, stepNanos: number): string {
  if (nanos === 0) return '0 ms';
  if (nanos >= NANOS_PER_MINUTE) {
    const parts: string[] = [];
    let rest = nanos;
    for (const [size, unit] of LONG_STEPS) {
      const count = Math.floor(rest / size);
      rest -= count * size;
      if (count > 0) parts.push(`${count} ${unit}`);
    }
    if (rest > 0) parts.push(`${rounded(rest / 1e9, stepNanos / 1e9)} s`);
    return parts.join(' ');
  }
  const { unit, nanos: size } = STEPS.findLast((step) => nanos >= step.nanos) ?? STEPS[0];
  return `${rounded(nanos / size, stepNanos / size)} ${unit}`;
}

function rounded(value: number, step: number): string {
  return String(Number(value.toFixed(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))));
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function twoUnits(nanos: number, [bigSize, bigUnit]: readonly [number, string], [smallSize, smallUnit]: readonly [number, string]): string {
  const small = Math.round(nanos / smallSize);
  const perBig = Math.round(bigSize / smallSize);
  const rest = small % perBig;
  const whole = `${Math.floor(small / perBig)} ${bigUnit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallUnit}`;
}

const DURATION_PATTERN = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h)$/;
const NANOS_BY_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: NANOS_PER_MINUTE,
  h: NANOS_PER_HOUR,
};

/** Nanoseconds of `250ms`, `1.5s`; undefined for anything else. The units are those of the query API. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text.trim());
  const [, amount, unit] = match ?? [];
  const size = unit === undefined ? undefined : NANOS_BY_UNIT[unit];
  return amount === undefined || size === undefined ? undefined : Number(amount) * size;
}

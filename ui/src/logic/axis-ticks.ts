const STEPS_NANOS = [1, 2, 5];

/** A place on a time axis that begins at zero. */
export interface DurationTick {
  readonly nanos: number;
  /** Of the axis, 0 to 1. */
  readonly fraction: number;
}

/** Round places (1, 2, 5 times a power of ten nanoseconds), at most `maxTicks` of them, zero included, the end left out. */
export function durationTicks(totalNanos: number, maxTicks: number): DurationTick[] {
  if (totalNanos <= 0 || maxTicks < 1) return [];
  const step = roundStep(totalNanos / maxTicks);
  const ticks: DurationTick[] = [];
  for (let index = 0; index * step < totalNanos * 0.98; index += 1)
    ticks.push({ nanos: index * step, fraction: (index * step) / totalNanos });
  return ticks;
}

/** The next round length: 1, 2 or 5 times a power of ten nanoseconds. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, atLeast)));
  const factor = STEPS_NANOS.find((step) => step * power >= atLeast) ?? 10;
  return factor * power;
}

const CLOCK_STEPS_MILLIS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3, 7200e3, 10_800e3,
  21_600e3, 43_200e3, 86_400e3, 172_800e3, 604_800e3, 2_592_000e3,
];

/** Instants on a clock's round places between two, at most `maxTicks`, in the zone whose offset is given. */
export function clockTicks(
  range: { readonly fromMillis: number; readonly toMillis: number },
  maxTicks: number,
  offsetMillis: number,
): number[] {
  const width = range.toMillis - range.fromMillis;
  const step = CLOCK_STEPS_MILLIS.find((candidate) => width / candidate <= maxTicks) ?? Math.ceil(width / maxTicks);
  const ticks: number[] = [];
  const first = Math.ceil((range.fromMillis + offsetMillis) / step) * step - offsetMillis;
  for (let at = first; at < range.toMillis; at += step) ticks.push(at);
  return ticks;
}

const STEPS = [1, 2, 5];
const DAY_SECONDS = 86_400;
/** From half a minute to a day people count in sixties, in quarters and in twelves. */
const LONG_STEPS_NANOS = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY_SECONDS].map(
  (seconds) => seconds * 1e9,
);
const DAY_NANOS = DAY_SECONDS * 1e9;
/** The longest step that is a power of ten nanoseconds two or five times. */
const LAST_SHORT_STEP_NANOS = 20e9;

/** A place on a time axis that begins at zero. */
export interface DurationTick {
  readonly nanos: number;
  /** Of the axis, 0 to 1. */
  readonly fraction: number;
}

/** Round places, as `roundStep` has them, at most `maxTicks` of them, zero included, the end left out. */
export function durationTicks(totalNanos: number, maxTicks: number): DurationTick[] {
  if (totalNanos <= 0 || maxTicks < 1) return [];
  const step = roundStep(totalNanos / maxTicks);
  const ticks: DurationTick[] = [];
  for (let index = 0; index * step < totalNanos * 0.98; index += 1)
    ticks.push({ nanos: index * step, fraction: (index * step) / totalNanos });
  return ticks;
}

/** The next round length, nanoseconds: 1, 2 or 5 times a power of ten nanoseconds, longer ones as a clock has them, from a day on the same of days. */
export function roundStep(atLeast: number): number {
  if (atLeast <= LAST_SHORT_STEP_NANOS) return decimalStep(atLeast);
  return LONG_STEPS_NANOS.find((step) => step >= atLeast) ?? decimalStep(atLeast / DAY_NANOS) * DAY_NANOS;
}

function decimalStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, atLeast)));
  const factor = STEPS.find((step) => step * power >= atLeast) ?? 10;
  return factor * power;
}

const DAY_MILLIS = DAY_SECONDS * 1e3;
const CLOCK_STEPS_MILLIS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3, 7200e3, 10_800e3,
  21_600e3, 43_200e3, 86_400e3, 172_800e3, 604_800e3,
];
/** The shortest month: ticks that are counted by it are never more than asked for. */
const MONTH_MILLIS = 28 * DAY_MILLIS;
/** A year of four digits for the date: it takes the first hundred for those of the 20th century. */
const EPOCH_YEAR = 1970;
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

/** Instants on a clock's round places between two, at most `maxTicks`, from a month apart on firsts of months; in the zone whose offset at an instant is given. */
export function clockTicks(
  range: { readonly fromMillis: number; readonly toMillis: number },
  maxTicks: number,
  offsetAt: (millis: number) => number,
): number[] {
  const width = range.toMillis - range.fromMillis;
  const step = CLOCK_STEPS_MILLIS.find((candidate) => width / candidate <= maxTicks);
  if (step === undefined) return monthTicks(range, maxTicks, offsetAt);
  const offset = offsetAt(range.fromMillis);
  const ticks: number[] = [];
  for (let wall = Math.ceil((range.fromMillis + offset) / step) * step; wall - offset < range.toMillis; wall += step)
    ticks.push(step < DAY_MILLIS ? wall - offset : wall - offsetAt(wall - offset));
  return ticks;
}

function monthTicks(
  { fromMillis, toMillis }: { fromMillis: number; toMillis: number },
  maxTicks: number,
  offsetAt: (millis: number) => number,
) {
  const atLeast = (toMillis - fromMillis) / MONTH_MILLIS / maxTicks;
  const months = MONTH_STEPS.find((candidate) => candidate >= atLeast) ?? Math.ceil(atLeast);
  const first = new Date(fromMillis);
  const ticks: number[] = [];
  for (let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / months) * months; ; month += months) {
    const wall = Date.UTC(EPOCH_YEAR, month - EPOCH_YEAR * 12);
    const at = wall - offsetAt(wall);
    if (!(at < toMillis)) return ticks;
    if (at >= fromMillis) ticks.push(at);
  }
}

/** Some minutes in which a service was called often enough to tell a percentile. */
export interface DurationWindow {
  readonly count: number;
  readonly p95Millis: number;
}

/** One of twenty is slower than twice as slow as one of twenty was. */
const SLOWNESS = 2;
/** Fewer tell of no usual. */
export const MIN_WINDOWS = 2;
const PART = 0.95;
/** Of a hundred steady services in any five minutes some two are further off by chance. */
const DEVIATIONS = 2;
/** Of less time than this before it, nobody knows whether that was the exception. */
const MIN_SHARE_BEFORE = 0.25;
/** Times that it has been as slow before, of which a rhythm can be told. */
const MIN_SPELLS = 2;
/** As a job that takes longer than it did: it is late now and then, and windows are coarse. */
const OUTLASTING = 1.5;

/**
 * The part of so many calls whose percentile the true p95 is at least. Of few, or where one call of twenty takes far longer than the others as a time-out does, p95 itself
 * is now this and now that. Source: the normal approximation of how many of them are beyond the true p95.
 */
export function surePartOf(calls: number): number {
  return Math.max(0, PART - DEVIATIONS * Math.sqrt((PART * (1 - PART)) / Math.max(1, calls)));
}

/**
 * The p95 that was usual before a service became slow, where it is slow now: it takes more than twice as long as it did, and has been so for at most three quarters of
 * the time that is known, or since just now. How long it has been slow makes no difference otherwise: what is slow since the middle of the time is. Undefined where it is
 * as slow as it was, where that is a rhythm of it (it has been as slow several times, each about as long), and where nothing is known of before.
 * `windows` are those before now, in the order of time; `leastMillis` is what p95 is at least now (`surePartOf`).
 */
export function usualBeforeSlow(windows: readonly DurationWindow[], leastMillis: number): number | undefined {
  if (windows.length < MIN_WINDOWS) return undefined;
  const isSlow = windows.map((window) => window.p95Millis * SLOWNESS >= leastMillis);
  const start = slowSince(isSlow);
  const before = windows.slice(0, start);
  if (before.length === 0 || before.length < windows.length * MIN_SHARE_BEFORE) return undefined;
  const usual = medianOf(before);
  if (usual === undefined || leastMillis <= usual * SLOWNESS) return undefined;
  const { spells, isCut } = spellsOf(isSlow.slice(0, start));
  // What was slow as the time begins may have been so for long.
  const isRhythm = spells.length >= MIN_SPELLS || isCut;
  return isRhythm && windows.length - start <= Math.max(...spells) * OUTLASTING ? undefined : usual;
}

/** The place from which on slow windows outnumber others by the most: one that was quick by chance ends no slow time. */
function slowSince(isSlow: readonly boolean[]): number {
  let [sum, most, start] = [0, 0, isSlow.length];
  for (let place = isSlow.length - 1; place >= 0; place -= 1) {
    sum += isSlow[place] ? 1 : -1;
    if (sum <= most) continue;
    most = sum;
    start = place;
  }
  return start;
}

/** The lengths of the times in which windows were slow, and whether the first of them was under way at the beginning. */
function spellsOf(isSlow: readonly boolean[]): { readonly spells: readonly number[]; readonly isCut: boolean } {
  const spells: number[] = [];
  isSlow.forEach((slow, place) => {
    if (!slow) return;
    if (place > 0 && isSlow[place - 1]) spells.push((spells.pop() ?? 0) + 1);
    else spells.push(1);
  });
  return { spells, isCut: isSlow[0] === true };
}

/** The p95 that half of the calls of these windows had at most in their window. */
function medianOf(windows: readonly DurationWindow[]): number | undefined {
  const total = windows.reduce((sum, { count }) => sum + count, 0);
  let counted = 0;
  return windows
    .toSorted((left, right) => left.p95Millis - right.p95Millis)
    .find(({ count }) => {
      counted += count;
      return counted * 2 >= total;
    })?.p95Millis;
}

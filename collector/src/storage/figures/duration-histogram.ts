/**
 * Durations in buckets whose width grows with them: sixteen to each doubling, so that a percentile is at most 3.2 % from a duration that was
 * counted. Source: HDR histograms' log-linear buckets; the number of a bucket is the upper bits of the duration as a 64-bit float.
 */
export interface HistogramData {
  /** Numbers of the buckets that have something, rising. */
  readonly buckets: readonly number[];
  /** How much each of those has. */
  readonly counts: readonly number[];
}

/** Bits of a float's fraction that tell buckets apart. */
const FRACTION_BITS = 4;
const STEPS = 2 ** FRACTION_BITS;
const EXPONENT_OF_ONE = 1_023;
/** In the upper half of a float the fraction has so many bits. */
const UPPER_FRACTION_BITS = 20;

/** Where one histogram has so many times as many buckets as the other, those of the other are looked for one by one. */
const FEW_PART = 8;

const float = new Float64Array(1);
/** The same memory; the upper half comes second on every machine that Node runs on. */
const halves = new Uint32Array(float.buffer);

/** The bucket of a duration in nanoseconds: 0 for none, below 1,024 for all others. */
export function bucketOf(nanos: number): number {
  if (!(nanos >= 1)) return 0;
  float[0] = nanos;
  return ((halves[1] ?? 0) >>> (UPPER_FRACTION_BITS - FRACTION_BITS)) - EXPONENT_OF_ONE * STEPS + 1;
}

/** The middle of a bucket, nanoseconds. */
function durationOf(bucket: number): number {
  if (bucket === 0) return 0;
  const exponent = Math.floor((bucket - 1) / STEPS);
  return 2 ** exponent * (1 + (((bucket - 1) % STEPS) + 0.5) / STEPS);
}

/** Mergeable: the sum of two is that of all their durations. */
export class DurationHistogram implements HistogramData {
  readonly buckets: number[];
  readonly counts: number[];

  constructor({ buckets, counts }: HistogramData = { buckets: [], counts: [] }) {
    this.buckets = [...buckets];
    this.counts = [...counts];
  }

  add(bucket: number, count: number): void {
    const { buckets, counts } = this;
    let low = 0;
    let high = buckets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((buckets[middle] ?? 0) < bucket) low = middle + 1;
      else high = middle;
    }
    if (buckets[low] === bucket) counts[low] = (counts[low] ?? 0) + count;
    else {
      buckets.splice(low, 0, bucket);
      counts.splice(low, 0, count);
    }
  }

  merge({ buckets, counts }: HistogramData): void {
    if (buckets.length * FEW_PART < this.buckets.length) {
      for (let index = 0; index < buckets.length; index += 1) this.add(buckets[index] ?? 0, counts[index] ?? 0);
      return;
    }
    this.#interleave({ buckets, counts });
  }

  /** From the end on, so that each bucket is moved once, to its place. */
  #interleave(other: HistogramData): void {
    const { buckets, counts } = this;
    let own = buckets.length - 1;
    for (let missing = newBuckets(buckets, other.buckets); missing > 0; missing -= 1) {
      buckets.push(0);
      counts.push(0);
    }
    let to = buckets.length - 1;
    for (let from = other.buckets.length - 1; from >= 0; to -= 1) {
      const bucket = other.buckets[from] ?? 0;
      const ownBucket = own < 0 ? -1 : (buckets[own] ?? 0);
      let count = 0;
      if (ownBucket >= bucket) {
        count += counts[own] ?? 0;
        own -= 1;
      }
      if (bucket >= ownBucket) {
        count += other.counts[from] ?? 0;
        from -= 1;
      }
      buckets[to] = Math.max(bucket, ownBucket);
      counts[to] = count;
    }
  }
}

/** How many of the rising numbers are not among the others. */
function newBuckets(known: readonly number[], buckets: readonly number[]): number {
  let count = 0;
  let place = 0;
  for (const bucket of buckets) {
    while (place < known.length && (known[place] ?? 0) < bucket) place += 1;
    if (known[place] !== bucket) count += 1;
  }
  return count;
}

/** The duration that the part of the durations is not longer than, nanoseconds; undefined where there is none. */
export function quantile({ buckets, counts }: HistogramData, part: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [index, count] of counts.entries()) {
    below += count;
    if (below >= total * part) return durationOf(buckets[index] ?? 0);
  }
  return undefined;
}

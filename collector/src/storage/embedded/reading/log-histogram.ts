import { LEVELS } from '@threadline/query-language';
import type { HistogramRequest, HistogramResult } from '../../storage.ts';
import { isWhole, type RowMask } from '../matching/row-mask.ts';
import { longAt } from '../parquet/decode-column.ts';
import { levelOfNumber } from '../record-fields.ts';
import type { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { Scan } from './scan.ts';
import { OUT_OF_TIME } from './stop.ts';
import { windowOfRange } from './time-window.ts';

/** Matching logs by bucket and level. */
export function logHistogram(scope: ReadScope, { query, range, widthNanos }: HistogramRequest): HistogramResult {
  const buckets = new Map<bigint, Float64Array>();
  const countsOf = (bucket: bigint): Float64Array => {
    const known = buckets.get(bucket);
    if (known) return known;
    const made = new Float64Array(LEVELS.length);
    buckets.set(bucket, made);
    return made;
  };
  const reached = new Scan(scope, { table: 'logs', query, window: windowOfRange(range) }).visitWithinTime((page, rows) => {
    const first = page.least / widthNanos;
    if (first === page.greatest / widthNanos) addLevels(page, rows, countsOf(first));
    else addTimes(page, rows, widthNanos, countsOf);
  });
  // Of the bucket that it came to there may be more.
  const firstWhole = reached === undefined ? undefined : reached / widthNanos + 1n;
  const counts = [...buckets].flatMap(([bucket, levels]) =>
    firstWhole !== undefined && bucket < firstWhole
      ? []
      : [...levels].flatMap((count, level) => (count === 0 ? [] : [{ bucket, level: levelOfNumber(level), count }])),
  );
  return { counts, ...(firstWhole !== undefined && { partial: { searchedFromNanos: firstWhole * widthNanos, reason: OUT_OF_TIME } }) };
}

/** All rows of the page are of one bucket. */
function addLevels(page: Page, rows: RowMask, counts: Float64Array): void {
  // Where all of them match, the index says how many of each level there are.
  const known = isWhole(rows) ? page.levels() : undefined;
  if (known) {
    for (const [level, count] of known.entries()) counts[level] = (counts[level] ?? 0) + count;
    return;
  }
  const { entries, indexes } = page.codes('level');
  for (let row = 0; row < rows.length; row += 1) {
    if (rows[row] === 0) continue;
    const level = entries[indexes[row] ?? 0] ?? 0;
    counts[level] = (counts[level] ?? 0) + 1;
  }
}

function addTimes(page: Page, rows: RowMask, widthNanos: bigint, countsOf: (bucket: bigint) => Float64Array): void {
  const { entries, indexes } = page.codes('level');
  const times = page.longs('time_nanos');
  const width = Number(widthNanos);
  const isExact = !times.wide && Number.isSafeInteger(width);
  // Whole numbers below 2^53 divide and round down exactly.
  const offsets = isExact ? times.offsets : undefined;
  const base = isExact ? times.base : 0n;
  const into = Number(base % widthNanos);
  let last = Number.NaN;
  let counts: Float64Array = new Float64Array();
  for (let row = 0; row < rows.length; row += 1) {
    if (rows[row] === 0) continue;
    if (offsets) {
      const number = Math.floor((into + (offsets[row] ?? 0)) / width);
      if (number !== last) counts = countsOf(base / widthNanos + BigInt(number));
      last = number;
    } else counts = countsOf(longAt(times, row) / widthNanos);
    const level = entries[indexes[row] ?? 0] ?? 0;
    counts[level] = (counts[level] ?? 0) + 1;
  }
}

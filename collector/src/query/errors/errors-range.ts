import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { RouteInput } from '../api-route.ts';
import { type BoundedRange, bucketWidth, layOutBuckets } from '../histogram-buckets.ts';
import { parseWholeNumber } from '../parameters/parameters.ts';
import { checkRange, DEFAULT_FIGURES_FROM, DEFAULT_TO, parseTimeParameter } from '../parameters/time-range.ts';

const DEFAULT_BUCKETS = 40;
/** A trend is a few hundred pixels wide at most. */
const MAX_BUCKETS = 200;
/** Records beyond 2262 stand at the index's last instant; the range ends just after it at the latest. */
const MAX_TO_NANOS = MAX_INDEX_TIME_NANOS + 1n;

/** What errors are counted of, and by which buckets. */
export interface ErrorsRange {
  readonly range: BoundedRange;
  readonly widthNanos: bigint;
}

/** The last hour where nothing else is asked for. */
export function parseErrorsRange({ parameters, nowNanos }: RouteInput): ErrorsRange {
  const from = parseTimeParameter(parameters.get('from') ?? DEFAULT_FIGURES_FROM, 'from', nowNanos);
  const to = parseTimeParameter(parameters.get('to') ?? DEFAULT_TO, 'to', nowNanos);
  checkRange({ fromNanos: from, toNanos: to });
  const maxBuckets = parseWholeNumber(parameters, 'buckets', { min: 1, max: MAX_BUCKETS, fallback: DEFAULT_BUCKETS });
  const toNanos = to > MAX_TO_NANOS ? MAX_TO_NANOS : to;
  const range: BoundedRange = { fromNanos: from > toNanos ? toNanos : from, toNanos };
  return { range, widthNanos: bucketWidth(range, maxBuckets) };
}

export function bucketBounds({ range, widthNanos }: ErrorsRange): { from: string; to: string }[] {
  return layOutBuckets(range, widthNanos, []).map(({ from, to }) => ({ from, to }));
}

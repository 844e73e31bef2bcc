import type { RouteInput } from '../api-route.ts';
import { type BoundedRange, bucketWidth, layOutBuckets } from '../histogram-buckets.ts';
import { parseBoundedRange } from '../parameters/bounded-range.ts';
import { parseWholeNumber } from '../parameters/parameters.ts';
import { DEFAULT_FIGURES_FROM } from '../parameters/time-range.ts';

const DEFAULT_BUCKETS = 40;
/** A trend is a few hundred pixels wide at most. */
const MAX_BUCKETS = 200;

/** What errors are counted of, and by which buckets. */
export interface ErrorsRange {
  readonly range: BoundedRange;
  readonly widthNanos: bigint;
  /** As of an `ErrorsRequest`. */
  readonly environment?: string | undefined;
}

/** The last hour where nothing else is asked for. */
export function parseErrorsRange(input: RouteInput): ErrorsRange {
  const range = parseBoundedRange(input, DEFAULT_FIGURES_FROM);
  const maxBuckets = parseWholeNumber(input.parameters, 'buckets', { min: 1, max: MAX_BUCKETS, fallback: DEFAULT_BUCKETS });
  return { range, widthNanos: bucketWidth(range, maxBuckets), environment: input.parameters.get('environment') };
}

export function bucketBounds({ range, widthNanos }: ErrorsRange): { from: string; to: string }[] {
  return layOutBuckets(range, widthNanos, []).map(({ from, to }) => ({ from, to }));
}

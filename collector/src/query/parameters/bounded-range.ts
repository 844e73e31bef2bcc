import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { RouteInput } from '../api-route.ts';
import type { BoundedRange } from '../histogram-buckets.ts';
import { checkRange, DEFAULT_TO, parseTimeParameter } from './time-range.ts';

/** Records beyond 2262 stand at the index's last instant; the range ends just after it at the latest. */
const MAX_TO_NANOS = MAX_INDEX_TIME_NANOS + 1n;

/** `from` and `to` of what is counted over time. Throws as `parseTimeParameter` and `checkRange` do. */
export function parseBoundedRange({ parameters, nowNanos }: RouteInput, defaultFrom: string): BoundedRange {
  const from = parseTimeParameter(parameters.get('from') ?? defaultFrom, 'from', nowNanos);
  const to = parseTimeParameter(parameters.get('to') ?? DEFAULT_TO, 'to', nowNanos);
  checkRange({ fromNanos: from, toNanos: to });
  const toNanos = to > MAX_TO_NANOS ? MAX_TO_NANOS : to;
  return { fromNanos: from > toNanos ? toNanos : from, toNanos };
}

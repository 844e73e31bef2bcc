import type { LogHistogramAnswer } from '../../api/index.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import { answerNotes } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { type BoundedRange, bucketWidth, layOutBuckets } from '../histogram-buckets.ts';
import { parseWholeNumber } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { checkRange, DEFAULT_FROM, DEFAULT_TO, parseTimeParameter } from '../parameters/time-range.ts';
import { withoutOwnEvents } from '../query-nodes.ts';

const DEFAULT_BUCKETS = 60;
/** A bar is at least a few pixels wide: more than this no screen shows. */
const MAX_BUCKETS = 500;
/** Records beyond 2262 stand at the index's last instant; the range ends just after it at the latest. */
const MAX_TO_NANOS = MAX_INDEX_TIME_NANOS + 1n;

/** Counts logs by level in buckets of an even width that cover the range without a gap. */
export const logHistogramRoute = defineRoute({
  path: '/api/v1/logs/histogram',
  names: { single: ['query', 'from', 'to', 'buckets'] },
  parse({ parameters, nowNanos }, { capabilities }) {
    const { query, warnings } = parseQueryParameter(parameters, 'logs', capabilities);
    const from = parseTimeParameter(parameters.get('from') ?? DEFAULT_FROM, 'from', nowNanos);
    const to = parseTimeParameter(parameters.get('to') ?? DEFAULT_TO, 'to', nowNanos);
    checkRange({ fromNanos: from, toNanos: to });
    const maxBuckets = parseWholeNumber(parameters, 'buckets', { min: 1, max: MAX_BUCKETS, fallback: DEFAULT_BUCKETS });
    const toNanos = to > MAX_TO_NANOS ? MAX_TO_NANOS : to;
    const range: BoundedRange = { fromNanos: from > toNanos ? toNanos : from, toNanos };
    return { query: withoutOwnEvents(query), warnings, range, widthNanos: bucketWidth(range, maxBuckets) };
  },
  async answer({ query, warnings, range, widthNanos }, { storage, context }): Promise<LogHistogramAnswer> {
    const isEmpty = range.fromNanos === range.toNanos;
    const result = isEmpty ? { counts: [] } : await storage.logHistogram({ query, range, widthNanos }, context);
    return {
      total: result.counts.reduce((total, { count }) => total + count, 0),
      buckets: layOutBuckets(range, widthNanos, result.counts),
      ...answerNotes({ partial: result.partial, warnings }),
    };
  },
});

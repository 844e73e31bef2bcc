import type { LogHistogramAnswer } from '../../api/index.ts';
import { answerNotes } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { bucketWidth, layOutBuckets } from '../histogram-buckets.ts';
import { parseBoundedRange } from '../parameters/bounded-range.ts';
import { parseWholeNumber } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { DEFAULT_FROM } from '../parameters/time-range.ts';
import { withoutOwnEvents } from '../query-nodes.ts';

const DEFAULT_BUCKETS = 60;
/** A bar is at least a few pixels wide: more than this no screen shows. */
const MAX_BUCKETS = 500;

/** Counts logs by level in buckets of an even width that cover the range without a gap. */
export const logHistogramRoute = defineRoute({
  path: '/api/v1/logs/histogram',
  names: { single: ['query', 'from', 'to', 'buckets'] },
  parse(input, { capabilities }) {
    const { parameters } = input;
    const { query, warnings } = parseQueryParameter(parameters, 'logs', capabilities);
    const range = parseBoundedRange(input, DEFAULT_FROM);
    const maxBuckets = parseWholeNumber(parameters, 'buckets', { min: 1, max: MAX_BUCKETS, fallback: DEFAULT_BUCKETS });
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

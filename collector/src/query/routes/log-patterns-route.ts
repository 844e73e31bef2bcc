import { type LogPattern, type LogPatternsAnswer, PATTERN_ORDERS } from '../../api/index.ts';
import { templateId, templateParts } from '../../storage/patterns/template-text.ts';
import type { PatternCounts, PatternsResult } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { type BoundedRange, bucketCount, bucketWidth, layOutBuckets } from '../histogram-buckets.ts';
import { parseBoundedRange } from '../parameters/bounded-range.ts';
import { parseChoice, parseWholeNumber } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { DEFAULT_FROM } from '../parameters/time-range.ts';
import { withoutOwnEvents } from '../query-nodes.ts';

const DEFAULT_BUCKETS = 40;
/** A trend is a few hundred pixels wide at most. */
const MAX_BUCKETS = 200;
const DEFAULT_PATTERNS = 50;
const MAX_PATTERNS = 1_000;
/** A list that a person waits for: a part of the counts is of use. */
const MAX_COUNTING_MILLIS = 10_000;
const EMPTY: PatternsResult = { total: 0, patternCount: 0, patterns: [] };

/** Matching logs folded into patterns of their messages. */
export const logPatternsRoute = defineRoute({
  path: '/api/v1/logs/patterns',
  names: { single: ['query', 'from', 'to', 'order', 'limit', 'buckets'] },
  parse(input, { capabilities }) {
    const { parameters } = input;
    const { query, warnings } = parseQueryParameter(parameters, 'logs', capabilities);
    const range = parseBoundedRange(input, DEFAULT_FROM);
    const maxBuckets = parseWholeNumber(parameters, 'buckets', { min: 1, max: MAX_BUCKETS, fallback: DEFAULT_BUCKETS });
    return {
      query: withoutOwnEvents(query),
      warnings,
      range,
      widthNanos: bucketWidth(range, maxBuckets),
      order: parseChoice(parameters, 'order', PATTERN_ORDERS, 'count'),
      limit: parseWholeNumber(parameters, 'limit', { min: 1, max: MAX_PATTERNS, fallback: DEFAULT_PATTERNS }),
    };
  },
  async answer({ warnings, ...request }, { storage, context }): Promise<LogPatternsAnswer> {
    const { range, widthNanos } = request;
    const deadline = Math.min(context.deadline, performance.now() + MAX_COUNTING_MILLIS);
    const isEmpty = range.fromNanos === range.toNanos;
    const result = isEmpty ? EMPTY : await storage.logPatterns(request, { ...context, deadline });
    return {
      total: result.total,
      patternCount: result.patternCount,
      patterns: result.patterns.map((pattern) => toLogPattern(pattern, { total: result.total, range, widthNanos })),
      buckets: layOutBuckets(range, widthNanos, []).map(({ from, to }) => ({ from, to })),
      ...answerNotes({ partial: result.partial, warnings }),
    };
  },
});

function toLogPattern(
  { template, count, levels, buckets, services, example }: PatternCounts,
  { total, range, widthNanos }: { readonly total: number; readonly range: BoundedRange; readonly widthNanos: bigint },
): LogPattern {
  const first = range.fromNanos / widthNanos;
  const trend = new Array<number>(Number(bucketCount(range, widthNanos))).fill(0);
  for (const { bucket, count: own } of buckets) trend[Number(bucket - first)] = own;
  return {
    id: templateId(template),
    parts: templateParts(template),
    count,
    share: total === 0 ? 0 : count / total,
    trend,
    levels: Object.fromEntries(levels.map(({ level, count: own }) => [level, own])),
    services: services.map(({ name, count: own }) => ({ name, count: own })),
    example,
  };
}

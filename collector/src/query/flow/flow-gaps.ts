import { findAbsentParents, findUnconsumedProducers, isDue } from '../../analysis/completeness.ts';
import { causesOf, spanName } from '../../analysis/span-causes.ts';
import type { MissingSpan, Span, UnfinishedSpan } from '../../api/index.ts';
import type { Reader } from '../api-route.ts';
import { and, anyOf, or } from '../query-nodes.ts';
import { chunksOf, MAX_IDS_PER_QUERY, readSpans } from '../read-rows.ts';

/** Spans that one look-up of suspected gaps reads. */
const MAX_LOOKED_UP_SPANS = 5_000;

export interface FlowContents {
  /** The flow's own spans. */
  readonly own: readonly Span[];
  /** Those that links joined. */
  readonly joined: readonly Span[];
  readonly unfinished: readonly UnfinishedSpan[];
}

/**
 * What is missing of a flow: parents that are named and nowhere to be found, and messages that nobody has taken, none that its sender still holds
 * back. A span of another flow
 * is there; so is one that has begun and not ended. Parents of joined spans are of another flow, and the target of a link
 * may lie with a caller whose spans are kept elsewhere: neither is missed.
 */
export async function readGaps({ own, joined, unfinished }: FlowContents, reader: Reader): Promise<MissingSpan[]> {
  const known = new Set([...own, ...joined, ...unfinished].map(spanName));
  const absent = findAbsentParents(own, (name) => known.has(name));
  for (const chunk of chunksOf(absent)) {
    const query = and(
      anyOf('traceId', [...new Set(chunk.map(({ traceId }) => traceId))]),
      anyOf(
        'spanId',
        chunk.map(({ spanId }) => spanId),
      ),
    );
    for (const { record } of (await readSpans({ query, maxRows: MAX_LOOKED_UP_SPANS }, reader)).rows) known.add(spanName(record));
  }
  const parents = absent.filter((parent) => !known.has(spanName(parent)));
  const nowNanos = BigInt(Date.now()) * 1_000_000n;
  const untaken = findUnconsumedProducers(own, [...own, ...joined]).filter((producer) => isDue(producer, nowNanos));
  const producers = await withoutTaken(untaken, reader);
  return [
    ...parents.map((parent): MissingSpan => ({ ...parent, reason: 'parent_missing' })),
    ...producers.map(({ traceId, spanId }): MissingSpan => ({ traceId, spanId, reason: 'consumer_missing' })),
  ];
}

/** A consumer may carry another id, or have joined another flow: it has taken the message all the same. */
async function withoutTaken(producers: readonly Span[], reader: Reader): Promise<readonly Span[]> {
  let left = producers;
  for (const chunk of chunksOf(producers, MAX_IDS_PER_QUERY / 2)) {
    const query = or(
      anyOf(
        'parentSpanId',
        chunk.map(({ spanId }) => spanId),
      ),
      anyOf('link', [...new Set(chunk.map(({ traceId }) => traceId))]),
    );
    const page = await readSpans({ query, maxRows: MAX_LOOKED_UP_SPANS }, reader);
    const names = new Set(left.map(spanName));
    const naming = page.rows.map(({ record }) => record).filter((span) => causesOf(span).some((name) => names.has(name)));
    left = findUnconsumedProducers(left, naming);
  }
  return left;
}

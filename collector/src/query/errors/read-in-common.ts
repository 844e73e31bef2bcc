import { inCommon } from '../../analysis/in-common.ts';
import type { ErrorsInCommon, Span } from '../../api/index.ts';
import type { ErrorGroup } from '../../storage/errors/errors.ts';
import { environmentQuery } from '../../storage/figures/resource-queries.ts';
import type { Reader } from '../api-route.ts';
import { and, anyOf, equals, not } from '../query-nodes.ts';
import type { ErrorsRange } from './errors-range.ts';

/** Spans beside those that failed: so many show a share of a hundredth. */
const MAX_OTHERS = 100;
/** Those that failed may have done so within a second: others are from so long before them on. */
const BEFORE_NANOS = 15n * 60_000_000_000n;

/**
 * What the spans of a group's examples have in common, each of another trace, and others of the same operations and about the same time do not: one tenant, one machine.
 * Undefined where there is nothing, or too few to tell.
 */
export async function readInCommon(
  { service, fingerprint, examples }: ErrorGroup,
  { range, environment }: Pick<ErrorsRange, 'range' | 'environment'>,
  { storage, context }: Reader,
): Promise<ErrorsInCommon | undefined> {
  const spans = examples.filter(({ spanId, traceId }) => spanId !== '' && traceId !== '');
  const [newest] = spans;
  const oldest = spans.at(-1);
  if (newest === undefined || oldest === undefined) return undefined;
  const ofService = and(
    ...(service === '' ? [] : [equals('service', service)]),
    ...(environment === undefined ? [] : [environmentQuery(environment)]),
  );
  const wanted = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  const ids = and(
    anyOf(
      'traceId',
      spans.map(({ traceId }) => traceId),
    ),
    anyOf(
      'spanId',
      spans.map(({ spanId }) => spanId),
    ),
  );
  // A log's time is within its span's: the span began before.
  const search = { range: { fromNanos: 0n, toNanos: range.toNanos }, order: 'desc', limit: MAX_OTHERS } as const;
  const failed: Span[] = (await storage.searchSpans({ ...search, query: and(ofService, ids) }, context)).rows
    .map(({ record }) => record)
    .filter(({ traceId, spanId }) => wanted.has(`${traceId} ${spanId}`));
  const names = [...new Set(failed.map(({ name }) => name))];
  if (names.length === 0) return undefined;
  const fromNanos = oldest.timeNanos - BEFORE_NANOS;
  const about = { fromNanos: fromNanos > range.fromNanos ? fromNanos : range.fromNanos, toNanos: newest.timeNanos + 1n };
  const query = and(ofService, anyOf('name', names), not(equals('errorGroup', fingerprint)));
  const others = (await storage.searchSpans({ ...search, range: about, query }, context)).rows.map(({ record }) => record);
  const attributes = inCommon(failed, others);
  return attributes.length === 0 ? undefined : { attributes, requests: failed.length, others: others.length };
}

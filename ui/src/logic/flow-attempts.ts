import type { Span } from '@threadline/collector/api';
import { ownText, serviceOf } from './any-value.ts';
import { parseNanos } from './nanos.ts';
import { SPAN_KIND } from './span-kind.ts';
import { hasFailed } from './span-status.ts';

/**
 * Of each span the how-many-eth attempt it is: 1, and one more than the same step of the same cause that had failed before it began. A message that is
 * handled again is another attempt whatever came of the first. In the order of the spans, causes before what they cause.
 */
export function countAttempts(spans: readonly Span[]): number[] {
  const last = new Map<string, { readonly attempt: number; readonly endNanos: bigint; readonly failed: boolean }>();
  const attempts = new Map<Span, number>();
  const byStart = spans.toSorted((left, right) => {
    const difference = parseNanos(left.startTimeUnixNano) - parseNanos(right.startTimeUnixNano);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
  for (const span of byStart) {
    const key = stepOf(span);
    const before = key === undefined ? undefined : last.get(key);
    const follows = before !== undefined && parseNanos(span.startTimeUnixNano) >= before.endNanos;
    const attempt = follows && (before.failed || span.kind === SPAN_KIND.consumer) ? before.attempt + 1 : 1;
    attempts.set(span, attempt);
    if (key !== undefined) last.set(key, { attempt, endNanos: parseNanos(span.endTimeUnixNano), failed: hasFailed(span) });
  }
  return spans.map((span) => attempts.get(span) ?? 1);
}

/** What two attempts have in common; undefined for a span that nothing in the flow caused. */
function stepOf(span: Span): string | undefined {
  const [link] = span.links ?? [];
  const cause =
    span.parentSpanId !== undefined
      ? `${span.traceId}/${span.parentSpanId}`
      : link === undefined
        ? undefined
        : `${link.traceId}/${link.spanId}`;
  if (cause === undefined) return undefined;
  const text = (key: string): string => ownText(span, key);
  return JSON.stringify([cause, serviceOf(span), span.kind ?? 0, span.name, text('server.address'), text('messaging.consumer.group.name')]);
}

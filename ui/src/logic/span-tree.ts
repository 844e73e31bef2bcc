import type { Span } from '@threadline/collector/api';
import { earlier, later, nanosBetween, parseNanos } from './nanos.ts';

export interface SpanRow {
  readonly span: Span;
  readonly depth: number;
  /** Nanoseconds since the first start. */
  readonly start: number;
  readonly duration: number;
}

export interface SpanTree {
  /** A parent before its children, children by start. Every span once. */
  readonly rows: readonly SpanRow[];
  readonly durationNanos: number;
}

/** The spans of one trace as a tree, for few enough that each is an object. A span whose parent is not here stands at the top; parents that go round in a circle are cut. */
export function spanTree(spans: readonly Span[]): SpanTree {
  const sorted = spans.toSorted((left, right) => {
    const difference = parseNanos(left.startTimeUnixNano) - parseNanos(right.startTimeUnixNano);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
  const known = new Set(sorted.map(({ spanId }) => spanId));
  const children = Map.groupBy(sorted, ({ parentSpanId }) => (parentSpanId !== undefined && known.has(parentSpanId) ? parentSpanId : ''));
  const first = parseNanos(sorted[0]?.startTimeUnixNano ?? '0');
  let last = first;
  const rows: SpanRow[] = [];
  const seen = new Set<Span>();
  const visit = (tops: readonly Span[]): void => {
    const stack = tops.toReversed().map((span) => ({ span, depth: 0 }));
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { span, depth } = next;
      if (seen.has(span)) continue;
      seen.add(span);
      const start = parseNanos(span.startTimeUnixNano);
      const end = later(start, parseNanos(span.endTimeUnixNano));
      last = later(last, end);
      rows.push({ span, depth, start: nanosBetween(first, start), duration: nanosBetween(start, end) });
      for (const child of (children.get(span.spanId) ?? []).toReversed()) stack.push({ span: child, depth: depth + 1 });
    }
  };
  visit(children.get('') ?? []);
  // What is left goes round in circles.
  for (const span of sorted) visit([span]);
  return { rows, durationNanos: nanosBetween(earlier(first, last), last) };
}

import type { Span } from '../api/index.ts';

/** What a span is called by those that name it. */
export function spanName(span: { readonly traceId: string; readonly spanId: string }): string {
  return `${span.traceId}-${span.spanId}`;
}

/** Undefined on a root. */
export function parentName(span: Pick<Span, 'traceId' | 'parentSpanId'>): string | undefined {
  return span.parentSpanId === undefined ? undefined : spanName({ traceId: span.traceId, spanId: span.parentSpanId });
}

/** Names of all that came before a span by cause: its parent and what it links to. */
export function causesOf(span: Pick<Span, 'traceId' | 'parentSpanId' | 'links'>): string[] {
  const parent = parentName(span);
  const links = (span.links ?? []).map(spanName);
  return parent === undefined ? links : [parent, ...links];
}

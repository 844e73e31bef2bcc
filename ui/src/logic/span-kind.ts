/** OTLP's numbers of span kinds. */
export const SPAN_KIND = { server: 2, client: 3, producer: 4, consumer: 5 } as const;

const KIND_KEYS = [
  'kind.span.unspecified',
  'kind.span.internal',
  'kind.span.server',
  'kind.span.client',
  'kind.span.producer',
  'kind.span.consumer',
] as const;
export type SpanKindKey = (typeof KIND_KEYS)[number];

/** The message key of OTLP's span kind; an unknown number is unspecified. */
export function spanKindKey(kind: number | undefined): SpanKindKey {
  return KIND_KEYS[kind ?? 0] ?? 'kind.span.unspecified';
}

/** Whether the parent of a span of this kind waits for it: who takes a message (a consumer) does so whenever there is time. */
export function isWaitedFor(kind: number | undefined): boolean {
  return kind !== SPAN_KIND.consumer;
}

/**
 * What tells a span from all others of its trace: its id, and of the second and later ones that have one id, by their start, their place among them. It is
 * what an address names a span by, `00f067aa0ba902b7` or `00f067aa0ba902b7-2`.
 */
export interface SpanKey {
  readonly spanId: string;
  /** From 1. */
  readonly place: number;
}

/** A trace has no more spans. */
const KEY = /^(.*)-([1-9]\d{0,6})$/;

export function writeSpanKey({ spanId, place }: SpanKey): string {
  return place === 1 ? spanId : `${spanId}-${place}`;
}

/** Text that is no key is an id. */
export function parseSpanKey(key: string): SpanKey {
  const [, spanId, place] = KEY.exec(key) ?? [];
  return spanId === undefined ? { spanId: key, place: 1 } : { spanId, place: Number(place) };
}

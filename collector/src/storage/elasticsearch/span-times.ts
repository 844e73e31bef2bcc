import type { Span } from '../../api/index.ts';

/** When a span began, as its index time says before it is clamped: a span without a start began when it arrived. */
export function exactStart({ startTimeUnixNano, arrivalTimeUnixNano }: Span): bigint {
  return BigInt(startTimeUnixNano === '0' ? arrivalTimeUnixNano : startTimeUnixNano);
}

/** When it ended. An end before the start is a clock's, not the span's: it took no time then. */
export function exactEnd(span: Span): bigint {
  const [start, end] = [exactStart(span), BigInt(span.endTimeUnixNano)];
  return end > start ? end : start;
}

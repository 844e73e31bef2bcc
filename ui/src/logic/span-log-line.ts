import type { AnyValue, LogRecord, Span } from '@threadline/collector/api';
import { logNanos } from './causal-order.ts';
import { type Level, levelOf } from './level.ts';
import { nanosBetween, parseNanos } from './nanos.ts';

/** A record in the list of its span's. */
export interface SpanLogLine {
  readonly id: string;
  /** Since the span's start. */
  readonly nanos: number;
  readonly level: Level;
  readonly body: AnyValue | undefined;
}

export function spanLogLine(span: Span, log: LogRecord): SpanLogLine {
  return { id: log.id, nanos: nanosBetween(parseNanos(span.startTimeUnixNano), logNanos(log)), level: levelOf(log), body: log.body };
}

import { type AnyValue, logs, ROOT_CONTEXT, SeverityNumber, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { CORRELATION_ID_ATTRIBUTE } from './correlation/correlation-id.ts';
import type { DropReport } from './export/drop-reports.ts';

/**
 * What the SDK says of itself, as log records of two event names. The collector makes `unfinished` and `drops` of a trace
 * from them and shows neither in a log search that does not ask for it.
 */
const SCOPE = '@threadline/sdk';

/** Says that a span has begun and not ended yet, for a process that may never say more. */
export function emitSpanStart(span: ReadableSpan): void {
  const { startTime, kind, name, parentSpanContext } = span;
  const id = span.attributes[CORRELATION_ID_ATTRIBUTE];
  const attributes: Record<string, AnyValue> = {
    'span.name': name,
    // The API counts from 0, OTLP from 1.
    'span.kind': kind + 1,
    'span.start_time_unix_nano': nanosText(BigInt(startTime[0]) * 1_000_000_000n + BigInt(startTime[1])),
    ...(parentSpanContext === undefined ? {} : { 'span.parent_id': parentSpanContext.spanId }),
    ...(id === undefined ? {} : { [CORRELATION_ID_ATTRIBUTE]: id }),
  };
  logs.getLogger(SCOPE).emit({
    eventName: 'threadline.span.start',
    context: trace.setSpanContext(ROOT_CONTEXT, span.spanContext()),
    severityNumber: SeverityNumber.DEBUG,
    severityText: 'debug',
    body: `${name} has not ended yet`,
    attributes,
  });
}

/** Says what was lost. */
export function emitDrop({ signal, reason, count, firstMillis, lastMillis, traceIds }: DropReport): void {
  logs.getLogger(SCOPE).emit({
    eventName: 'threadline.drop',
    context: ROOT_CONTEXT,
    severityNumber: SeverityNumber.WARN,
    severityText: 'warn',
    body: `${count} ${signal === 'traces' ? 'spans' : 'log records'} were lost: ${reason}`,
    attributes: {
      'drop.signal': signal,
      'drop.reason': reason,
      'drop.count': count,
      'drop.first_time_unix_nano': nanosText(BigInt(firstMillis) * 1_000_000n),
      'drop.last_time_unix_nano': nanosText(BigInt(lastMillis) * 1_000_000n),
      'drop.trace_ids': [...traceIds],
    },
  });
}

/** Decimal digits: a number has too few of them. */
function nanosText(nanos: bigint): string {
  return nanos.toString();
}

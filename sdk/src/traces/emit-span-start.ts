import { type AnyValue, logs, SeverityNumber, trace } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { CORRELATION_ID_ATTRIBUTE } from '../correlation/correlation-id.ts';
import { setFlow } from '../correlation/flow.ts';
import type { ReadableSpan } from './span-types.ts';

/**
 * Says that a span has begun and not ended yet, for a process that may never say more. The collector shows an unfinished
 * span while it has none with that id, and such a record in no log search that does not ask for it.
 */
export function emitSpanStart(span: ReadableSpan): void {
  const { startTime, kind, name, parentSpanContext } = span;
  const id = span.attributes[CORRELATION_ID_ATTRIBUTE];
  const attributes: Record<string, AnyValue> = {
    'span.name': name,
    // The API counts from 0, OTLP from 1.
    'span.kind': kind + 1,
    // Decimal digits: a number has too few of them.
    'span.start_time_unix_nano': (BigInt(Math.trunc(startTime[0])) * 1_000_000_000n + BigInt(Math.trunc(startTime[1]))).toString(),
    ...(parentSpanContext === undefined ? {} : { 'span.parent_id': parentSpanContext.spanId }),
  };
  logs.getLogger('@threadline/sdk').emit({
    eventName: 'threadline.span.start',
    // In the flow of the span, from which the record has its correlation id.
    context: setFlow(trace.setSpanContext(EMPTY_CONTEXT, span.spanContext()), {
      id: typeof id === 'string' ? id : undefined,
      external: undefined,
    }),
    timestamp: recordClock.now(),
    severityNumber: SeverityNumber.DEBUG,
    severityText: 'debug',
    body: `${name} has not ended yet`,
    attributes,
  });
}

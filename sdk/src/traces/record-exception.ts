import { context, logs, SeverityNumber, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { recordClock } from '../clock.ts';
import { CORRELATION_ID_ATTRIBUTE } from '../correlation/correlation-id.ts';
import { setFlow } from '../correlation/flow.ts';
import { exceptionAttributes, isError, messageOf } from '../logs/exception.ts';
import type { ExceptionSignal } from '../logs/logs-config.ts';
import { propertyOf, shownText } from '../logs/thrown-value.ts';

let signal: ExceptionSignal = 'span';

/** For the start of the SDK: where exceptions go from now on. */
export function setExceptionSignal(next: ExceptionSignal): void {
  signal = next;
}

/**
 * Records what a span ended with, an error or whatever else was thrown: as an event of the span, as a log record in its flow, or as both. Either has the
 * type that a logged error has, and the stack with all causes. As a record it is there although the span is not sampled. Never throws, however odd it is.
 */
export function recordException(span: Span, thrown: unknown): void {
  const exception = { ...exceptionAttributes(thrown) };
  // Not by `recordException`, which in other SDKs calls an error by its code.
  if (signal !== 'logs') span.addEvent('exception', exception);
  if (signal === 'span') return;
  const attributes: unknown = Reflect.get(span, 'attributes');
  const id: unknown = typeof attributes === 'object' && attributes !== null ? Reflect.get(attributes, CORRELATION_ID_ATTRIBUTE) : undefined;
  const here = trace.setSpan(context.active(), span);
  logs.getLogger('@threadline/sdk').emit({
    eventName: 'exception',
    context: typeof id === 'string' ? setFlow(here, { id, external: undefined }) : here,
    timestamp: recordClock.now(),
    severityNumber: SeverityNumber.ERROR,
    severityText: 'error',
    body: messageOf(thrown),
    attributes: exception,
  });
}

/** Makes the span one that failed, by what was thrown, of whatever kind. Never throws. */
export function setFailure(span: Span, thrown: unknown): void {
  span.setAttribute('error.type', errorTypeOf(thrown));
  span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(thrown) });
}

/** The semantic conventions' `error.type`: the code of what was thrown, else the name of an error. Never throws. */
export function errorTypeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return '_OTHER';
  const code = propertyOf(thrown, 'code');
  if (typeof code === 'string' && code !== '') return code;
  return isError(thrown) ? shownText(propertyOf(thrown, 'name') ?? 'Error') : '_OTHER';
}

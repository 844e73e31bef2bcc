import type { Context, Span } from '@opentelemetry/api';
import { CORRELATION_ID_ATTRIBUTE } from '../correlation/correlation-id.ts';
import { correlationIdOf } from '../correlation/flow.ts';
import { RecordedSpan } from './recorded-span.ts';
import type { ReadableSpan, SpanProcessor } from './span-types.ts';

/** Puts `correlation.id` on every recorded span when it starts, however many attributes it has already. Holds nothing. */
export class CorrelationSpanProcessor implements SpanProcessor {
  onStart(span: Span & ReadableSpan, parentContext: Context): void {
    const id = correlationIdOf(parentContext) ?? span.spanContext().traceId;
    if (span instanceof RecordedSpan) {
      span.setOwnAttribute(CORRELATION_ID_ATTRIBUTE, id);
      return;
    }
    span.setAttribute(CORRELATION_ID_ATTRIBUTE, id);
    // What another SDK's limit left out.
    span.attributes[CORRELATION_ID_ATTRIBUTE] ??= id;
  }

  onEnd(): void {
    // The id is set at the start so that it is there for everything that looks at a running span.
  }

  async forceFlush(): Promise<void> {
    // Nothing is held back.
  }

  async shutdown(): Promise<void> {
    // Nothing to release.
  }
}

import type { Context, Span } from '@opentelemetry/api';
import { CORRELATION_ID_ATTRIBUTE } from '../correlation/correlation-id.ts';
import { correlationIdOf } from '../correlation/flow.ts';
import type { SpanProcessor } from './span-types.ts';

/** Puts `correlation.id` on every recorded span when it starts. Holds nothing. */
export class CorrelationSpanProcessor implements SpanProcessor {
  onStart(span: Span, parentContext: Context): void {
    const id = correlationIdOf(parentContext) ?? span.spanContext().traceId;
    span.setAttribute(CORRELATION_ID_ATTRIBUTE, id);
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

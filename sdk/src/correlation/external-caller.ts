import type { Span } from '@opentelemetry/api';
import { EXTERNAL_CORRELATION_ID_ATTRIBUTE } from './correlation-id.ts';
import type { Flow } from './flow.ts';

/** Links a server span to a caller from outside the trusted edge and keeps the id it sent. Does nothing for any other flow. */
export function markExternalCaller(span: Span, flow: Flow | undefined): void {
  const external = flow?.external;
  if (external === undefined) return;
  if (external.spanContext !== undefined) span.addLink({ context: external.spanContext });
  if (external.correlationId !== undefined) span.setAttribute(EXTERNAL_CORRELATION_ID_ATTRIBUTE, external.correlationId);
}

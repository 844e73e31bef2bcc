import { type Context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type RpcMetadata, setRpcMetadata } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { markExternalCaller } from '../correlation/external-caller.ts';
import { correlationIdOf, getFlow } from '../correlation/flow.ts';
import { setPeer } from '../correlation/hop.ts';
import { describeHttpMethod, type ServedRequest, serverAttributes } from './http-attributes.ts';

/** A request that is being served. */
export interface ServerSpan {
  readonly span: Span;
  /** What the handler runs in: the caller's trace and flow, and the place where a framework puts its route. */
  readonly running: Context;
  /** What the response header says. */
  readonly correlationId: string | undefined;
  /** Ends the span; a status of undefined was never sent. Only the first call counts. */
  end(status: number | undefined, isAborted: boolean): void;
}

/** One server span a request, in the trace and the flow that its headers name, as far as they are believed. */
export function startServerSpan(request: ServedRequest, headers: object): ServerSpan {
  const received = propagation.extract(setPeer(EMPTY_CONTEXT, { address: request.peer.address }), headers);
  const names = describeHttpMethod(request.method);
  const span = trace.getTracer('@threadline/sdk/http').startSpan(names.spanName, { kind: SpanKind.SERVER }, received);
  // Of a request that is left out nothing has to be known.
  if (span.isRecording()) span.setAttributes(serverAttributes(names, request));
  markExternalCaller(span, getFlow(received));
  const rpc: RpcMetadata = { type: 'http', span };
  const running = setRpcMetadata(trace.setSpan(received, span), rpc);
  let isEnded = false;
  return {
    span,
    running,
    correlationId: correlationIdOf(running),
    end(status, isAborted) {
      if (isEnded) return;
      isEnded = true;
      if (!span.isRecording()) return;
      if (status !== undefined) span.setAttribute('http.response.status_code', status);
      if (rpc.route !== undefined && rpc.route !== '') {
        span.setAttribute('http.route', rpc.route);
        span.updateName(`${names.spanName} ${rpc.route}`);
      }
      if (isAborted) {
        span.setAttribute('error.type', 'aborted');
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'the connection closed before the response was complete' });
      } else if (status !== undefined && status >= 500) {
        span.setAttribute('error.type', String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

import { type Context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type RpcMetadata, setRpcMetadata } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { markExternalCaller } from '../correlation/external-caller.ts';
import { correlationIdOf, getFlow } from '../correlation/flow.ts';
import { extractFrom } from '../correlation/hop.ts';
import { setNewAttributes } from '../traces/recorded-span.ts';
import { describeHttpMethod, type MethodNames, type ServedRequest, serverAttributes } from './http-attributes.ts';

/**
 * Whether a response is one of server-sent events, which its reader leaves when it has seen enough: it never ends by itself. By what the request accepts, which each `EventSource` says,
 * and by the type of the response as far as that can be asked for.
 */
export function isEventStream(accept: unknown, contentType: unknown): boolean {
  return [accept, contentType].some((type) => typeof type === 'string' && type.includes('text/event-stream'));
}

/** A request that is being served. */
export class ServerSpan {
  readonly span: Span;
  /** What the handler runs in: the caller's trace and flow, and the place where a framework puts its route. */
  readonly running: Context;
  /** What the response header says. */
  readonly correlationId: string | undefined;
  readonly #names: MethodNames;
  readonly #rpc: RpcMetadata;
  #isEnded = false;

  constructor(span: Span, received: Context, names: MethodNames) {
    this.span = span;
    this.#names = names;
    this.#rpc = { type: 'http', span, route: undefined, mount: undefined };
    this.running = setRpcMetadata(trace.setSpan(received, span), this.#rpc);
    this.correlationId = correlationIdOf(this.running);
  }

  /** Ends the span; a status of undefined was never sent. Only the first call counts. */
  end(status: number | undefined, isAborted: boolean): void {
    const { span } = this;
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (!span.isRecording()) return;
    const { route = this.#rpc.mount } = this.#rpc;
    if (status !== undefined) span.setAttribute('http.response.status_code', status);
    if (route !== undefined && route !== '') {
      span.setAttribute('http.route', route);
      span.updateName(`${this.#names.spanName} ${route}`);
    }
    if (isAborted) {
      span.setAttribute('error.type', 'aborted');
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'the connection closed before the response was complete' });
    } else if (status !== undefined && status >= 500) {
      span.setAttribute('error.type', String(status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  }
}

/** A model, as `ItemBuffer` keeps them: there is nothing of the app's in it. */
let last: ServerSpan | undefined;

/** One server span a request, in the trace and the flow that its headers name, as far as they are believed. */
export function startServerSpan(request: ServedRequest, headers: object): ServerSpan {
  const received = extractFrom(request.peer, () => propagation.extract(EMPTY_CONTEXT, headers));
  const names = describeHttpMethod(request.method);
  const span = trace.getTracer('@threadline/sdk/http').startSpan(names.spanName, { kind: SpanKind.SERVER }, received);
  // Of a request that is left out nothing has to be known.
  if (span.isRecording()) setNewAttributes(span, serverAttributes(names, request));
  markExternalCaller(span, getFlow(received));
  last = new ServerSpan(span, received, names);
  return last;
}

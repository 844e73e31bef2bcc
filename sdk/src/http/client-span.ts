import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isError } from '../logs/exception.ts';
import { propertyOf } from '../logs/thrown-value.ts';
import { recordException, setFailure } from '../traces/record-exception.ts';
import { setNewAttributes } from '../traces/recorded-span.ts';
import { describeHttpMethod, type MethodNames, splitTarget } from './http-attributes.ts';
import { hideSecretValues } from './secret-query.ts';

/** An outgoing call, as its span shows it. */
export interface CalledRequest {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  /** Undefined for the scheme's own; `unknown` until it is told by `reached`, so that no wrong one is shown. */
  readonly port: number | 'unknown' | undefined;
  /** Path and query. */
  readonly target: string;
}

/** A call under way. */
export interface ClientSpan {
  readonly span: Span;
  /** There is a connection to this port, or there was none to be had: of a call whose port was unknown. */
  reached(port: number): void;
  /** The head of the response is there. */
  answered(status: number): void;
  /** The call failed; what follows changes nothing more than the end. */
  failed(error: unknown): void;
  /** The call was given up by either side without an error to show for it. */
  aborted(): void;
  /** Safe to repeat. */
  end(): void;
}

/** A client span below `caller` with the stable HTTP attributes. */
export function startClientSpan(scope: string, request: CalledRequest, caller: Context): ClientSpan {
  const names = describeHttpMethod(request.method);
  const span = trace.getTracer(scope).startSpan(names.spanName, { kind: SpanKind.CLIENT }, caller);
  // Of a call that is left out nothing has to be known.
  if (span.isRecording()) setNewAttributes(span, clientAttributes(names, request));
  let isEnded = false;
  return {
    span,
    reached(port) {
      const known = clientAttributes(names, { ...request, port });
      for (const name of ['url.full', 'server.port']) span.setAttribute(name, known[name] ?? '');
    },
    answered(status) {
      span.setAttribute('http.response.status_code', status);
      if (status < 400) return;
      span.setAttribute('error.type', String(status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    },
    failed(error) {
      setFailure(span, error);
      // An abort is the app's own decision; its stack says nothing.
      if (isError(error) && propertyOf(error, 'name') !== 'AbortError') recordException(span, error);
    },
    aborted() {
      span.setAttribute('error.type', 'aborted');
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'the connection closed before the response was complete' });
    },
    end() {
      if (isEnded) return;
      isEnded = true;
      span.end();
    },
  };
}

function clientAttributes(names: MethodNames, request: CalledRequest): Attributes {
  const host = request.host.includes(':') ? `[${request.host}]` : request.host;
  const defaultPort = request.scheme === 'https' ? 443 : 80;
  const port = request.port ?? defaultPort;
  const isShown = port !== defaultPort && port !== 'unknown';
  const attributes: Attributes = {
    ...names.attributes,
    'url.full': `${request.scheme}://${host}${isShown ? `:${port}` : ''}${shownTarget(request.target)}`,
    'server.address': request.host,
  };
  if (port !== 'unknown') attributes['server.port'] = port;
  return attributes;
}

function shownTarget(target: string): string {
  const { path, query } = splitTarget(target);
  return query === '' ? path : `${path}?${hideSecretValues(query)}`;
}

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
  /** Undefined for the scheme's own. */
  readonly port: number | undefined;
  /** Path and query. */
  readonly target: string;
}

/** A call under way. */
export interface ClientSpan {
  readonly span: Span;
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
  const port = request.port ?? (request.scheme === 'https' ? 443 : 80);
  const isDefaultPort = request.port === undefined || request.port === (request.scheme === 'https' ? 443 : 80);
  return {
    ...names.attributes,
    'url.full': `${request.scheme}://${host}${isDefaultPort ? '' : `:${port}`}${shownTarget(request.target)}`,
    'server.address': request.host,
    'server.port': port,
  };
}

function shownTarget(target: string): string {
  const { path, query } = splitTarget(target);
  return query === '' ? path : `${path}?${hideSecretValues(query)}`;
}

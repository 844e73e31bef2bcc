import { type Context, context, propagation, type Span, SpanKind, type TextMapGetter, trace } from '@opentelemetry/api';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { markExternalCaller } from '../correlation/external-caller.ts';
import { getFlow } from '../correlation/flow.ts';
import { extractFrom } from '../correlation/hop.ts';
import { isError } from '../logs/exception.ts';
import { recordException } from '../traces/record-exception.ts';
import { codeOfError, describeMethod, detailsOfError, isMetadata, type Metadata, setGrpcStatus } from './grpc-span.ts';
import { isMethod, isObject, type Method, wrapMethod } from './wrap-method.ts';

const METADATA_GETTER: TextMapGetter<Metadata> = {
  get: (metadata, key) => metadata.get(key).map(String),
  keys: (metadata) => Object.keys(metadata.getMap()),
};

/**
 * Server spans for every handler that is registered later. The handler, and what it does in the call's events, runs in
 * the caller's trace and flow. The span ends with the answer, with the end of the stream or when the caller gives up.
 */
export function patchGrpcServer(serverPrototype: object): void {
  wrapMethod(
    serverPrototype,
    'register',
    (original) =>
      function (path, handler, ...rest) {
        const followed = typeof path === 'string' && isMethod(handler) ? followHandler(path, handler) : handler;
        return Reflect.apply(original, this, [path, followed, ...rest]);
      },
  );
}

function followHandler(path: string, handler: Method): Method {
  const { name, attributes } = describeMethod(path);
  return function (call, callback, ...rest) {
    const metadata: unknown = isObject(call) ? Reflect.get(call, 'metadata') : undefined;
    if (!isObject(call) || !isMetadata(metadata)) return Reflect.apply(handler, this, [call, callback, ...rest]);
    const received = extractFrom({ address: peerAddress(call) }, () => propagation.extract(EMPTY_CONTEXT, metadata, METADATA_GETTER));
    const span = trace.getTracer('@threadline/sdk/grpc').startSpan(name, { kind: SpanKind.SERVER, attributes }, received);
    markExternalCaller(span, getFlow(received));
    const running = trace.setSpan(received, span);
    const end = endOnce(span);
    followCall(call, running, end, callback === undefined);
    const answer = isMethod(callback) ? [followCallback(callback, end), ...rest] : [callback, ...rest];
    try {
      return context.with(running, () => Reflect.apply(handler, this, [call, ...answer]));
    } catch (error) {
      // grpc-js answers UNKNOWN.
      if (isError(error)) recordException(span, error);
      end(2, detailsOfError(error));
      throw error;
    }
  };
}

type End = (code: number, details: string) => void;

function endOnce(span: Span): End {
  let ended = false;
  return (code, details) => {
    if (ended) return;
    ended = true;
    setGrpcStatus(span, 'server', code, details);
    span.end();
  };
}

function followCallback(callback: Method, end: End): Method {
  return function (error, ...rest) {
    if (isObject(error)) end(codeOfError(error), detailsOfError(error));
    else end(0, '');
    return Reflect.apply(callback, this, [error, ...rest]);
  };
}

/** A call is an event emitter: its listeners run in the call's context. A stream has no callback and ends by its events. */
function followCall(call: object, running: Context, end: End, isStream: boolean): void {
  context.bind(running, call);
  const on: unknown = Reflect.get(call, 'on');
  if (!isMethod(on)) return;
  Reflect.apply(on, call, ['cancelled', () => end(1, 'cancelled by the caller')]);
  if (!isStream) return;
  Reflect.apply(on, call, ['finish', () => end(0, '')]);
  wrapMethod(
    call,
    'emit',
    (emit) =>
      function (event, ...args) {
        // Not a listener: one more would keep Node from reporting an error that nobody handles.
        if (event === 'error') end(codeOfError(args[0]), detailsOfError(args[0]));
        return Reflect.apply(emit, this, [event, ...args]);
      },
  );
}

function peerAddress(call: object): string | undefined {
  const getPeer: unknown = Reflect.get(call, 'getPeer');
  const peer = isMethod(getPeer) ? String(Reflect.apply(getPeer, call, [])) : '';
  const match = /^(?:\[?([0-9a-fA-F:.]+?)\]?):\d+$/.exec(peer);
  return match?.[1];
}

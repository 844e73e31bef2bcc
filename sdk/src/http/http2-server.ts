import { context } from '@opentelemetry/api';
import { tellThrown } from '../context/thrown-in.ts';
import { isFollowedGrpcStream } from '../instrument/grpc.ts';
import { isMethod, isObject, wrapMethod } from '../instrument/wrap-method.ts';
import { emitInContext } from './emit-in-context.ts';
import type { ServedRequest } from './http-attributes.ts';
import { isEventStream, startServerSpan } from './server-span.ts';

/** The methods of a stream that send its head, and where their headers are. */
const RESPONDING = [
  ['respond', 0],
  ['respondWithFD', 1],
  ['respondWithFile', 1],
] as const;

/** One server span an HTTP/2 stream, whether the app listens for streams or for requests. gRPC's own are left to it. */
export function serveStream(stream: object, headers: object, responseHeader: string, call: () => unknown): unknown {
  const header = (name: string): string | undefined => {
    const value: unknown = Reflect.get(headers, name);
    return typeof value === 'string' ? value : undefined;
  };
  const method = header(':method');
  if (method === undefined || isFollowedGrpcStream(header('content-type'))) return call();
  const request: ServedRequest = {
    method,
    target: header(':path') ?? '/',
    scheme: header(':scheme') ?? 'http',
    protocolVersion: '2',
    authority: header(':authority') ?? header('host'),
    header,
    peer: peerOf(stream),
  };
  const server = startServerSpan(request, headers);
  let status: number | undefined;
  let contentType: unknown;
  for (const [name, position] of RESPONDING) {
    wrapMethod(
      stream,
      name,
      (original) =>
        function (...args) {
          const given = args[position];
          const sent = withResponseHeader(given, responseHeader, server.correlationId);
          status = Number(headerIn(given, ':status') ?? 200);
          contentType = headerIn(given, 'content-type');
          args[position] = sent;
          return Reflect.apply(original, this, args);
        },
    );
  }
  emitInContext(stream, server.running, (event) => {
    if (event !== 'close') return;
    const isAborted = status === undefined || Reflect.get(stream, 'aborted') === true;
    server.end(status, isAborted && !(status === 200 && isEventStream(header('accept'), contentType)));
  });
  return tellThrown(server.running, () => context.with(server.running, call));
}

/** A copy, also of the list of names and values that Node takes too; the app's own value stays. */
function withResponseHeader(headers: unknown, name: string, value: string | undefined): unknown {
  if (value === undefined) return headers;
  if (Array.isArray(headers)) return headers.some((part) => String(part).toLowerCase() === name) ? headers : [...headers, name, value];
  if (headers !== undefined && !isObject(headers)) return headers;
  const has = Object.keys(headers ?? {}).some((key) => key.toLowerCase() === name);
  return has ? headers : Object.assign(Object.create(null), headers, { [name]: value });
}

/** One header of a head, in either form that Node takes, its name in any case. */
function headerIn(headers: unknown, name: string): unknown {
  if (Array.isArray(headers)) {
    const position = headers.findIndex((part, index) => index % 2 === 0 && String(part).toLowerCase() === name);
    return position === -1 ? undefined : headers[position + 1];
  }
  const key = isObject(headers) ? Object.keys(headers).find((given) => given.toLowerCase() === name) : undefined;
  return key === undefined || !isObject(headers) ? undefined : Reflect.get(headers, key);
}

/** A session whose connection is gone already throws when it is asked for it. */
function peerOf(stream: object): ServedRequest['peer'] {
  try {
    const session: unknown = Reflect.get(stream, 'session');
    const socket: unknown = isObject(session) && !isMethod(session) ? Reflect.get(session, 'socket') : undefined;
    const address: unknown = isObject(socket) ? Reflect.get(socket, 'remoteAddress') : undefined;
    const port: unknown = isObject(socket) ? Reflect.get(socket, 'remotePort') : undefined;
    return { address: typeof address === 'string' ? address : undefined, port: typeof port === 'number' ? port : undefined };
  } catch {
    return { address: undefined, port: undefined };
  }
}

import type { IncomingMessage } from 'node:http';
import type { ServedRequest } from './http-attributes.ts';

/** What the attributes of an HTTP/1 request are made of, an upgrade too. */
export function describeRequest(request: IncomingMessage): ServedRequest {
  const { socket, headers } = request;
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    scheme: 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http',
    protocolVersion: request.httpVersion,
    authority: headers.host,
    header(name) {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    peer: { address: socket.remoteAddress, port: socket.remotePort },
  };
}

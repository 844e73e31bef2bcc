import type { OutgoingHttpHeader, OutgoingHttpHeaders, RequestOptions, ServerResponse } from 'node:http';
import { context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { markExternalCaller } from '../correlation/external-caller.ts';
import { correlationIdOf, getFlow } from '../correlation/flow.ts';
import { rememberPeer, withDestination } from '../correlation/hop.ts';
import { isObject } from './wrap-method.ts';

/**
 * Server spans for node:http and node:https (and so for Express, Koa, Fastify …) and client spans for their `request`
 * and `get`. Each response carries the correlation id in `responseHeader`, also when it is an error or when a framework
 * removes all headers before it writes one; an app's own value stays.
 */
export function createHttpInstrumentation(responseHeader: string): HttpInstrumentation {
  return new HttpInstrumentation({
    startIncomingSpanHook(request) {
      if ('headers' in request && 'socket' in request) rememberPeer(request.headers, { address: request.socket.remoteAddress });
      return {};
    },
    startOutgoingSpanHook(options) {
      options.headers = withDestination(headerMap(options.headers), hostOf(options));
      return {};
    },
    responseHook(span, response) {
      if (!('writeHead' in response)) return;
      markExternalCaller(span, getFlow(context.active()));
      const id = correlationIdOf(context.active());
      if (id !== undefined) keepHeader(response, responseHeader, id);
    },
    applyCustomAttributesOnSpan(span, _request, response) {
      if ('writeHead' in response) markAborted(span, response);
    },
  });
}

/** Present from the start, so that it is there for streams too, and once more in the last moment. */
function keepHeader(response: ServerResponse, name: string, value: string): void {
  response.setHeader(name, value);
  const writeHead: unknown = response.writeHead;
  if (typeof writeHead !== 'function') return;
  Object.defineProperty(response, 'writeHead', {
    configurable: true,
    writable: true,
    value(this: ServerResponse, ...args: unknown[]): unknown {
      if (!this.headersSent && !this.hasHeader(name)) this.setHeader(name, value);
      return Reflect.apply(writeHead, this, args);
    },
  });
}

function markAborted(span: Span, response: ServerResponse): void {
  if (response.writableFinished) return;
  // Node's default of 200 was never sent.
  if (!response.headersSent && 'attributes' in span && isObject(span.attributes))
    Reflect.deleteProperty(span.attributes, 'http.response.status_code');
  span.setAttribute('error.type', 'aborted');
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'the connection closed before the response was complete' });
}

/** The instrumentation copies headers as a map, which would garble the list form that Node also takes. */
function headerMap(headers: RequestOptions['headers']): OutgoingHttpHeaders {
  if (headers === undefined || headers === null) return {};
  if (!isHeaderList(headers)) return { ...headers };
  const list: readonly unknown[] = headers;
  const flat = list.some(Array.isArray) ? list.flat() : list;
  const map: Record<string, OutgoingHttpHeader> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = String(flat[index]);
    const value = String(flat[index + 1]);
    const known = map[name];
    map[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [String(known)]), value];
  }
  return map;
}

function isHeaderList(headers: OutgoingHttpHeaders | readonly string[]): headers is readonly string[] {
  return Array.isArray(headers);
}

/** The host as the app wrote it; a Unix socket is on this machine. */
function hostOf(options: RequestOptions): string {
  if (options.socketPath !== undefined && options.socketPath !== null) return 'localhost';
  const host = options.hostname ?? options.host ?? 'localhost';
  return /^[^[\]:]+:\d+$/.test(host) ? host.slice(0, host.lastIndexOf(':')) : host;
}

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type Context, context, propagation, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { type GivenHeaders, headerChanges, isUnchanged, readGivenHeaders } from '../correlation/header-changes.ts';
import { setDestination } from '../correlation/hop.ts';
import { isObject } from '../instrument/wrap-method.ts';
import { propertyOf } from '../logs/thrown-value.ts';
import { type CalledRequest, type ClientSpan, startClientSpan } from './client-span.ts';
import { emitInContext } from './emit-in-context.ts';
import { proxiedUrl, splitAuthority } from './http-attributes.ts';

/** Published by Node when a request was made and nothing of it was sent; from 22.12 on. */
const CREATED = 'http.client.request.created';
/** Sentry's name for its SDKs, in the query of all that they report. What they hide from tracing is hidden from a tracer of Sentry's alone. */
const SENTRY_REPORT = /[?&]sentry_client=sentry\.javascript\./;

/**
 * Client spans for `request` and `get` of http and https through the channel that Node publishes: nothing is patched, and
 * what was loaded before or is bundled is seen too. Returns what ends it.
 */
export function traceHttpClients(): () => void {
  subscribe(CREATED, onCreated);
  return () => void unsubscribe(CREATED, onCreated);
}

function onCreated(message: unknown): void {
  const request: unknown = isObject(message) ? Reflect.get(message, 'request') : undefined;
  const caller = context.active();
  if (!isClientRequest(request) || request.method === 'CONNECT' || isTracingSuppressed(caller)) return;
  if (SENTRY_REPORT.test(request.path)) return;
  const called = calledBy(request);
  const call = startClientSpan('@threadline/sdk/http', called, caller);
  inject(setDestination(trace.setSpan(caller, call.span), called.host), request);
  follow(request, call, { caller, learnsPort: called.port === 'unknown' });
}

/** What the app calls, also through a proxy that it asks for a whole address. */
function calledBy(request: ClientRequest): CalledRequest {
  const { method, path: target } = request;
  const proxied = proxiedUrl(target);
  if (proxied !== undefined) {
    const { protocol, hostname, port, pathname, search } = proxied;
    const asked = { scheme: schemeOf(protocol), host: bare(hostname), port: port === '' ? undefined : Number(port) };
    return { method, ...asked, target: pathname + search };
  }
  // The host that is connected to, as the semantic conventions have it of a call that names one beside the header. The header may be the caller's that a gateway
  // hands on: it would make the gateway of all that is behind it, and one of many upstreams.
  const host = hostOf(request);
  return { method, scheme: schemeOf(request.protocol), host, port: portOf(request, host), target };
}

/**
 * Node keeps the port in its header alone. An app's own may name another host, or the same one with the port of the gateway that hands it on, or be in a list,
 * which is text already: then the connection tells. Behind an agent's tunnel the connection is the proxy's, so one of TLS that names no port is believed.
 */
function portOf(request: ClientRequest, host: string): CalledRequest['port'] {
  if (isLocal(request)) return undefined;
  const named = splitAuthority(String(request.getHeader('host') ?? ''));
  if (named.host !== host) return 'unknown';
  const isBelieved = isHostOfNode(request) || (named.port === undefined && request.protocol === 'https:');
  return isBelieved ? named.port : 'unknown';
}

/** Node writes it as `Host`; incoming headers, as a gateway hands them on, are in small letters. */
function isHostOfNode(request: ClientRequest): boolean {
  return request.getRawHeaderNames().includes('Host');
}

function learnPort(socket: unknown, call: ClientSpan): void {
  if (!(socket instanceof Socket)) return;
  const learn = (): void => {
    if (socket.remotePort !== undefined) call.reached(socket.remotePort);
  };
  if (socket.connecting) socket.once('connect', learn);
  else learn();
}

/** Of a connection that could not be made. */
function portIn(error: unknown): number | undefined {
  const [first = error]: unknown[] = error instanceof AggregateError ? error.errors : [];
  const port: unknown = isObject(first) ? propertyOf(first, 'port') : undefined;
  return typeof port === 'number' ? port : undefined;
}

interface Following {
  readonly caller: Context;
  readonly learnsPort: boolean;
}

function follow(request: ClientRequest, call: ClientSpan, { caller, learnsPort }: Following): void {
  let isAnswered = false;
  emitInContext(request, caller, (event, argument) => {
    if (learnsPort && event === 'socket') learnPort(argument, call);
    else if (event === 'response' && isResponse(argument)) {
      isAnswered = true;
      answer(call, argument);
      followBody(argument, call, caller);
    } else if (event === 'upgrade' && isResponse(argument)) {
      isAnswered = true;
      answer(call, argument);
      call.end();
    } else if (event === 'error') {
      const port = learnsPort ? portIn(argument) : undefined;
      if (port !== undefined) call.reached(port);
      call.failed(argument);
      call.end();
    } else if (event === 'close' && !isAnswered) {
      call.aborted();
      call.end();
    }
  });
}

function answer(call: ClientSpan, response: IncomingMessage): void {
  const { remoteAddress, remotePort } = response.socket;
  if (remoteAddress !== undefined) call.span.setAttribute('network.peer.address', remoteAddress);
  if (remotePort !== undefined) call.span.setAttribute('network.peer.port', remotePort);
  call.span.setAttribute('network.protocol.version', response.httpVersion);
  call.answered(response.statusCode ?? 0);
}

function followBody(response: IncomingMessage, call: ClientSpan, caller: Context): void {
  emitInContext(response, caller, (event) => {
    if (event !== 'end' && event !== 'close') return;
    if (event === 'close' && !response.complete) call.aborted();
    call.end();
  });
}

function inject(outgoing: Context, request: ClientRequest): void {
  if (request.headersSent) {
    injectIntoWrittenHead(outgoing, request);
    return;
  }
  const given = readGivenHeaders((name) => request.getHeader(name)?.toString());
  const changes = headerChanges(outgoing, given);
  for (const name in changes) {
    const value = changes[name];
    if (value === undefined) request.removeHeader(name);
    else request.setHeader(name, value);
  }
}

/** Headers that are given as a list, and those of `Expect: 100-continue`, are text already, though none of it was sent. */
function injectIntoWrittenHead(outgoing: Context, request: ClientRequest): void {
  const head: unknown = Reflect.get(request, '_header');
  if (typeof head !== 'string') return;
  const [first = '', ...lines] = head.split('\r\n');
  const changes = headerChanges(outgoing, givenIn(lines));
  const added = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const kept = lines.filter((line) => isUnchanged(changes, nameIn(line)));
  const changed = [first, ...added, ...kept].join('\r\n');
  Reflect.set(request, '_header', changed);
  // What expects an answer before its body waits for its connection as the first thing to send.
  const waiting: unknown = Reflect.get(request, 'outputData');
  const next: unknown = Array.isArray(waiting) ? waiting[0] : undefined;
  const data: unknown = isObject(next) ? Reflect.get(next, 'data') : undefined;
  if (isObject(next) && typeof data === 'string' && data.startsWith(head))
    Reflect.set(next, 'data', `${changed}${data.slice(head.length)}`);
}

/** The lines of a head that have one of our names. */
function givenIn(lines: readonly string[]): GivenHeaders {
  const names = propagation.fields();
  const given: GivenHeaders = {};
  for (const line of lines) {
    const name = nameIn(line);
    if (!names.includes(name)) continue;
    const value = line.slice(name.length + 1).trim();
    given[name] = given[name] === undefined ? value : `${given[name]},${value}`;
  }
  return given;
}

function nameIn(line: string): string {
  return line.slice(0, Math.max(line.indexOf(':'), 0)).toLowerCase();
}

/** The host as the app wrote it; a Unix socket is on this machine. */
function hostOf(request: ClientRequest): string {
  return isLocal(request) ? 'localhost' : bare(request.host);
}

function isLocal(request: ClientRequest): boolean {
  const socketPath: unknown = Reflect.get(request, 'socketPath');
  return typeof socketPath === 'string' && socketPath !== '';
}

/** Without the brackets of an address of IPv6. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function schemeOf(protocol: string): string {
  return protocol.replace(':', '');
}

function isClientRequest(value: unknown): value is ClientRequest {
  return isObject(value) && 'setHeader' in value && typeof Reflect.get(value, 'method') === 'string' && 'protocol' in value;
}

function isResponse(value: unknown): value is IncomingMessage {
  return isObject(value) && 'statusCode' in value && isObject(Reflect.get(value, 'socket'));
}

import { AsyncResource } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Duplex } from 'node:stream';
import { type Attributes, type Context, context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { type GivenHeaders, type HeaderChanges, headerChanges, isUnchanged, unchangedOf } from '../correlation/header-changes.ts';
import { setDestination } from '../correlation/hop.ts';
import { emitInContext } from '../http/emit-in-context.ts';
import { describeHttpMethod, type MethodNames, proxiedUrl, splitTarget } from '../http/http-attributes.ts';
import { hideSecretValues } from '../http/secret-query.ts';
import { isError } from '../logs/exception.ts';
import { propertyOf } from '../logs/thrown-value.ts';
import { recordException, setFailure } from '../traces/record-exception.ts';
import { setNewAttributes } from '../traces/recorded-span.ts';
import { exportedPrototype } from './exported-prototype.ts';
import { isObject, type Method, wrapMethod } from './wrap-method.ts';

/** What undici's channels pass, as far as it is read here. */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  /** The protocol to go on with on the same connection. */
  readonly upgrade?: unknown;
  /** A list of names and values, in undici before 6 one text. */
  headers: unknown[] | string;
  addHeader(name: string, value: string): unknown;
  /** A property of each that is kept: an entry of a WeakMap costs more. */
  [SPAN]?: Span | undefined;
  [CALLER]?: Context;
}

const SPAN = Symbol('threadline.span');
/** Of a request whose response is heard by callbacks: the context to hear it in. */
const CALLER = Symbol('threadline.caller');
const FOLLOWED = Symbol.for('threadline.undici.followed');
/** What a connection calls of a request, and the request of its handler: up to undici 7, and from 8 on. */
const HEARD = [
  ...['onConnect', 'onHeaders', 'onData', 'onComplete', 'onError'],
  ...['onRequestStart', 'onResponseStart', 'onResponseData', 'onResponseEnd', 'onResponseError'],
];
/** The same, for a connection that goes on with another protocol. */
const UPGRADED = ['onUpgrade', 'onRequestUpgrade'];
const PATCHED = Symbol.for('threadline.undici.patched');
const origins = new Map<string, Origin>();
/** An app that calls whatever host it is asked to must not fill the memory. */
const MAX_REMEMBERED_ORIGINS = 1000;
/** Path and query that a URL would leave as they are. */
const PLAIN_TARGET = /^\/(?![/.])(?:[\w\-~%!$&()*+,;=:@?]|\.|\/(?!\.))*$/;
/** Who made a request that had to wait for a connection of its pool: a pool makes it later, when another one is done. */
const callerOfHandler = new WeakMap<object, Context>();
/** undici's own, of which a process may have several: Node's and the package's. */
const handlerKeys: symbol[] = [];

/**
 * Client spans for `fetch` and for the undici package, through the channels that undici publishes, so that what is bundled or
 * was loaded before is seen too. A response is heard in the flow of its request. Returns what ends it.
 */
export function traceUndici(): () => void {
  const listeners: readonly [channel: string, listener: (message: unknown) => void][] = [
    ['undici:request:create', onCreate],
    ['undici:client:sendHeaders', onSendHeaders],
    ['undici:request:headers', onResponse],
    ['undici:request:trailers', onDone],
    ['undici:request:error', onError],
  ];
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of listeners) unsubscribe(channel, listener);
  };
}

/** Lets a pool of the undici package remember who asked it. Safe to repeat. */
export function patchUndici(undici: unknown): void {
  const pool = exportedPrototype(undici, 'Pool');
  const base: unknown = pool === undefined ? undefined : Object.getPrototypeOf(pool);
  const key = isObject(base) ? Object.getOwnPropertySymbols(base).find((symbol) => symbol.description === 'dispatch') : undefined;
  if (!isObject(base) || key === undefined || PATCHED in base) return;
  Object.defineProperty(base, PATCHED, { value: true });
  wrapMethod(
    base,
    key,
    (original) =>
      function (...args) {
        const [, handler] = args;
        if (isObject(handler)) callerOfHandler.set(handler, context.active());
        return Reflect.apply(original, this, args);
      },
  );
}

/** What hears the response of a request. */
function handlerOf(request: object): object | undefined {
  let key: symbol | undefined;
  for (const known of handlerKeys) if (known in request) key = known;
  if (key === undefined) {
    key = Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === 'handler');
    if (key !== undefined) handlerKeys.push(key);
  }
  const handler: unknown = key === undefined ? undefined : Reflect.get(request, key);
  return isObject(handler) ? handler : undefined;
}

/** The context of the code that asked for a request, whoever makes it. */
function callerOf(handler: object | undefined): Context {
  const remembered = handler === undefined ? undefined : callerOfHandler.get(handler);
  if (remembered !== undefined) return remembered;
  return handler instanceof AsyncResource ? handler.runInAsyncScope(() => context.active()) : context.active();
}

/**
 * A connection that is kept speaks in the context of whoever opened it, and a body's listeners would hear it there. What it
 * calls are methods of the request's class, which is not exported, so it is changed at the first request that needs it.
 */
function hearInContext(request: UndiciRequest, caller: Context): void {
  request[CALLER] = caller;
  const prototype: unknown = Object.getPrototypeOf(request);
  if (!isObject(prototype) || FOLLOWED in prototype) return;
  Object.defineProperty(prototype, FOLLOWED, { value: true });
  for (const name of HEARD) {
    wrapMethod(
      prototype,
      name,
      (original) =>
        function (...args) {
          const heardIn = isHeard(this) ? this[CALLER] : undefined;
          if (heardIn === undefined || heardIn === context.active()) return Reflect.apply(original, this, args);
          return context.with(heardIn, original, this, ...args);
        },
    );
  }
  for (const name of UPGRADED) wrapMethod(prototype, name, endWhenUpgraded);
}

/**
 * The connection is another protocol's from then on, and all that it says is heard in the request's context. Of the channels,
 * the latest versions alone say so there.
 */
function endWhenUpgraded(original: Method): Method {
  return function (...args) {
    const status = args.find((argument) => typeof argument === 'number');
    onResponse({ request: this, response: { statusCode: status } });
    end({ request: this });
    const connection = args.find((argument) => argument instanceof Duplex);
    if (connection !== undefined && isHeard(this)) emitInContext(connection, this[CALLER]);
    return Reflect.apply(original, this, args);
  };
}

/** `fetch` hands a response on by promises alone, which keep their context. */
function isFetch(handler: object): boolean {
  return Object.getPrototypeOf(handler) === Object.prototype && 'abort' in handler && 'body' in handler;
}

/** A WebSocket is opened by way of `fetch`. */
function isUpgrade(request: UndiciRequest): boolean {
  return request.upgrade !== null && request.upgrade !== undefined;
}

function onCreate(message: unknown): void {
  const request = requestOf(message);
  if (request === undefined) return;
  const handler = handlerOf(request);
  const active = callerOf(handler);
  if (handler !== undefined && (isUpgrade(request) || !isFetch(handler))) hearInContext(request, active);
  if (request.method === 'CONNECT' || isTracingSuppressed(active)) return;
  const proxied = proxiedUrl(request.path);
  const origin = originOf(proxied === undefined ? request.origin : proxied.origin);
  if (origin === undefined) return;
  const names = describeHttpMethod(request.method);
  const span = trace.getTracer('@threadline/sdk/undici').startSpan(names.spanName, { kind: SpanKind.CLIENT }, active);
  // Of a call that is left out nothing has to be known.
  if (span.isRecording()) {
    setNewAttributes(span, clientAttributes(names, origin, proxied === undefined ? request.path : proxied.pathname + proxied.search));
    request[SPAN] = span;
  }
  inject(setDestination(trace.setSpan(active, span), origin.host), request);
}

function inject(outgoing: Context, request: UndiciRequest): void {
  const given = givenIn(request.headers);
  const changes = headerChanges(outgoing, given);
  // Twice the same header is read as one list, which is no valid value of any of ours.
  if (given !== undefined) request.headers = withoutChanged(request.headers, changes);
  for (const name in changes) {
    const value = changes[name];
    if (value !== undefined) request.addHeader(name, value);
  }
}

function onSendHeaders(message: unknown): void {
  const span = spanOf(message);
  const socket: unknown = isObject(message) ? Reflect.get(message, 'socket') : undefined;
  if (span?.isRecording() !== true || !isObject(socket)) return;
  const address: unknown = Reflect.get(socket, 'remoteAddress');
  const port: unknown = Reflect.get(socket, 'remotePort');
  if (typeof address === 'string') span.setAttribute('network.peer.address', address);
  if (typeof port === 'number') span.setAttribute('network.peer.port', port);
}

function onResponse(message: unknown): void {
  const span = spanOf(message);
  if (span?.isRecording() !== true) return;
  const response: unknown = isObject(message) ? Reflect.get(message, 'response') : undefined;
  const status: unknown = isObject(response) ? Reflect.get(response, 'statusCode') : undefined;
  if (typeof status !== 'number') return;
  span.setAttribute('http.response.status_code', status);
  if (status < 400) return;
  span.setAttribute('error.type', String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function onDone(message: unknown): void {
  end(message);
}

function onError(message: unknown): void {
  const span = spanOf(message);
  const error: unknown = isObject(message) ? Reflect.get(message, 'error') : undefined;
  if (span !== undefined && isError(error)) {
    setFailure(span, error);
    // An abort is the app's own decision; its stack says nothing.
    if (propertyOf(error, 'name') !== 'AbortError') recordException(span, error);
  }
  end(message);
}

function end(message: unknown): void {
  const request: unknown = isObject(message) ? Reflect.get(message, 'request') : undefined;
  if (!isFollowed(request)) return;
  request[SPAN]?.end();
  request[SPAN] = undefined;
}

/** An origin, taken apart once: an app calls few of them, and often. */
interface Origin {
  /** What a path is put behind; without credentials. */
  readonly base: string;
  readonly host: string;
  readonly scheme: string;
  readonly port: number;
}

function originOf(given: string | URL): Origin | undefined {
  const text = typeof given === 'string' ? given : given.href;
  const known = origins.get(text);
  if (known !== undefined) return known;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const scheme = url.protocol.replace(':', '');
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  const userInfo = url.username === '' && url.password === '' ? '' : 'REDACTED:REDACTED@';
  const origin: Origin = { base: `${url.protocol}//${userInfo}${url.host}`, host: url.hostname, scheme, port };
  if (origins.size < MAX_REMEMBERED_ORIGINS) origins.set(text, origin);
  return origin;
}

function clientAttributes(names: MethodNames, origin: Origin, target: string): Attributes {
  const { base, host, scheme, port } = origin;
  const { path, query } = PLAIN_TARGET.test(target) ? splitTarget(target) : normalTarget(base, target);
  const shownQuery = hideSecretValues(query);
  const attributes: Attributes = {
    ...names.attributes,
    'url.full': shownQuery === '' ? base + path : `${base}${path}?${shownQuery}`,
    'url.path': path,
    'url.scheme': scheme,
    'server.address': host,
    'server.port': port,
  };
  if (shownQuery !== '') attributes['url.query'] = shownQuery;
  return attributes;
}

/** As a URL has it: dots resolved, what is not allowed escaped. */
function normalTarget(base: string, target: string): { readonly path: string; readonly query: string } {
  if (!URL.canParse(`${base}${target}`)) return splitTarget(target);
  const { pathname, search } = new URL(`${base}${target}`);
  return { path: pathname, query: search.slice(1) };
}

/** The headers that have one of our names; undefined where there is none, as nearly always. */
function givenIn(headers: UndiciRequest['headers']): GivenHeaders | undefined {
  const names = propagation.fields();
  let given: GivenHeaders | undefined;
  const pairs = typeof headers === 'string' ? pairsIn(headers) : headers;
  for (let index = 0; index < pairs.length; index += 2) {
    const name = ourNameOf(pairs[index], names);
    if (name === undefined) continue;
    given ??= {};
    given[name] = given[name] === undefined ? String(pairs[index + 1]) : `${given[name]},${pairs[index + 1]}`;
  }
  return given;
}

function ourNameOf(present: unknown, names: readonly string[]): string | undefined {
  if (typeof present !== 'string') return undefined;
  for (const name of names) if (present.length === name.length && present.toLowerCase() === name) return name;
  return undefined;
}

/** Of the text that undici before 6 has. */
function pairsIn(headers: string): string[] {
  return headers.split('\r\n').flatMap((line) => {
    const end = line.indexOf(':');
    return end === -1 ? [] : [line.slice(0, end), line.slice(end + 1).trim()];
  });
}

/** Without what is not sent as the app gave it. */
function withoutChanged(headers: UndiciRequest['headers'], changes: HeaderChanges): UndiciRequest['headers'] {
  if (typeof headers !== 'string') return unchangedOf(changes, headers);
  return headers
    .split('\r\n')
    .filter((line) => isUnchanged(changes, line.slice(0, Math.max(line.indexOf(':'), 0))))
    .join('\r\n');
}

/** Of a request that `onCreate` saw. */
function spanOf(message: unknown): Span | undefined {
  const request: unknown = isObject(message) ? Reflect.get(message, 'request') : undefined;
  return isFollowed(request) ? request[SPAN] : undefined;
}

function isFollowed(value: unknown): value is { [SPAN]: Span | undefined } {
  return isObject(value) && SPAN in value;
}

function isHeard(value: unknown): value is { [CALLER]: Context } {
  return isObject(value) && CALLER in value;
}

function requestOf(message: unknown): UndiciRequest | undefined {
  const request: unknown = isObject(message) ? Reflect.get(message, 'request') : undefined;
  return isUndiciRequest(request) ? request : undefined;
}

function isUndiciRequest(value: unknown): value is UndiciRequest {
  return isObject(value) && 'origin' in value && 'path' in value && 'addHeader' in value && typeof value.addHeader === 'function';
}

import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import { type Context, context, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { headerChanges, isUnchanged, readGivenHeaders, unchangedOf } from '../correlation/header-changes.ts';
import { setDestination } from '../correlation/hop.ts';
import { isFollowedGrpcStream } from '../instrument/grpc.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { type ClientSpan, startClientSpan } from './client-span.ts';
import { emitInContext } from './emit-in-context.ts';
import { splitAuthority } from './http-attributes.ts';

const PATCHED = Symbol.for('threadline.http2.patched');

/** How undici names what it counts on a session that it opened. */
const UNDICI_MARK = 'open streams';

interface Session {
  readonly origin: Origin;
  /** Undefined until its first request: undici marks a session after it has it. */
  isOfUndici?: boolean;
}

interface Origin {
  readonly scheme: string;
  readonly host: string;
  /** Undefined for the scheme's own. */
  readonly port: number | undefined;
}

/** Where each leads, whatever a request's `:authority` says. */
const sessions = new WeakMap<object, Session>();

/**
 * Client spans for `session.request` of node:http2. The class of a session is not exported, so it is changed at the first
 * `connect`. Safe to repeat, also with the namespace that an import sees. Calls of gRPC and of undici are left to what follows these: undici sends a request when its
 * connection has room, in the context of whoever opened that, and a second span would be in the trace of another request, with all that is called.
 */
export function patchHttp2(http2: unknown): void {
  const connect: unknown = isObject(http2) ? Reflect.get(http2, 'connect') : undefined;
  if (!isObject(http2) || !isMethod(connect) || PATCHED in connect) return;
  const followed: Method = function (...args) {
    const session = Reflect.apply(connect, this, args);
    if (isObject(session)) followSession(session, args[0]);
    return session;
  };
  Object.defineProperty(followed, PATCHED, { value: true });
  Object.defineProperty(followed, 'name', { value: 'connect' });
  Object.defineProperty(followed, promisify.custom, {
    value: (...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const session = Reflect.apply(followed, undefined, args);
        if (!(session instanceof EventEmitter)) return;
        session.once('error', reject).once('connect', () => resolve(session.off('error', reject)));
      }),
  });
  Reflect.set(http2, 'connect', followed);
  syncBuiltinESMExports();
}

function followSession(session: object, authority: unknown): void {
  const url = typeof authority === 'string' && URL.canParse(authority) ? new URL(authority) : authority;
  const part = (name: string): string | undefined => (isObject(url) ? textOf(Reflect.get(url, name)) : undefined);
  sessions.set(session, {
    origin: {
      scheme: (part('protocol') ?? 'https:').replace(':', ''),
      host: (part('hostname') ?? part('host') ?? 'localhost').replace(/^\[(.*)\]$/, '$1'),
      port: part('port') === undefined ? undefined : Number(part('port')),
    },
  });
  const prototype: unknown = Object.getPrototypeOf(session);
  if (!isObject(prototype) || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(prototype, 'request', followRequest);
}

/** Undefined for a session whose requests are not followed here. */
function followedOrigin(session: object): Origin | undefined {
  const known = sessions.get(session);
  if (known === undefined) return undefined;
  known.isOfUndici ??= Object.getOwnPropertySymbols(session).some(({ description }) => description === UNDICI_MARK);
  return known.isOfUndici ? undefined : known.origin;
}

function followRequest(original: Method): Method {
  return function (headers, ...rest) {
    const origin = isObject(this) ? followedOrigin(this) : undefined;
    if (origin === undefined) return Reflect.apply(original, this, [headers, ...rest]);
    const caller = context.active();
    const given = headerMap(headers);
    const method = textOf(given[':method']) ?? 'GET';
    const isLeftAlone = method === 'CONNECT' || isTracingSuppressed(caller) || isFollowedGrpcStream(textOf(given['content-type']));
    if (isLeftAlone) return Reflect.apply(original, this, [headers, ...rest]);
    const authority = textOf(given[':authority']);
    const call = startClientSpan(
      '@threadline/sdk/http',
      { ...origin, ...(authority === undefined ? {} : splitAuthority(authority)), method, target: textOf(given[':path']) ?? '/' },
      caller,
    );
    call.span.setAttribute('network.protocol.version', '2');
    const outgoing = setDestination(trace.setSpan(caller, call.span), origin.host);
    try {
      const stream = Reflect.apply(original, this, [withContext(headers, given, outgoing), ...rest]);
      if (isObject(stream)) followStream(stream, call, caller);
      return stream;
    } catch (error) {
      call.failed(error);
      call.end();
      throw error;
    }
  };
}

function followStream(stream: object, call: ClientSpan, caller: Context): void {
  let isAnswered = false;
  let hasFailed = false;
  emitInContext(stream, caller, (event, argument) => {
    if (event === 'response' && isObject(argument)) {
      isAnswered = true;
      call.answered(Number(Reflect.get(argument, ':status')));
    } else if (event === 'error') {
      hasFailed = true;
      call.failed(argument);
    } else if (event === 'close') {
      if (!hasFailed && (!isAnswered || Reflect.get(stream, 'rstCode') !== 0)) call.aborted();
      call.end();
    }
  });
}

/** A copy with the context in it; a list stays a list. */
function withContext(headers: unknown, present: HeaderMap, outgoing: Context): unknown {
  const given = readGivenHeaders((name) => (present[name] === undefined ? undefined : String(present[name])));
  const changes = headerChanges(outgoing, given);
  const fields = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (Array.isArray(headers)) return [...unchangedOf(changes, headers), ...fields.flat()];
  const kept = Object.entries(headers ?? {}).filter(([name]) => isUnchanged(changes, name));
  // A symbol names the headers that must not be compressed.
  const symbols = isObject(headers) ? Object.getOwnPropertySymbols(headers).map((key) => [key, Reflect.get(headers, key)]) : [];
  return Object.fromEntries([...kept, ...fields, ...symbols]);
}

type HeaderMap = Readonly<Record<string, unknown>>;

/** By names in lower case. */
function headerMap(headers: unknown): HeaderMap {
  if (Array.isArray(headers)) {
    const map: Record<string, unknown> = {};
    for (let index = 0; index + 1 < headers.length; index += 2) map[String(headers[index]).toLowerCase()] = headers[index + 1];
    return map;
  }
  return isObject(headers) ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

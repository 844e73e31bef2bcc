import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from 'node:net';
import { context } from '@opentelemetry/api';
import { tellThrown } from '../context/thrown-in.ts';
import { isObject, wrapMethod } from '../instrument/wrap-method.ts';
import { emitInContext } from './emit-in-context.ts';
import { serveStream } from './http2-server.ts';
import { IncomingRequest } from './incoming-request.ts';
import { isEventStream, type ServerSpan, startServerSpan } from './server-span.ts';
import { serveUpgrade } from './upgrade.ts';

const FOLLOWED = Symbol.for('threadline.http.followed');
const SERVER_MODULES = ['http', 'https'] as const;
/**
 * Properties of requests and responses: an entry of a WeakMap costs a request more than all of its spans' attributes. A
 * request reaches a server's listeners once; an app that emits it again, to another server, is still in it.
 */
const SERVED = Symbol('threadline.served');
/** The id that a response must carry, whoever writes its head. */
const ID = Symbol('threadline.id');

type FollowedRequest = IncomingMessage & { [SERVED]?: true };
type FollowedResponse = ServerResponse & { [ID]?: string };

/**
 * Server spans for http, https and HTTP/2 servers, and so for every framework on them. All of them are `net.Server`s that
 * hand a request to their listeners by an event, so one method is changed, also for an app that is bundled or was loaded
 * before; and that of http's and https's own classes where another tool, such as New Relic's agent, gave them one before. Each response carries the correlation id in `responseHeader`, also when it is an error or when a framework
 * removes all headers before it writes one; an app's own value stays. Safe to repeat.
 */
export function traceHttpServers(responseHeader: string): void {
  if (FOLLOWED in Server.prototype) return;
  Object.defineProperty(Server.prototype, FOLLOWED, { value: true });
  serveEvents(Server.prototype, responseHeader);
  for (const prototype of loadedServers()) if (Object.hasOwn(prototype, 'emit')) serveEvents(prototype, responseHeader);
}

/** What servers of modules that are loaded by now inherit from. To load them here would cost each start more than the rest of what is done for servers. */
function loadedServers(): object[] {
  const loaded: unknown = Reflect.get(process, 'moduleLoadList');
  const modules = SERVER_MODULES.filter((name) => Array.isArray(loaded) && loaded.includes(`NativeModule ${name}`));
  return modules.map((name) => process.getBuiltinModule(`node:${name}`).Server.prototype);
}

function serveEvents(prototype: object, responseHeader: string): void {
  wrapMethod(
    prototype,
    'emit',
    (emit) =>
      function (...args) {
        // By index, here and in what each event of a request runs through: taking a list apart makes objects until it is compiled.
        const first = args[1];
        const second = args[2];
        const call = (): unknown => Reflect.apply(emit, this, args);
        switch (args[0]) {
          case 'request':
          case 'checkContinue':
          case 'checkExpectation':
            return isRequest(first) && isResponse(second) ? serveRequest(first, second, responseHeader, call) : call();
          case 'upgrade':
            return isRequest(first) && isObject(second) && take(first) ? serveUpgrade(first, second, call) : call();
          case 'stream':
            return isObject(first) && isObject(second) ? serveStream(first, second, responseHeader, call) : call();
          default:
            return call();
        }
      },
  );
}

function serveRequest(request: FollowedRequest, response: ServerResponse, responseHeader: string, call: () => unknown): unknown {
  // Of HTTP/2 the stream was served, before it was made to look like this.
  if (request.httpVersionMajor >= 2 || !take(request)) return call();
  const server = startServerSpan(new IncomingRequest(request), request.headers);
  emitInContext(request, server.running);
  emitInContext(response, server.running, server.span.isRecording() ? endWith(server, request, response) : undefined);
  if (server.correlationId !== undefined) keepHeader(response, responseHeader, server.correlationId);
  return tellThrown(server.running, () => context.with(server.running, call));
}

/** Whether a request has not been served yet; from now on it has. */
function take(request: FollowedRequest): boolean {
  if (request[SERVED] === true) return false;
  request[SERVED] = true;
  return true;
}

/** Ends the span when the response is over. */
function endWith(server: ServerSpan, request: IncomingMessage, response: ServerResponse): (event: unknown) => void {
  return (event) => {
    if (event !== 'close') return;
    // Node's default of 200 was never sent.
    const status = headOf(response) === undefined ? undefined : response.statusCode;
    server.end(status, !response.writableFinished && !(status === 200 && isEventStream(request.headers.accept, contentTypeOf(response))));
  };
}

/** Also of a head that was given to `writeHead` as a whole, of which Node keeps the text alone. */
function contentTypeOf(response: ServerResponse): unknown {
  return response.getHeader('content-type') ?? /^content-type:(.*)$/im.exec(headOf(response) ?? '')?.[1];
}

/** The text of the head that was written. `headersSent` tells of it too, but of each response that went through @fastify/express, which gives it another meaning. */
function headOf(response: ServerResponse): string | undefined {
  const head: unknown = Reflect.get(response, '_header');
  return typeof head === 'string' ? head : undefined;
}

/** Not set before the head is written: a header that is there makes Node read what an app gives `writeHead` in another way. */
function keepHeader(response: FollowedResponse, name: string, value: string): void {
  response[ID] = value;
  keepInHead(response, name);
}

/** Changes the class's method, found at the first response: a property of each response costs more than all of its header. */
function keepInHead(response: object, name: string): void {
  let prototype: object | null = Object.getPrototypeOf(response);
  while (prototype !== null && !Object.hasOwn(prototype, 'writeHead')) prototype = Object.getPrototypeOf(prototype);
  if (prototype === null || Object.hasOwn(prototype, FOLLOWED)) return;
  Object.defineProperty(prototype, FOLLOWED, { value: true });
  wrapMethod(
    prototype,
    'writeHead',
    (writeHead) =>
      function (...args) {
        if (hasId(this) && headOf(this) === undefined && !this.hasHeader(name)) addToHead(this, name, args);
        return Reflect.apply(writeHead, this, args);
      },
  );
}

/** Puts the id into the headers that `writeHead` is given, in their own form, as long as they have none. */
function addToHead(response: ServerResponse & { [ID]: string }, name: string, args: unknown[]): void {
  const position = typeof args[1] === 'string' || (args[2] !== undefined && args[2] !== null) ? 2 : 1;
  const given = args[position];
  if (Array.isArray(given)) {
    const isPairs = Array.isArray(given[0]);
    // What Node refuses, it is to refuse as it does without us.
    if (isPairs ? response.getHeaderNames().length > 0 : given.length % 2 !== 0) return;
    if (given.some((part, index) => (isPairs ? Array.isArray(part) && isNamed(part[0], name) : index % 2 === 0 && isNamed(part, name))))
      return;
    args[position] = isPairs ? [...given, [name, response[ID]]] : [...given, name, response[ID]];
  } else if (typeof given === 'object' && given !== null) {
    for (const key of Object.keys(given)) if (isNamed(key, name)) return;
    args[position] = { ...given, [name]: response[ID] };
  } else {
    response.setHeader(name, response[ID]);
  }
}

function isNamed(key: unknown, name: string): boolean {
  return typeof key === 'string' && key.length === name.length && key.toLowerCase() === name;
}

function isRequest(value: unknown): value is IncomingMessage {
  return isObject(value) && 'headers' in value && 'httpVersionMajor' in value && isObject(Reflect.get(value, 'socket'));
}

function hasId(value: unknown): value is ServerResponse & { [ID]: string } {
  return isObject(value) && ID in value;
}

function isResponse(value: unknown): value is FollowedResponse {
  return isObject(value) && 'writeHead' in value && 'hasHeader' in value;
}

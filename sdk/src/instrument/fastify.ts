import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context } from '@opentelemetry/api';
import { getRpcMetadata, type RpcMetadata } from '../context/context-values.ts';
import { recordRequestFailure, serverOf } from '../http/request-failure.ts';
import { findLoadedLibraries } from './loaded-libraries.ts';
import { isMethod, isObject } from './wrap-method.ts';

/** Published for each instance that is made, before the app has it. */
const MADE = 'fastify.initialization';
/** Published by Fastify 5 around each handler, in the request's context. */
const STARTED = 'tracing:fastify.request.handler:start';
const FAILED = 'tracing:fastify.request.handler:error';

/**
 * Names the server span by its route and puts on it the error that the request failed with: thrown or sent by a handler or a hook, by validation, by
 * the parser of its body, by what writes the answer. By hooks of Fastify's own, which come before the app's; of an instance that was made before, only what
 * its handlers do is seen. Nothing is patched; returns what ends it.
 */
export function traceFastify(): () => void {
  const channels: [name: string, listener: (message: unknown) => void][] = [[MADE, onMade]];
  // Each request makes what these publish, as soon as somebody listens.
  if (findLoadedLibraries(['fastify']).length > 0) channels.push([STARTED, onStarted], [FAILED, onFailed]);
  for (const [name, listener] of channels) subscribe(name, listener);
  return () => {
    for (const [name, listener] of channels) unsubscribe(name, listener);
  };
}

function onMade(message: unknown): void {
  const instance: unknown = isObject(message) ? Reflect.get(message, 'fastify') : undefined;
  const addHook: unknown = isObject(instance) ? Reflect.get(instance, 'addHook') : undefined;
  if (!isMethod(addHook)) return;
  Reflect.apply(addHook, instance, ['onRequest', onRequest]);
  Reflect.apply(addHook, instance, ['onError', onError]);
}

/** Before any hook that may answer in the handler's place. */
function onRequest(request: unknown, _reply: unknown, done: () => void): void {
  const rpc = serverOfFastify(request);
  if (rpc?.span.isRecording() === true) setRoute(rpc, isObject(request) ? Reflect.get(request, 'routeOptions') : undefined);
  done();
}

function onError(request: unknown, _reply: unknown, error: unknown, done: () => void): void {
  const rpc = serverOfFastify(request);
  if (rpc !== undefined) recordRequestFailure(rpc, error);
  done();
}

function onStarted(message: unknown): void {
  const rpc = getRpcMetadata(context.active());
  if (rpc !== undefined) setRoute(rpc, isObject(message) ? Reflect.get(message, 'route') : undefined);
}

function onFailed(message: unknown): void {
  const rpc = getRpcMetadata(context.active());
  if (rpc !== undefined && isObject(message)) recordRequestFailure(rpc, Reflect.get(message, 'error'));
}

/** There is none for a request that no route answers. */
function setRoute(rpc: RpcMetadata, route: unknown): void {
  const url: unknown = isObject(route) ? Reflect.get(route, 'url') : undefined;
  if (typeof url === 'string') rpc.route = url;
}

function serverOfFastify(request: unknown): RpcMetadata | undefined {
  const raw: unknown = isObject(request) ? Reflect.get(request, 'raw') : undefined;
  return isObject(raw) ? serverOf(raw) : undefined;
}

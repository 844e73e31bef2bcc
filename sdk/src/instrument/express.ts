import { context, type Span } from '@opentelemetry/api';
import { getRpcMetadata } from '../context/context-values.ts';
import { isError } from '../logs/exception.ts';
import { recordException } from '../traces/record-exception.ts';
import type { ModuleHook } from './module-hook.ts';
import { isMethod, isObject, type Method, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.express.patched');
/** The paths of the routers that a request is in, joined: a property of the request. */
const PREFIX = Symbol('threadline.prefix');

interface RoutedRequest {
  [PREFIX]?: string;
}

/** Errors already on their server span; one travels through several routers. */
const recordedErrors = new WeakSet<Error>();

/**
 * Names the server span by its route, mount paths included (`/api/orders/:id`), and puts the error that a route passed
 * on or threw on it. Makes no spans of its own: one request is one server span. Middlewares cost nothing.
 */
export function createExpressInstrumentation(): ModuleHook {
  return { module: 'express', versions: { least: '4.0.0', below: 6 }, patch: patchExpress };
}

/** Changes `use` and `route` of Express 4's or 5's router; safe to repeat. */
function patchExpress(express: unknown): void {
  const router: unknown = isObject(express) ? Reflect.get(express, 'Router') : undefined;
  if (!isObject(router)) return;
  const prototype: unknown = Reflect.get(router, 'prototype');
  // Express 4 keeps the methods on the function itself, Express 5 on its prototype.
  const target = isObject(prototype) && 'route' in prototype ? prototype : router;
  if (PATCHED in target) return;
  Object.defineProperty(target, PATCHED, { value: true });
  wrapMethod(target, 'use', (original) => wrapAdding(original, followMount));
  wrapMethod(target, 'route', (original) => wrapAdding(original, followRoute));
}

type Follow = (path: string, handle: Method) => Method;

/** Calls the original and gives each layer that it added a handler that follows the path. */
function wrapAdding(original: Method, follow: Follow): Method {
  return function (...args) {
    const before = stackOf(this).length;
    const result = Reflect.apply(original, this, args);
    const path = pathText(args[0]);
    for (const layer of stackOf(this).slice(before)) {
      if (!isObject(layer)) continue;
      const handle: unknown = Reflect.get(layer, 'handle');
      // Four parameters make an error handler, which has no route of its own.
      if (isMethod(handle) && handle.length !== 4) Reflect.set(layer, 'handle', follow(path, handle));
    }
    return result;
  };
}

function followMount(path: string, handle: Method): Method {
  if (path === '' || path === '/') return handle;
  return wrapHandle(handle, (request) => {
    const outer = request[PREFIX] ?? '';
    request[PREFIX] = joinPaths(outer, path);
    return () => {
      request[PREFIX] = outer;
    };
  });
}

/** The handle of a route is the router's own, of which nobody reads anything but the length. */
function followRoute(path: string, handle: Method): Method {
  return function (request, response, next, ...rest) {
    const rpc = getRpcMetadata(context.active());
    if (rpc === undefined || !isObject(request) || !isMethod(next)) return Reflect.apply(handle, this, [request, response, next, ...rest]);
    const { [PREFIX]: prefix = '' }: RoutedRequest = request;
    const outer = rpc.route;
    rpc.route = joinPaths(prefix, path);
    const leaveAndGoOn = (...results: unknown[]): unknown => {
      const [error] = results;
      // A route that passed the request on did not answer it; one that failed did.
      if (isFailure(error)) recordFailure(rpc.span, error);
      else rpc.route = outer;
      return next(...results);
    };
    return Reflect.apply(handle, this, [request, response, leaveAndGoOn, ...rest]);
  };
}

/** A proxy, since apps and tools read properties of a handler, and Express its length. */
function wrapHandle(handle: Method, enter: (request: RoutedRequest) => () => void): Method {
  return new Proxy(handle, {
    apply(target, self, args: unknown[]) {
      const [request, response, next, ...rest] = args;
      if (!isObject(request) || !isMethod(next)) return Reflect.apply(target, self, args);
      const leave = enter(request);
      const leaveAndGoOn = (...results: unknown[]): unknown => {
        leave();
        return next(...results);
      };
      return Reflect.apply(target, self, [request, response, leaveAndGoOn, ...rest]);
    },
  });
}

/** What Express hands to error handlers: anything that is not nothing, and not its word for the next route or out of the router. */
function isFailure(error: unknown): boolean {
  return Boolean(error) && error !== 'route' && error !== 'router';
}

function recordFailure(span: Span, error: unknown): void {
  if (typeof error === 'string') span.recordException(error);
  if (!isError(error) || recordedErrors.has(error)) return;
  recordedErrors.add(error);
  recordException(span, error);
}

function stackOf(router: unknown): readonly unknown[] {
  const stack: unknown = isObject(router) ? Reflect.get(router, 'stack') : undefined;
  return Array.isArray(stack) ? stack : [];
}

function pathText(path: unknown): string {
  if (typeof path === 'string') return path;
  if (path instanceof RegExp) return path.toString();
  if (Array.isArray(path) && path.every((part) => typeof part === 'string' || part instanceof RegExp)) return path.map(String).join(',');
  return '/';
}

function joinPaths(outer: string, inner: string): string {
  if (outer === '' && inner.startsWith('/')) return inner;
  if (inner === '/' && outer !== '') return outer;
  return `${outer.replace(/\/$/, '')}${inner.startsWith('/') ? '' : '/'}${inner}`;
}

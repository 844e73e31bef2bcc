import { recordRequestFailure, serverOf } from '../http/request-failure.ts';
import type { ModuleHook } from './module-hook.ts';
import { isMethod, isObject, type Method, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.express.patched');
/** The paths of the routers that a request is in, joined: a property of the request, as the other one. */
const PREFIX = Symbol('threadline.prefix');
/** Whether a router has the request already; those in it hand their errors to it. */
const ROUTED = Symbol('threadline.routed');

interface RoutedRequest {
  [PREFIX]?: string;
  [ROUTED]?: true;
}

/**
 * Names the server span by its route, mount paths included (`/api/orders/:id`), and puts on it each error that a route, a
 * middleware, a parameter's callback or an error handler passed on, threw or rejected with. A request that a middleware answered, or that
 * failed before a route had it, is named by the path that the middleware was mounted at. Makes no spans of its own: one request is one server span.
 * Middlewares cost nothing.
 */
export function createExpressInstrumentation(): ModuleHook {
  return { module: 'express', versions: { least: '4.0.0', below: 6 }, patch: patchExpress };
}

/** Changes `use`, `route` and `handle` of Express 4's or 5's router; safe to repeat. */
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
  wrapMethod(target, 'handle', wrapHandling);
}

/** Sees the error with which a request leaves the outermost router, when no layer is left that would be handed it. */
function wrapHandling(original: Method): Method {
  return function (request, response, out, ...rest) {
    if (!isRouted(request) || request[ROUTED] === true || !isMethod(out))
      return Reflect.apply(original, this, [request, response, out, ...rest]);
    request[ROUTED] = true;
    const goOut = (...results: unknown[]): unknown => {
      recordFailure(request, results[0]);
      return out(...results);
    };
    return Reflect.apply(original, this, [request, response, goOut, ...rest]);
  };
}

/** Sees the error that a layer is handed, whether it is an error handler or passes it by: whatever failed before it. */
function followLayer(layer: object): void {
  const prototype: unknown = Object.getPrototypeOf(layer);
  if (!isObject(prototype) || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  // In Express 5 and in Express 4.
  for (const name of ['handleError', 'handle_error']) wrapMethod(prototype, name, wrapHandlingError);
}

function wrapHandlingError(original: Method): Method {
  return function (error, request, ...rest) {
    recordFailure(request, error);
    return Reflect.apply(original, this, [error, request, ...rest]);
  };
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
      followLayer(layer);
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
    setPrefix(request, joinPaths(outer, path));
    return () => setPrefix(request, outer);
  });
}

/** Kept with the request itself, since an app may put others of its own making through its routers meanwhile. */
function setPrefix(request: RoutedRequest, prefix: string): void {
  request[PREFIX] = prefix;
  const rpc = serverOf(request);
  if (rpc !== undefined) rpc.mount = prefix;
}

/** The handle of a route is the router's own, of which nobody reads anything but the length. */
function followRoute(path: string, handle: Method): Method {
  return function (request, response, next, ...rest) {
    const rpc = isRouted(request) ? serverOf(request) : undefined;
    if (rpc === undefined || !isRouted(request) || !isMethod(next)) return Reflect.apply(handle, this, [request, response, next, ...rest]);
    const outer = rpc.route;
    rpc.route = joinPaths(request[PREFIX] ?? '', path);
    const leaveAndGoOn = (...results: unknown[]): unknown => {
      const [error] = results;
      // A route that passed the request on did not answer it; one that failed did.
      if (isFailure(error)) recordFailure(request, error);
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
      if (!isRouted(request) || !isMethod(next)) return Reflect.apply(target, self, args);
      const leave = enter(request);
      const leaveAndGoOn = (...results: unknown[]): unknown => {
        // Before it is left, since its path names a request that failed in it.
        recordFailure(request, results[0]);
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

/** Costs a request that goes well one comparison. */
function recordFailure(request: unknown, error: unknown): void {
  if (!isFailure(error) || !isRouted(request)) return;
  const rpc = serverOf(request);
  if (rpc === undefined) return;
  // No route had it.
  rpc.route ??= request[PREFIX];
  recordRequestFailure(rpc, error);
}

function isRouted(request: unknown): request is RoutedRequest {
  return isObject(request);
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

import { recordRequestFailure, serverOf } from '../http/request-failure.ts';
import { exportedPrototype } from './exported-prototype.ts';
import { isMethod, isObject, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.nest.patched');
/** An `HttpException` below it is an answer: nothing went wrong in the service. */
const LEAST_FAULT = 500;

/**
 * Puts on the server span what a request of Nest failed with, on Express and on Fastify: what a controller, guard, pipe, interceptor or middleware threw, which
 * Nest answers itself, by the app's exception filters or its own, so that neither framework hears of it. Routes are named by those two. Safe to repeat.
 */
export function patchNest(exceptionsHandler: unknown): void {
  const prototype = exportedPrototype(exceptionsHandler, 'ExceptionsHandler');
  if (prototype === undefined || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(
    prototype,
    'next',
    (original) =>
      function (exception, host, ...rest) {
        if (!isAnswer(exception)) recordFailure(host, exception);
        return Reflect.apply(original, this, [exception, host, ...rest]);
      },
  );
}

function recordFailure(host: unknown, exception: unknown): void {
  const request: unknown = call(host, 'getArgByIndex', 0);
  if (!isObject(request)) return;
  // Fastify's request is around Node's.
  const raw: unknown = Reflect.get(request, 'raw');
  const rpc = serverOf(isObject(raw) ? raw : request);
  if (rpc !== undefined) recordRequestFailure(rpc, exception);
}

/** By what it can do: an app may have several copies of Nest's own class. */
function isAnswer(exception: unknown): boolean {
  try {
    const status = call(exception, 'getStatus');
    return typeof status === 'number' && status < LEAST_FAULT;
  } catch {
    return false;
  }
}

function call(target: unknown, name: string, ...args: unknown[]): unknown {
  const method: unknown = isObject(target) ? Reflect.get(target, name) : undefined;
  return isMethod(method) ? Reflect.apply(method, target, args) : undefined;
}

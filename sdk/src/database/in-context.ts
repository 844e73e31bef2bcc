import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { isMethod, isObject, type Method } from '../instrument/wrap-method.ts';

/** Called once a call is over: with what it failed with, or with undefined. Safe to repeat. */
export type EndCall = (error: unknown) => void;

/** Whatever a method is given to call back runs where the method was called, whoever calls it back: a pool does when another request gives a connection back. */
export function bindCallbacks(original: Method): Method {
  return function (...args) {
    return Reflect.apply(
      original,
      this,
      args.map((arg) => (isMethod(arg) ? context.bind(context.active(), arg) : arg)),
    );
  };
}

/** A connection belongs to nobody: what is opened here is heard of outside of any request, whoever happened to open it. */
export function inRootContext(original: Method): Method {
  return function (...args) {
    return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, args));
  };
}

/** A callback in Node's manner, whose first argument is an error or nothing. */
export function followCallback(callback: Method, end: EndCall): Method {
  return function (error, ...results) {
    end(error);
    return Reflect.apply(callback, this, [error, ...results]);
  };
}

/** Ends a call with what a promise comes to; anything else is left alone. */
export function followPromise(result: unknown, end: EndCall): void {
  if (!isObject(result) || !isMethod(Reflect.get(result, 'then'))) return;
  Promise.resolve(result).then(
    () => end(undefined),
    (error: unknown) => end(error ?? new Error('rejected without an error')),
  );
}

/** A property that is a text. */
export function textField(holder: unknown, name: string): string | undefined {
  const value: unknown = isObject(holder) ? Reflect.get(holder, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** A property that is a number. */
export function numberField(holder: unknown, name: string): number | undefined {
  const value: unknown = isObject(holder) ? Reflect.get(holder, name) : undefined;
  return typeof value === 'number' ? value : undefined;
}

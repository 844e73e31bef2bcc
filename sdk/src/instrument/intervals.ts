import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import { context, trace } from '@opentelemetry/api';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { setFlow } from '../correlation/flow.ts';
import { isMethod, type Method, wrapMethod } from './wrap-method.ts';

const FOLLOWED = Symbol.for('threadline.intervals.followed');

/**
 * Keeps an interval from running in a request for ever. As long as the span in which it was made is open, it runs in that
 * context, as everything does. Afterwards it is a background job that happened to be made lazily: each run is in the root
 * context and in a new flow. An interval that was made outside of any span, in `correlation.run` for one, is left alone,
 * and so is every timeout: work that goes on after a response belongs to its request. Safe to repeat.
 */
export function followIntervals(): void {
  if (FOLLOWED in timers) return;
  Object.defineProperty(timers, FOLLOWED, { value: true });
  const isShared = globalThis.setInterval === timers.setInterval;
  wrapMethod(timers, 'setInterval', followInterval);
  if (isShared) globalThis.setInterval = timers.setInterval;
  else wrapMethod(globalThis, 'setInterval', followInterval);
  syncBuiltinESMExports();
}

function followInterval(setInterval: Method): Method {
  return function (callback, ...rest) {
    const span = trace.getActiveSpan();
    if (span === undefined || !isMethod(callback)) return Reflect.apply(setInterval, this, [callback, ...rest]);
    const followed: Method = function (...args) {
      const call = (): unknown => Reflect.apply(callback, this, args);
      return span.isRecording() ? call() : context.with(setFlow(EMPTY_CONTEXT, { id: undefined, external: undefined }), call);
    };
    return Reflect.apply(setInterval, this, [followed, ...rest]);
  };
}

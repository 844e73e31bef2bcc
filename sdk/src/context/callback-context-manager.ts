import type { Context, ContextManager } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { tellThrown } from './thrown-in.ts';

/** Contexts by AsyncLocalStorage. Of a bound function, which a library calls back, an error that nothing catches is known to be of its context. */
export class CallbackContextManager extends AsyncLocalStorageContextManager implements ContextManager {
  override bind<T>(bound: Context, target: T): T {
    const callback = super.bind(bound, target);
    if (typeof target !== 'function' || typeof callback !== 'function') return callback;
    return new Proxy(callback, {
      apply(function_, self, args) {
        return tellThrown(bound, () => Reflect.apply(function_, self, args));
      },
    });
  }
}

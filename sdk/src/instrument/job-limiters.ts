import { context } from '@opentelemetry/api';
import { exportedPrototype } from './exported-prototype.ts';
import { isMethod, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.job_limiters.patched');

/**
 * A job of p-queue, of Bottleneck or of a bulkhead of cockatiel runs in the context in which it was given to it, and so does who is told of its end: it is begun when
 * another one is done, in whatever request that happens. `exported` is the name of the class. Safe to repeat.
 */
export function patchJobLimiter(moduleExports: unknown, exported: string, methods: readonly string[]): void {
  const prototype = exportedPrototype(moduleExports, exported);
  if (prototype === undefined || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  for (const name of methods) {
    wrapMethod(
      prototype,
      name,
      (original) =>
        function (...args) {
          const given = context.active();
          return Reflect.apply(
            original,
            this,
            args.map((argument) => (isMethod(argument) ? context.bind(given, argument) : argument)),
          );
        },
    );
  }
}

import { type Context, context } from '@opentelemetry/api';
import { getFlow } from '../correlation/flow.ts';
import { isMethod, type Method } from '../instrument/wrap-method.ts';

/**
 * Runs every listener of one emitter in `running`, unless the event is emitted in the same flow already, and lets
 * `observe` see each event before its listeners do. One own property instead of a listener each: a listener of ours would
 * keep Node from reporting an `error` that nobody handles, and would be counted by libraries.
 */
export function emitInContext(emitter: object, running: Context, observe?: (event: unknown, argument: unknown) => void): void {
  if (!hasEmit(emitter)) return;
  const { emit } = emitter;
  const flow = getFlow(running);
  // Assigned, not defined: a definition costs a request more than all of its spans' attributes.
  emitter.emit = function (...args) {
    observe?.(args[0], args[1]);
    const active = context.active();
    if (active === running || (flow !== undefined && getFlow(active) === flow)) return Reflect.apply(emit, this, args);
    return context.with(running, emit, this, ...args);
  };
}

function hasEmit(emitter: object): emitter is { emit: Method } {
  return 'emit' in emitter && isMethod(emitter.emit);
}

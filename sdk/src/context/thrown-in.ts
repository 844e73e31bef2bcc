import type { Context } from '@opentelemetry/api';

let left: Context | undefined;

/**
 * For what Node itself calls: a context that an error has just left, to be called in a `finally`. A `catch` would know the error,
 * but what it throws again Node shows as thrown there. The innermost is kept, until the code that runs in this turn is done.
 */
export function leaveByError(thrownIn: Context): void {
  if (left !== undefined) return;
  left = thrownIn;
  queueMicrotask(forget);
}

/** The context in which an error was thrown that nothing caught, as long as Node tells of it; undefined where it is the active one. */
export function contextOfUncaught(): Context | undefined {
  return left;
}

function forget(): void {
  left = undefined;
}

import type { Context } from '@opentelemetry/api';

let left: Context | undefined;

/**
 * For what Node itself or a library calls in a context: an error that leaves it is known to be of that context, of the innermost where there are several, until the code that
 * runs in this turn is done.
 */
export function tellThrown<Result>(thrownIn: Context, call: () => Result): Result {
  let hasThrown = true;
  // A `catch` would know the error, but what it throws again Node shows as thrown there.
  try {
    const result = call();
    hasThrown = false;
    return result;
  } finally {
    if (hasThrown && left === undefined) {
      left = thrownIn;
      queueMicrotask(forget);
    }
  }
}

/** The context in which an error was thrown that nothing caught, as long as Node tells of it; undefined where it is the active one. */
export function contextOfUncaught(): Context | undefined {
  return left;
}

function forget(): void {
  left = undefined;
}

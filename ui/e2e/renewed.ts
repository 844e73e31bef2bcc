/** What is made once and used again, until it is too old for the tests that use it. */
export interface Renewed<Value> {
  readonly get: () => Promise<Value>;
  /** Ends the last one. */
  readonly stop: () => Promise<void>;
}

/**
 * Makes another one, and ends the one before, where that is older than `maxAgeMillis` when it is asked for: what a page says of the last quarter of an
 * hour, or of a service now, is otherwise once records are older, however slow the machine was with the tests before.
 */
export function renewed<Value extends { readonly stop: () => Promise<void> }>(
  make: () => Promise<Value>,
  maxAgeMillis: number,
): Renewed<Value> {
  let current: { readonly value: Value; readonly madeAt: number } | undefined;
  const stop = async (): Promise<void> => {
    await current?.value.stop();
    current = undefined;
  };
  return {
    get: async () => {
      if (current === undefined || performance.now() - current.madeAt > maxAgeMillis) {
        await stop();
        // Records are from before they are sent.
        const madeAt = performance.now();
        current = { value: await make(), madeAt };
      }
      return current.value;
    },
    stop,
  };
}

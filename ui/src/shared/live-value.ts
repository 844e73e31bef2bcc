/** What changes with frames: who shows it draws it at once, without React. */
export interface LiveValue<Value> {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  /** Calls back whenever it is set to another one, until the function that it gives is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createLiveValue<Value>(first: Value): LiveValue<Value> {
  let current = first;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (value) => {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

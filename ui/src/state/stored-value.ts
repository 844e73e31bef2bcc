/** One value in localStorage that components can follow. Where storage is refused it lives as long as the page. */
export interface StoredValue<Value> {
  get(): Value;
  set(value: Value): void;
  /** For useSyncExternalStore. */
  subscribe(listener: () => void): () => void;
}

/** `parse` gets what is stored, or undefined; it answers a whole value whatever it is given. */
export function createStoredValue<Value>(key: string, parse: (stored: unknown) => Value): StoredValue<Value> {
  const listeners = new Set<() => void>();
  let current: { readonly value: Value } | undefined;
  return {
    get: () => {
      current ??= { value: parse(readStored(key)) };
      return current.value;
    },
    set: (value) => {
      current = { value };
      writeStored(key, value);
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    console.warn('Threadline could not keep a preference in this browser', error);
  }
}

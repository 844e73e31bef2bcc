/** One value in the browser's storage that components can follow. Where storage is refused it lives as long as the page. */
export interface StoredValue<Value> {
  get(): Value;
  set(value: Value): void;
  /** For useSyncExternalStore. */
  subscribe(listener: () => void): () => void;
}

/** `localStorage`: for this browser; `sessionStorage`: for this tab. */
export type StoragePlace = 'localStorage' | 'sessionStorage';

interface StoredValueOptions<Value> {
  readonly key: string;
  readonly place: StoragePlace;
  /** Gets what is stored, or undefined; it answers a whole value whatever it is given. */
  readonly parse: (stored: unknown) => Value;
}

/** Storage is read on first use. */
export function createStoredValue<Value>({ key, place, parse }: StoredValueOptions<Value>): StoredValue<Value> {
  const listeners = new Set<() => void>();
  let current: { readonly value: Value } | undefined;
  // Another tab wrote it: what this one had is not the latest any more.
  if (place === 'localStorage') {
    globalThis.addEventListener?.('storage', (event) => {
      if (event.key !== key && event.key !== null) return;
      current = undefined;
      for (const listener of listeners) listener();
    });
  }
  return {
    get: () => {
      current ??= { value: parse(readStored(place, key)) };
      return current.value;
    },
    set: (value) => {
      current = { value };
      writeStored(place, { key, value });
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function readStored(place: StoragePlace, key: string): unknown {
  try {
    const text = globalThis[place].getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function writeStored(place: StoragePlace, { key, value }: { readonly key: string; readonly value: unknown }): void {
  try {
    globalThis[place].setItem(key, JSON.stringify(value));
  } catch (error) {
    console.warn('Threadline could not keep a value in this browser', error);
  }
}

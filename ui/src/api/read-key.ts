/**
 * The key that the collector asks readers for, where it was told to. Kept for this tab only: closing it forgets the key.
 */
const STORAGE_KEY = 'threadline.readKey';

const listeners = new Set<() => void>();
let asked = false;

/** The key to send; undefined where none was given. */
export function readKey(): string | undefined {
  return sessionStorage.getItem(STORAGE_KEY) ?? undefined;
}

export function setReadKey(key: string): void {
  sessionStorage.setItem(STORAGE_KEY, key);
  asked = false;
  notify();
}

/** The collector refused to answer without a key, or refused this one. */
export function reportUnauthorized(): void {
  if (asked) return;
  asked = true;
  notify();
}

export function isReadKeyAsked(): boolean {
  return asked;
}

/** For useSyncExternalStore. */
export function subscribeReadKey(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(): void {
  for (const listener of listeners) listener();
}

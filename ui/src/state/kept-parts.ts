import { useSyncExternalStore } from 'react';
import type { MessageKey } from '../messages/english.ts';

/** A part of a page that shows what it had because reading it again failed. */
export interface KeptPart {
  /** What it is called. */
  readonly name: MessageKey;
  readonly error: Error | null;
  /** When what it shows was read. */
  readonly ofMillis: number;
  readonly retry: () => void;
}

let parts: readonly KeptPart[] = [];
const listeners = new Set<() => void>();

/** The page says so in one place. Returns what takes it back. */
export function reportKeptPart(part: KeptPart): () => void {
  setParts([...parts, part]);
  return () => setParts(parts.filter((other) => other !== part));
}

function setParts(next: readonly KeptPart[]): void {
  parts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useKeptParts(): readonly KeptPart[] {
  return useSyncExternalStore(subscribe, () => parts);
}

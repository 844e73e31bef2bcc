import { useSyncExternalStore } from 'react';
import { CONTEXT_KINDS, type ContextKind } from '../logic/record-context.ts';
import { createStoredValue } from './stored-value.ts';

interface Surroundings {
  /** While the reader goes from record to record it stays as it is. */
  readonly isOpen: boolean;
  readonly by: ContextKind;
}

const store = createStoredValue({ key: 'threadline.surroundings', place: 'sessionStorage', parse: parseSurroundings });

/** Whatever was stored, every member has a value that exists. */
export function parseSurroundings(stored: unknown): Surroundings {
  const raw: Partial<Record<string, unknown>> = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  return { isOpen: raw.isOpen === true, by: CONTEXT_KINDS.find((kind) => kind === raw.by) ?? 'service' };
}

/** Whether a record shows the lines around it, and of what. */
export function useSurroundings(): readonly [Surroundings, (change: Partial<Surroundings>) => void] {
  const state = useSyncExternalStore(store.subscribe, store.get);
  return [state, (change) => store.set({ ...state, ...change })];
}

import { useSyncExternalStore } from 'react';

/** Whether the reader has selected text of the page. What is selected in a field is in none. */
export function useTextSelection(): boolean {
  return useSyncExternalStore(subscribe, hasTextSelection);
}

/** A selection that has come to nothing, as a click leaves it, is none. */
export function hasTextSelection(): boolean {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.toString().length > 0;
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('selectionchange', listener);
  return () => document.removeEventListener('selectionchange', listener);
}

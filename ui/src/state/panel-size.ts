import { useSyncExternalStore } from 'react';
import { createStoredValue } from './stored-value.ts';

/** Of the page's width: narrower a panel cannot be read, wider it leaves no list. */
export const MIN_PANEL_SHARE = 0.2;
export const MAX_PANEL_SHARE = 0.7;
const DEFAULT_PANEL_SHARE = 0.4;

const store = createStoredValue({
  key: 'threadline.detailShare',
  place: 'localStorage',
  parse: (stored) => (typeof stored === 'number' && Number.isFinite(stored) ? clampShare(stored) : DEFAULT_PANEL_SHARE),
});

export function clampShare(share: number): number {
  return Math.min(MAX_PANEL_SHARE, Math.max(MIN_PANEL_SHARE, share));
}

/** The detail panel's share of the page's width, remembered, the same on all pages. */
export function usePanelShare(): readonly [number, (share: number) => void] {
  const share = useSyncExternalStore(store.subscribe, store.get);
  return [share, (next) => store.set(clampShare(next))];
}

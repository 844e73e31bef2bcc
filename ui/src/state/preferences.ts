import { useSyncExternalStore } from 'react';
import { TIME_ZONES, type TimeZone } from '../logic/time-format.ts';
import { LANGUAGES, type Language, preferredLanguage } from '../messages/translate.tsx';
import { createStoredValue } from './stored-value.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['compact', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];

/** What a reader chooses once for this browser. */
export interface Preferences {
  readonly theme: Theme;
  readonly language: Language;
  readonly zone: TimeZone;
  readonly density: Density;
}

const store = createStoredValue({ key: 'threadline.preferences', place: 'localStorage', parse: parsePreferences });

/** Whatever was stored, every preference has a value that exists. */
export function parsePreferences(stored: unknown): Preferences {
  const raw: Partial<Record<string, unknown>> = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  return {
    theme: THEMES.find((theme) => theme === raw.theme) ?? 'system',
    language: LANGUAGES.find((language) => language === raw.language) ?? preferredLanguage(globalThis.navigator?.languages ?? []),
    zone: TIME_ZONES.find((zone) => zone === raw.zone) ?? 'local',
    density: DENSITIES.find((density) => density === raw.density) ?? 'compact',
  };
}

export function getPreferences(): Preferences {
  return store.get();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** Kept, and shown at once. */
export function setPreferences(change: Partial<Preferences>): void {
  store.set({ ...store.get(), ...change });
  applyPreferences(store.get());
}

/** Sets what the style sheets look at: the scheme, the density, the language of the document. */
export function applyPreferences({ theme, density, language }: Preferences): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  root.dataset.density = density;
  root.lang = language;
}

/** Row heights in pixels, as theme/tokens.css has them: virtual lists need the number. */
const ROW_HEIGHTS: Readonly<Record<Density, number>> = { compact: 24, comfortable: 32 };

export function useRowHeight(): number {
  return ROW_HEIGHTS[usePreferences().density];
}

import { texts as firstEnglish } from 'virtual:first-texts/en';
import { getPreferences } from '../state/preferences.ts';
import type { Language, Texts } from './translate.tsx';

/**
 * The texts with which the first page is drawn. English ones are there from the start. Where Korean ones cannot be fetched there are English ones: a page in another
 * language is better than none.
 */
export async function loadFirstMessages(language: Language): Promise<Texts> {
  if (language !== 'ko') return { messages: firstEnglish };
  try {
    return { messages: (await import('virtual:first-texts/ko')).texts };
  } catch (error) {
    console.error('Threadline could not load the texts of a language', error);
    return { messages: firstEnglish };
  }
}

/** All texts of a language. */
export async function loadMessages(language: Language): Promise<Texts> {
  if (language !== 'ko') return { messages: (await import('./english.ts')).english };
  const [{ korean }, { koreanPhrases }] = await Promise.all([import('./korean.ts'), import('./korean-phrases.ts')]);
  return { messages: korean, phrases: koreanPhrases };
}

/** A part of the page that comes later, once the texts are there that it may need. Where those cannot be fetched it comes with the texts that there are. */
export async function withTexts<Part>(part: Promise<Part>): Promise<Part> {
  const [loaded] = await Promise.all([part, loadMessages(getPreferences().language).catch(() => undefined)]);
  return loaded;
}

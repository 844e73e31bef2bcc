import { IntlMessageFormat } from 'intl-messageformat';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { MessageKey } from './english.ts';
import { createSay, type Phrases, type Say } from './phrases.ts';

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Texts by key: all of them, or those that have come. */
export type Messages = Readonly<Partial<Record<MessageKey, string>>>;
/** And what others say, where that has to be put in another language. */
export interface Texts {
  readonly messages: Messages;
  readonly phrases?: Phrases;
}
export type MessageValues = Readonly<Record<string, string | number>>;
export interface Translate {
  (key: MessageKey, values?: MessageValues): string;
  /** What the collector or the query language says in English. */
  readonly say: Say;
}

/** Messages are parsed once each, on first use. A text that has not come yet is empty. */
export function createTranslate(language: Language, { messages, phrases }: Texts): Translate {
  const formats = new Map<MessageKey, IntlMessageFormat>();
  const translate = (key: MessageKey, values?: MessageValues): string => {
    let format = formats.get(key);
    if (format === undefined) {
      format = new IntlMessageFormat(messages[key] ?? '', language);
      formats.set(key, format);
    }
    return String(format.format(values));
  };
  return Object.assign(translate, { say: createSay(phrases) });
}

/** The language the browser asks for, as far as there is one of ours. */
export function preferredLanguage(asked: readonly string[]): Language {
  for (const tag of asked) {
    const language = LANGUAGES.find((known) => tag.toLowerCase().split('-')[0] === known);
    if (language !== undefined) return language;
  }
  return 'en';
}

interface Translation {
  readonly language: Language;
  readonly translate: Translate;
}

const TranslationContext = createContext<Translation>({ language: 'en', translate: createTranslate('en', { messages: {} }) });

export function TranslationProvider({
  language,
  texts,
  children,
}: {
  readonly language: Language;
  readonly texts: Texts;
  readonly children: ReactNode;
}) {
  const value = useMemo(() => ({ language, translate: createTranslate(language, texts) }), [language, texts]);
  return <TranslationContext value={value}>{children}</TranslationContext>;
}

/** `t('logs.total', { count })`: the text of a key in the reader's language. */
export function useTranslate(): Translate {
  return useContext(TranslationContext).translate;
}

export function useLanguage(): Language {
  return useContext(TranslationContext).language;
}

import { useState } from 'react';
import { servicesOfFlow } from '../logic/flow-breaks.ts';
import type { SharedFlow } from '../logic/shared-flow.ts';
import { english } from '../messages/english.ts';
import { FormatProvider } from '../messages/format.tsx';
import { korean } from '../messages/korean.ts';
import { LANGUAGES, type Language, preferredLanguage, TranslationProvider, useTranslate } from '../messages/translate.tsx';
import { Choice } from '../shared/Choice/choice.tsx';
import { EmptyState } from '../shared/PageState/empty-state.tsx';
import { ServiceHuesProvider } from '../shared/ServiceName/service-hues.tsx';
import { useKeptFocus } from '../state/kept-focus.ts';
import styles from './viewer.module.css';
import { ViewerFlow } from './viewer-flow.tsx';

const TEXTS = { en: { messages: english }, ko: { messages: korean } };
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' };

/** A shared flow, to be looked at: nothing in it can be searched or changed. Undefined for a file that holds none. */
export function Viewer({ flow }: { readonly flow: SharedFlow | undefined }) {
  useKeptFocus();
  const [language, setLanguage] = useState<Language>(() => preferredLanguage(navigator.languages));
  return (
    <TranslationProvider language={language} texts={TEXTS[language]}>
      <FormatProvider zone="local">
        <ServiceHuesProvider names={servicesOfFlow(flow?.summary, flow?.breaks ?? [])}>
          <main id="page" className={styles.viewer} lang={language} tabIndex={-1}>
            {flow === undefined ? (
              <NoFlow />
            ) : (
              <ViewerFlow flow={flow} languageChoice={<LanguageChoice language={language} onChange={setLanguage} />} />
            )}
          </main>
        </ServiceHuesProvider>
      </FormatProvider>
    </TranslationProvider>
  );
}

function NoFlow() {
  const t = useTranslate();
  return <EmptyState title="Threadline" text={t('viewer.broken')} />;
}

function LanguageChoice({ language, onChange }: { readonly language: Language; readonly onChange: (language: Language) => void }) {
  const t = useTranslate();
  return (
    <Choice
      legend={t('viewer.language')}
      isLegendHidden
      options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      value={language}
      onChange={onChange}
    />
  );
}

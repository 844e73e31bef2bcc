import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { createQueryClient } from './api/query-client.ts';
import { FormatProvider } from './messages/format.tsx';
import { loadMessages } from './messages/load-messages.ts';
import { type Language, type Texts, TranslationProvider } from './messages/translate.tsx';
import { createAppRouter } from './router.tsx';
import { FrameStateProvider } from './state/frame-context.tsx';
import { usePreferences } from './state/preferences.ts';

interface AppProps {
  /** Those that the first drawing needs, loaded before it: no text changes under the reader. */
  readonly initial: { readonly language: Language; readonly texts: Texts };
}

/** Everything that the pages stand on. */
export function App({ initial }: AppProps) {
  const [client] = useState(createQueryClient);
  const [router] = useState(createAppRouter);
  const { language, zone } = usePreferences();
  const [shown, setShown] = useState(initial);
  useEffect(() => {
    let isWanted = true;
    loadMessages(language).then(
      (texts) => isWanted && setShown({ language, texts }),
      (error: unknown) => console.error('Threadline could not load the texts of a language', error),
    );
    return () => {
      isWanted = false;
    };
  }, [language]);
  return (
    <QueryClientProvider client={client}>
      <TranslationProvider language={shown.language} texts={shown.texts}>
        <FormatProvider zone={zone}>
          <FrameStateProvider>
            <RouterProvider router={router} />
          </FrameStateProvider>
        </FormatProvider>
      </TranslationProvider>
    </QueryClientProvider>
  );
}

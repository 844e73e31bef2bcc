import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslate } from '../messages/translate.tsx';
import { ErrorPanel } from '../shared/PageState/error-panel.tsx';

/** What browsers say where a part of the UI could not be fetched: no connection, or a newer UI is there. Only the page anew fetches it again. */
const NOT_FETCHED = /dynamically imported module|module script/i;

/** A page that broke: the frame goes on, and what broke it can be told to us. */
export function PageCrash({ error, reset }: ErrorComponentProps) {
  const t = useTranslate();
  if (NOT_FETCHED.test(String(error))) {
    return (
      <ErrorPanel
        title={t('error.notFetched')}
        failure={{ message: t('error.notFetchedText'), details: String(error) }}
        onRetry={() => location.reload()}
      />
    );
  }
  return <ErrorPanel title={t('error.crash')} failure={{ message: t('error.crashText'), details: String(error) }} onRetry={reset} />;
}

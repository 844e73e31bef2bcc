import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslate } from '../messages/translate.tsx';
import { ErrorPanel } from '../shared/PageState/error-panel.tsx';

/** A page that broke: the frame goes on, and what broke it can be told to us. */
export function PageCrash({ error, reset }: ErrorComponentProps) {
  const t = useTranslate();
  return <ErrorPanel title={t('error.crash')} failure={{ message: t('error.crashText'), details: String(error) }} onRetry={reset} />;
}

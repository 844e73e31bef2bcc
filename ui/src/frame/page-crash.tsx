import { useQuery } from '@tanstack/react-query';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { statusQuery } from '../api/queries.ts';
import { useTranslate } from '../messages/translate.tsx';
import { ErrorPanel } from '../shared/PageState/error-panel.tsx';

/** What browsers, and what loads styles, say where a part of the UI could not be fetched: no connection, or a newer UI is there. Only the page anew fetches it again. */
const NOT_FETCHED = /dynamically imported module|module script|preload CSS/i;

/** A page that broke: the frame goes on, and what broke it can be told to us. */
export function PageCrash({ error, reset }: ErrorComponentProps) {
  const t = useTranslate();
  if (NOT_FETCHED.test(String(error))) return <NotFetched details={String(error)} />;
  return <ErrorPanel title={t('error.crash')} failure={{ message: t('error.crashText'), details: String(error) }} onRetry={reset} />;
}

/** Fetched again by itself once a collector answers that did not when the page failed; what is missing for another reason would be missing again and again. */
function NotFetched({ details }: { readonly details: string }) {
  const t = useTranslate();
  const { failureCount, dataUpdatedAt, refetch } = useQuery(statusQuery());
  const awayMillis = useRef(Number.POSITIVE_INFINITY);
  useEffect(() => {
    void refetch();
  }, [refetch]);
  useEffect(() => {
    if (failureCount > 0) awayMillis.current = Date.now();
    else if (dataUpdatedAt > awayMillis.current) location.reload();
  }, [failureCount, dataUpdatedAt]);
  return (
    <ErrorPanel title={t('error.notFetched')} failure={{ message: t('error.notFetchedText'), details }} onRetry={() => location.reload()} />
  );
}

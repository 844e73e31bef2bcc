import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslate } from '../messages/translate.tsx';
import { useCurrentSearch } from '../state/last-search.ts';
import type { Section } from './section.ts';

const ID_DIGITS = 8;

/** The window is called after what it shows, so that tabs are told apart and a screen reader says where it is. */
export function usePageTitle(section: Section | undefined): void {
  const t = useTranslate();
  const { traceId, correlationId, service } = useParams({ strict: false });
  const { query } = useCurrentSearch(section === 'traces' ? 'spans' : 'logs');
  const asked = section === 'logs' || section === 'traces' || section === 'flows' ? query : '';
  const subject = traceId?.slice(0, ID_DIGITS) ?? correlationId ?? service ?? asked;
  const page = section === undefined ? t('notFound.title') : t(`rail.${section}`);
  useEffect(() => {
    document.title = [subject, page, 'Threadline'].filter(Boolean).join(' · ');
  }, [subject, page]);
}

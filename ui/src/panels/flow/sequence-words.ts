import { useMemo } from 'react';
import type { SequenceWords } from '../../logic/sequence-export.ts';
import { useTranslate } from '../../messages/translate.tsx';

/** What participants and spans without a name of their own are called. */
export function useSequenceWords(): SequenceWords {
  const t = useTranslate();
  return useMemo(() => ({ outside: t('sequence.outside'), unnamed: t('service.unnamed'), unnamedSpan: t('span.unnamed') }), [t]);
}

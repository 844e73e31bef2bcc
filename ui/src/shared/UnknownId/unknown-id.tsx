import { Link } from '@tanstack/react-router';
import { quoteValue } from '@threadline/query-language';
import type { ReactNode } from 'react';
import { useTranslate } from '../../messages/translate.tsx';
import { rangeUrl, useCurrentRange } from '../../state/last-search.ts';
import { newLogsUrl } from '../../state/log-look.ts';
import { buttonClass } from '../Button/button.tsx';
import { EmptyState, StateActions } from '../PageState/empty-state.tsx';

interface UnknownIdProps {
  readonly title: string;
  readonly text: string;
  readonly id: string;
  /** The way to the list of what there is. */
  readonly children: ReactNode;
}

/** A page of one thing that is not there: its id may be a word in a record, and there is a list of what is there. */
export function UnknownId({ title, text, id, children }: UnknownIdProps) {
  const t = useTranslate();
  const range = rangeUrl(useCurrentRange());
  return (
    <EmptyState isPage title={title} text={text}>
      <StateActions>
        <Link to="/logs" search={newLogsUrl({ q: quoteValue(id), ...range })} className={buttonClass({ look: 'primary' })}>
          {t('unknown.searchLogs')}
        </Link>
        {children}
      </StateActions>
    </EmptyState>
  );
}

import { Link } from '@tanstack/react-router';
import { useTranslate } from '../messages/translate.tsx';
import { buttonClass } from '../shared/Button/button.tsx';
import { EmptyState } from '../shared/PageState/empty-state.tsx';
import { newLogsUrl } from '../state/log-look.ts';

/** An address that is no page. */
export function NotFound() {
  const t = useTranslate();
  return (
    <EmptyState isPage title={t('notFound.title')} text={t('notFound.text')}>
      <Link to="/logs" search={newLogsUrl({})} className={buttonClass({ look: 'primary' })}>
        {t('notFound.toLogs')}
      </Link>
    </EmptyState>
  );
}

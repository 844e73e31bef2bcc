import { Link } from '@tanstack/react-router';
import { useTranslate } from '../messages/translate.tsx';
import { buttonClass } from '../shared/Button/button.tsx';
import { EmptyState } from '../shared/PageState/empty-state.tsx';

/** An address that is no page. */
export function NotFound() {
  const t = useTranslate();
  return (
    <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
      <Link to="/logs" className={buttonClass({ look: 'primary' })}>
        {t('notFound.toLogs')}
      </Link>
    </EmptyState>
  );
}

import type { Failure } from '../../logic/failure.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import { CopyButton } from '../CopyButton/copy-button.tsx';
import { Icon } from '../Icon/icon.tsx';
import { StateActions } from './empty-state.tsx';
import styles from './page-state.module.css';

/** A failure in the place of what could not be shown. What still works is around it. */
export function ErrorPanel({
  title,
  failure,
  onRetry,
}: {
  readonly title: string;
  readonly failure: Failure;
  readonly onRetry?: () => void;
}) {
  const t = useTranslate();
  return (
    <section className={styles.state} role="alert">
      <div className={styles.error}>
        <h2 className={styles.errorTitle}>
          <Icon name="warning" />
          {title}
        </h2>
        <p>{failure.message}</p>
        <p className={styles.details}>{failure.details}</p>
      </div>
      <StateActions>
        {onRetry && (
          <Button look="primary" onClick={onRetry}>
            {t('error.retry')}
          </Button>
        )}
        <CopyButton
          size="normal"
          label={t('error.copyDetails')}
          text={() => `${title}\n${failure.message}\n${failure.details}\n${location.href}\n${new Date().toISOString()}`}
        />
      </StateActions>
    </section>
  );
}

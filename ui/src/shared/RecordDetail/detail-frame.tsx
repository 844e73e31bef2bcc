import type { ReactNode } from 'react';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../Button/button.tsx';
import styles from './detail.module.css';

/** Head with title and actions, and below it what scrolls. */
export function DetailFrame({
  title,
  actions,
  onClose,
  children,
}: {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const t = useTranslate();
  return (
    <>
      <header className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {actions}
        <IconButton icon="close" label={t('detail.close')} size="small" onClick={onClose} />
      </header>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('detail.content')}>
        {children}
      </div>
    </>
  );
}

/** A titled part of a detail; nothing at all where it would be empty. */
export function DetailSection({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count?: number;
  readonly children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <section className={styles.section}>
      <h3 className={styles.sectionTitle}>
        {title}
        {count !== undefined && <span className={styles.count}>{count}</span>}
      </h3>
      {children}
    </section>
  );
}

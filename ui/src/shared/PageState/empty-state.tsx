import type { ReactNode } from 'react';
import styles from './page-state.module.css';

interface EmptyStateProps {
  readonly title: string;
  readonly text: string;
  /** There is nothing else in the page: its title is the page's. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}

/** Why there is nothing, and what to do about it. */
export function EmptyState({ title, text, isPage, children }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'h2';
  return (
    <section className={styles.state}>
      <Title className={styles.title}>{title}</Title>
      <p className={styles.text}>{text}</p>
      {children}
    </section>
  );
}

/** Buttons under a state's text. */
export function StateActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** Lines to copy; one click selects all of them. */
export function CodeLines({ label, lines }: { readonly label: string; readonly lines: readonly string[] }) {
  return (
    <pre className={styles.code} role="region" aria-label={label} tabIndex={0}>
      {lines.join('\n')}
    </pre>
  );
}

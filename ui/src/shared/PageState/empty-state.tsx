import type { ReactNode } from 'react';
import styles from './page-state.module.css';

/** Why there is nothing, and what to do about it. */
export function EmptyState({ title, text, children }: { readonly title: string; readonly text: string; readonly children?: ReactNode }) {
  return (
    <section className={styles.state}>
      <h2 className={styles.title}>{title}</h2>
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

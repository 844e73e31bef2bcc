import type { ReactNode } from 'react';
import styles from './page-state.module.css';

/** A line above what is shown: why that is not all, and what can be done. `alert` where something failed. */
export function PartNotice({ role, children }: { readonly role: 'alert' | 'status'; readonly children: ReactNode }) {
  return (
    <p className={styles.notes} role={role}>
      {children}
    </p>
  );
}

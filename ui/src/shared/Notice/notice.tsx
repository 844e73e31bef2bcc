import { useEffect, useSyncExternalStore } from 'react';
import styles from './notice.module.css';
import { noticeText, setNotice, subscribeNotice } from './notice-text.ts';

/** Long enough to be read. */
const SHOWN_MILLIS = 2_000;

/** The latest notice, for a moment; screen readers are told it too. */
export function Notice() {
  const text = useSyncExternalStore(subscribeNotice, noticeText);
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => setNotice(''), SHOWN_MILLIS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={styles.notice} role="status">
      {text}
    </div>
  );
}

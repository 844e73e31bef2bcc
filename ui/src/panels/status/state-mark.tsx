import styles from './status.module.css';

/** Well or not, as a sign and a word, in the colour of it. */
export function StateMark({ isWell, text }: { readonly isWell: boolean; readonly text: string }) {
  return (
    <span className={isWell ? styles.well : styles.unwell}>
      <span aria-hidden="true">{isWell ? '● ' : '✕ '}</span>
      {text}
    </span>
  );
}

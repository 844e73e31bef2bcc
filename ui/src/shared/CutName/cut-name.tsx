import { nameParts } from '../../logic/fitted-text.ts';
import styles from './cut-name.module.css';

/** A name that is cut before its end where there is no room for all of it: instances and queues begin alike, and are told apart by how they end. */
export function CutName({ name }: { readonly name: string }) {
  const [start, end] = nameParts(name);
  if (end === '') return name;
  return (
    <span className={styles.name}>
      {/* In two parts it would be heard as two words. */}
      <span className={styles.said}>{name}</span>
      <span className={styles.start} aria-hidden="true">
        {start}
      </span>
      <span className={styles.end} aria-hidden="true">
        {end}
      </span>
    </span>
  );
}

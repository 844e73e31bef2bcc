import { LEVEL_SIGNS, type Level, levelColor } from '../../logic/level.ts';
import styles from './level-mark.module.css';

const QUIET: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'UNSET'];

/** A level as sign and word in its colour. */
export function LevelMark({ level }: { readonly level: Level }) {
  return (
    <span className={`${styles.level} ${QUIET.includes(level) ? styles.quiet : ''}`} style={{ color: levelColor(level) }}>
      <span className={styles.sign} aria-hidden="true">
        {LEVEL_SIGNS[level]}
      </span>
      {level}
    </span>
  );
}

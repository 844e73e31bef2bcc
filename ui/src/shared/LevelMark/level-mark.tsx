import { LEVEL_SIGNS, type Level, levelColor } from '../../logic/level.ts';
import styles from './level-mark.module.css';

const QUIET: readonly Level[] = ['TRACE', 'DEBUG', 'INFO', 'UNSET'];

/** A level in its colour, as sign and word; as the sign alone (`short`) where there is no room for words. */
export function LevelMark({ level, short = false }: { readonly level: Level; readonly short?: boolean }) {
  const classes = `${styles.level} ${QUIET.includes(level) ? styles.quiet : ''}`;
  if (short) {
    return (
      <span className={`${classes} ${styles.sign}`} style={{ color: levelColor(level) }} role="img" aria-label={level} title={level}>
        {LEVEL_SIGNS[level]}
      </span>
    );
  }
  return (
    <span className={classes} style={{ color: levelColor(level) }}>
      <span className={styles.sign} aria-hidden="true">
        {LEVEL_SIGNS[level]}
      </span>
      {level}
    </span>
  );
}

import { useTranslate } from '../../messages/translate.tsx';
import styles from './fold-toggle.module.css';

interface FoldToggleProps {
  readonly isFolded: boolean;
  /** Where it stands in its row. */
  readonly className: string | undefined;
  readonly onToggle: () => void;
}

/**
 * Folds what is below a row of a tree, for the mouse; keys do it on the row, which says whether it is folded: to who hears the row this is not there. One box: a scrolled frame lays out one for each row that has come.
 */
export function FoldToggle({ isFolded, className, onToggle }: FoldToggleProps) {
  const t = useTranslate();
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`${styles.toggle} ${className}`}
      aria-hidden="true"
      title={t(isFolded ? 'trace.unfold' : 'trace.fold')}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      {isFolded ? '▸' : '▾'}
    </button>
  );
}

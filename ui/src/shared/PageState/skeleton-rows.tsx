import { useTranslate } from '../../messages/translate.tsx';
import styles from './page-state.module.css';

/** Enough for the tallest screen; what does not fit is cut. */
const ROWS = 60;
/** Shares of the last column, so that the rows look like text. */
const LAST_WIDTHS = [46, 62, 35, 54, 70, 41];

/** Rows of the shape and height of those that come. `columns`: widths in pixels of all but the last column. */
export function SkeletonRows({ columns }: { readonly columns: readonly number[] }) {
  const t = useTranslate();
  return (
    <div className={styles.skeleton} role="status" aria-label={t('state.loading')}>
      {Array.from({ length: ROWS }, (_, row) => (
        <div className={styles.skeletonRow} key={row}>
          {columns.map((width, column) => (
            <span className={styles.skeletonCell} key={column} style={{ width }} />
          ))}
          <span className={styles.skeletonCell} style={{ width: `${LAST_WIDTHS[row % LAST_WIDTHS.length]}%` }} />
        </div>
      ))}
    </div>
  );
}

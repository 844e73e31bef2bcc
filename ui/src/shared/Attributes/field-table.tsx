import type { ReactNode } from 'react';
import styles from './attributes.module.css';
import type { FilterActions } from './filter-actions.ts';
import { ValueMenu } from './value-menu.tsx';

/** A field of the record itself. Without `filter` its value can only be copied. */
export interface FieldRow {
  readonly name: string;
  readonly text: string;
  readonly filter?: string;
  /** Shown instead of the text; it is operable itself. */
  readonly node?: ReactNode;
}

/** Fields of a record under OpenTelemetry's names; those without a value are left out. */
export function FieldTable({
  label,
  rows,
  actions,
}: {
  readonly label: string;
  readonly rows: readonly FieldRow[];
  readonly actions: FilterActions;
}) {
  return (
    <table className={styles.table} aria-label={label}>
      <tbody>
        {rows
          .filter((row) => row.text !== '')
          .map((row) => (
            <tr key={row.name} className={styles.row}>
              <th scope="row" className={styles.key}>
                {row.name}
              </th>
              <td className={styles.values}>
                {row.node ?? <ValueMenu text={row.text} filter={row.filter} column={undefined} actions={actions} />}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

import type { KeyValue } from '@threadline/collector/api';
import type { AttributePlace } from '@threadline/query-language';
import { valueText } from '../../logic/any-value.ts';
import { type AttributeRow, attributeRows } from '../../logic/attribute-rows.ts';
import { isColumnKey } from '../../logic/log-columns.ts';
import { attributeFilter } from '../../logic/query-filter.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeKey } from './attribute-key.tsx';
import styles from './attributes.module.css';
import type { FilterActions } from './filter-actions.ts';
import { ValueMenu } from './value-menu.tsx';

/** A column shows a record's own attribute, its resource's or its scope's. */
const COLUMN_PLACES: readonly AttributePlace[] = ['any', 'resource', 'scope'];

interface AttributeTableProps {
  readonly label: string;
  readonly attributes: readonly KeyValue[];
  /** Where the attributes stand: it is part of the field's name in a query. `any`: a record's or a span's own. */
  readonly place?: AttributePlace;
  readonly actions: FilterActions;
}

/** All attributes with their types; every value can be clicked. */
export function AttributeTable({ label, attributes, place = 'any', actions }: AttributeTableProps) {
  return (
    <table className={styles.table} aria-label={label}>
      <tbody>
        {attributeRows(attributes).map((row, index) => (
          <AttributeLine key={`${row.key} ${index}`} row={row} place={place} actions={actions} />
        ))}
      </tbody>
    </table>
  );
}

interface AttributeLineProps {
  readonly row: AttributeRow;
  readonly place: AttributePlace;
  readonly actions: FilterActions;
}

function AttributeLine({ row, place, actions }: AttributeLineProps) {
  const t = useTranslate();
  return (
    <tr className={styles.row}>
      <th scope="row" className={styles.key}>
        {row.key === '' ? t('value.emptyKey') : <AttributeKey name={row.key} />}
      </th>
      <td className={styles.values}>
        {row.kind !== 'string' && <span className={styles.kind}>{t(`kind.${row.kind}`)}</span>}
        {row.values.length === 0 && <span className={styles.none}>{t(row.kind === 'empty' ? 'value.none' : 'value.noElements')}</span>}
        {row.values.map((value, index) => (
          <ValueMenu
            key={index}
            text={valueText(value)}
            filter={attributeFilter({ place, key: row.key }, value)}
            column={COLUMN_PLACES.includes(place) && isColumnKey(row.key) ? row.key : undefined}
            actions={actions}
          />
        ))}
      </td>
    </tr>
  );
}

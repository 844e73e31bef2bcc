import { useId } from 'react';
import { type Facet, presentFilter } from '../../logic/facets.ts';
import { hasFilter } from '../../logic/query-edit.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeKey } from '../../shared/Attributes/attribute-key.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import type { FieldPanelControls } from '../../state/field-panel.ts';
import styles from './field-panel.module.css';
import { FieldValues } from './field-values.tsx';
import type { LogAddress } from './use-log-search.ts';

interface FieldItemProps {
  readonly facet: Facet;
  /** Records that match. */
  readonly total: number;
  readonly address: LogAddress;
  readonly range: TimeRange;
  readonly panel: FieldPanelControls;
}

/** One field: how many records have it, and, when it is open, its values. */
export function FieldItem({ facet, total, address, range, panel }: FieldItemProps) {
  const t = useTranslate();
  const format = useFormat();
  const id = useId();
  const isOpen = panel.openFields.includes(facet.field);
  const share = format.percent(total === 0 ? 0 : facet.count / total);
  const described = t('fields.share', { count: facet.count, shown: format.number(facet.count), share });
  return (
    <li>
      <button
        type="button"
        className={styles.field}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        title={`${facet.label}\n${described}`}
        onClick={() => panel.toggleField(facet.field)}
      >
        <Icon name={isOpen ? 'down' : 'right'} />
        <span className={styles.fieldName} title={facet.label}>
          <AttributeKey name={facet.label} />
        </span>
        <span className={styles.count}>{share}</span>
      </button>
      {isOpen && (
        <div id={id} className={styles.open}>
          <FieldActions facet={facet} isEverywhere={facet.count >= total} address={address} />
          <FieldValues facet={facet} address={address} range={range} />
        </div>
      )}
    </li>
  );
}

interface FieldActionsProps {
  readonly facet: Facet;
  /** Every record has it. */
  readonly isEverywhere: boolean;
  readonly address: LogAddress;
}

/** What can be done with a field as a whole. */
function FieldActions({ facet, isEverywhere, address }: FieldActionsProps) {
  const t = useTranslate();
  const { column, label } = facet;
  const filter = presentFilter(facet);
  const isFiltered = hasFilter(address.query, filter);
  const isColumn = column !== undefined && address.columnKeys.includes(column);
  if (column === undefined && isEverywhere && !isFiltered) return null;
  return (
    <div className={styles.actions}>
      {column !== undefined && (
        <Button
          look="quiet"
          size="small"
          aria-pressed={isColumn}
          title={t(isColumn ? 'fields.noColumn' : 'fields.column', { field: label })}
          onClick={() => address.toggleColumn(column)}
        >
          <Icon name="columns" />
          {t(isColumn ? 'value.removeColumn' : 'value.addColumn')}
        </Button>
      )}
      {(!isEverywhere || isFiltered) && (
        <Button
          look="quiet"
          size="small"
          aria-pressed={isFiltered}
          title={t('fields.showPresent', { field: label })}
          onClick={() => address.toggle(filter)}
        >
          {t('fields.present')}
        </Button>
      )}
    </div>
  );
}

import type { Scope } from '@threadline/collector/api';
import { recordFilter } from '../../logic/query-filter.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeTable } from '../Attributes/attribute-table.tsx';
import { FieldTable } from '../Attributes/field-table.tsx';
import type { FilterActions } from '../Attributes/filter-actions.ts';
import { DetailSection } from './detail-frame.tsx';

/** The instrumentation that a record comes from; nothing where the sender named none. */
export function ScopeSection({ scope, actions }: { readonly scope: Scope; readonly actions: FilterActions }) {
  const t = useTranslate();
  const rows = [
    { name: 'name', text: scope.name ?? '', ...(scope.name ? { filter: recordFilter('scope', scope.name) } : {}) },
    { name: 'version', text: scope.version ?? '' },
    { name: 'schemaUrl', text: scope.schemaUrl ?? '' },
  ].filter((row) => row.text !== '');
  if (rows.length === 0 && scope.attributes.length === 0) return null;
  return (
    <DetailSection title={t('record.scope')}>
      <FieldTable label={t('record.scope')} rows={rows} actions={actions} />
      <AttributeTable label={t('record.scope')} attributes={scope.attributes} place="scope" actions={actions} />
    </DetailSection>
  );
}

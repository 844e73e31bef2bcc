import { Link } from '@tanstack/react-router';
import type { Span } from '@threadline/collector/api';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeTable } from '../Attributes/attribute-table.tsx';
import { type FilterActions, filtersAlone } from '../Attributes/filter-actions.ts';
import styles from '../RecordDetail/detail.module.css';
import { DetailSection } from '../RecordDetail/detail-frame.tsx';

/** Where a span points to: spans of this or of other traces. */
export function SpanLinks({ span, actions }: { readonly span: Span; readonly actions: FilterActions }) {
  const t = useTranslate();
  return (
    <DetailSection title={t('span.links')} count={span.links?.length ?? 0}>
      <ul className={styles.list}>
        {span.links?.map((link, index) => (
          <li key={index}>
            <Link to="/trace/$traceId" params={{ traceId: link.traceId }} search={{ span: link.spanId }}>
              {t(link.traceId === span.traceId ? 'span.linkSameTrace' : 'span.linkOtherTrace', {
                traceId: link.traceId.slice(0, 8),
                spanId: link.spanId,
              })}
            </Link>
            {link.attributes.length > 0 && (
              <AttributeTable label={t('span.links')} attributes={link.attributes} place="link" actions={filtersAlone(actions)} />
            )}
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}

import type { LinkedSpan, Span } from '@threadline/collector/api';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeTable } from '../Attributes/attribute-table.tsx';
import { type FilterActions, filtersAlone } from '../Attributes/filter-actions.ts';
import styles from '../RecordDetail/detail.module.css';
import { DetailSection } from '../RecordDetail/detail-frame.tsx';
import { LinkedSpanLine } from './linked-span.tsx';

interface SpanLinksProps {
  readonly span: Span;
  /** What the collector knows of the other ends, as far as it has come. */
  readonly known: readonly LinkedSpan[];
  readonly actions: FilterActions;
}

/** Where a span points to: spans of this or of other traces. */
export function SpanLinks({ span, known, actions }: SpanLinksProps) {
  const t = useTranslate();
  return (
    <DetailSection title={t('span.links')} count={span.links?.length ?? 0}>
      <ul className={styles.list}>
        {span.links?.map((link, index) => (
          <li key={index}>
            <LinkedSpanLine
              target={link}
              known={known.find(({ traceId, spanId }) => traceId === link.traceId && spanId === link.spanId)}
              ofTrace={span.traceId}
            />
            {link.attributes.length > 0 && (
              <AttributeTable label={t('span.links')} attributes={link.attributes} place="link" actions={filtersAlone(actions)} />
            )}
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}
